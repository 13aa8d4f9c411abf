# Where things go, and how progress is shown. Sourced by deploy/install.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/tallymill

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# step TITLE COMMAND...: runs it with its output in a log, shows how long it takes, and the log's end
# if it fails. It runs in the foreground, so that Ctrl-C ends it too.
step() {
  local title=$1 log started=$SECONDS progress status
  shift
  mkdir -p "$cache"
  log=$(mktemp "$cache/install.XXXXXX.log")
  echo "$title ..."
  show_progress "$log" &
  progress=$!
  set +e
  (set -e; "$@") > "$log" 2>&1 < /dev/null
  status=$?
  set -e
  kill "$progress"
  wait "$progress" || true
  if [ "$status" != 0 ]; then
    echo "$title: failed after $((SECONDS - started)) s; the end of $log:" >&2
    tail -n 30 "$log" >&2
    exit 1
  fi
  rm -f "$log"
  echo "$title: done in $((SECONDS - started)) s"
}

# Shows the last line of a log now and then, for as long as this script runs.
show_progress() {
  local began=$SECONDS last=0 seconds
  while sleep 0.5 && kill -0 $$ 2> /dev/null; do
    seconds=$((SECONDS - began))
    if [ $((seconds % 10)) != 0 ] || [ $seconds = $last ]; then continue; fi
    last=$seconds
    echo "  ... $seconds s: $(tail -c 400 "$1" | tr '\r' '\n' | grep -v '^ *$' | tail -n 1 | cut -c 1-90)"
  done
}
