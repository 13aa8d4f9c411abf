# The system's packages. Sourced by deploy/install.

build_packages="g++ cmake ninja-build ccache make pkg-config git ca-certificates python3
  libyaml-cpp-dev libspdlog-dev libfmt-dev prometheus-cpp-dev libpq-dev libsimdjson-dev libcli11-dev
  libmicrohttpd-dev libre2-dev libhowardhinnant-date-dev libxxhash-dev libssl-dev libzstd-dev
  libsasl2-dev libcurl4-openssl-dev zlib1g-dev liblz4-dev"
demo_packages="python3-venv postgresql postgresql-client"
test_packages="catch2 valgrind prometheus pgbouncer docker-compose procps iproute2 buildah podman runc debootstrap
  systemd dpkg-dev zsh fish"

# Whatever provides these commands will do: a machine may have them from elsewhere.
command_packages() {
  command -v npm > /dev/null || librdkafka_present || echo npm
  [ "$1" != build ] || return 0
  command -v java > /dev/null || echo openjdk-17-jre-headless
  command -v mvn > /dev/null || kafka_present || echo maven
  # Ubuntu has neither as a package; the tests then say that they cannot run.
  if [ "$1" = tests ] && ! grep -q '^ID=ubuntu' /etc/os-release; then
    command -v kubectl > /dev/null || echo kubernetes-client
    command -v chromium > /dev/null || echo chromium
  fi
}

missing_packages() {
  local wanted package
  wanted="$build_packages $(command_packages "$1")"
  [ "$1" = build ] || wanted+=" $demo_packages"
  [ "$1" != tests ] || wanted+=" $test_packages"
  for package in $wanted; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed || printf '%s ' "$package"
  done
}

install_packages() {
  step "Reading the package lists" as_root apt-get update
  # Neither a cluster of Postgres nor any service is started: the tests and the demo start their own.
  local policy
  policy=$(mktemp -d)
  printf '#!/bin/sh\nexit 101\n' > "$policy/policy-rc.d"
  chmod 755 "$policy" "$policy/policy-rc.d"
  # shellcheck disable=SC2086
  step "Installing packages" as_root env DEBIAN_FRONTEND=noninteractive POLICYRCD="$policy/policy-rc.d" \
    RUNLEVEL=1 apt-get install -y --no-install-recommends $1
  rm -rf "$policy"
}
