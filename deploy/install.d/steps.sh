# Where things go, and how progress is shown. Sourced by deploy/install.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/tallymill

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# step TITLE COMMAND...: runs it with its output in a log, shows how long it takes, and the log's end
# if it fails.
step() {
  local title=$1 log started=$SECONDS pid status
  shift
  mkdir -p "$cache"
  log=$(mktemp "$cache/install.XXXXXX.log")
  echo "$title ..."
  "$@" > "$log" 2>&1 < /dev/null &
  pid=$!
  while kill -0 "$pid" 2> /dev/null; do
    sleep 0.5
    if [ $(((SECONDS - started) % 10)) = 0 ] && [ $SECONDS -gt "$started" ] && [ "${shown:-}" != $SECONDS ]; then
      shown=$SECONDS
      echo "  ... $((SECONDS - started)) s: $(tail -c 400 "$log" | tr '\r' '\n' | grep -v '^ *$' | tail -n 1 | cut -c 1-90)"
    fi
  done
  status=0
  wait "$pid" || status=$?
  if [ "$status" != 0 ]; then
    echo "$title: failed after $((SECONDS - started)) s; the end of $log:" >&2
    tail -n 30 "$log" >&2
    exit 1
  fi
  rm -f "$log"
  echo "$title: done in $((SECONDS - started)) s"
}
