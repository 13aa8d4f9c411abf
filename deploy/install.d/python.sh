# A Python environment for the demo's recount and the system tests. Its folder is named for what it
# holds, so a changed list makes a new one. Sourced by deploy/install.

requirements=$here/../tests/requirements.txt

name_python_home() { python_home=$cache/python-$(sha256sum "$requirements" | cut -c 1-12); }

python_wanted() {
  [ "$1" != build ] && name_python_home && [ ! -e "$python_home/complete" ]
}

install_python() { step "Making the Python environment" make_python; }

make_python() {
  rm -rf "$python_home"
  python3 -m venv "$python_home"
  "$python_home/bin/pip" install --disable-pip-version-check -r "$requirements"
  touch "$python_home/complete"
}
