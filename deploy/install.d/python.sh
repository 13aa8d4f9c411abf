# Python environments: one for the demo's recount and the system tests, and one that holds published schemas,
# of Kubernetes and of bills of materials, which only tests need. An environment's folder is named for what it holds, so a changed list makes a
# new one. Sourced by deploy/install.

requirements=$here/../tests/requirements.txt
schemas=$here/../tests/schemas/requirements.txt

python_home() { echo "$cache/python-$(sha256sum "$1" | cut -c 1-12)"; }

# The lists of those that are wanted for a scope and are not there.
pythons_wanted() {
  local list lists="$requirements"
  [ "$1" != build ] || return 0
  [ "$1" != tests ] || lists+=" $schemas"
  for list in $lists; do
    [ -e "$(python_home "$list")/complete" ] || echo "$list"
  done
}

install_pythons() {
  local list
  for list in $(pythons_wanted "$1"); do
    step "Making the Python environment of $(realpath --relative-to="$here/.." "$list")" \
      make_python "$list" "$(python_home "$list")"
  done
}

make_python() {
  rm -rf "$2"
  python3 -m venv "$2"
  "$2/bin/pip" install --disable-pip-version-check -r "$1"
  touch "$2/complete"
}
