#!/bin/sh
# Makes .venv with the interpreter's own venv module: virtualenv.sh PYTHON
#
# Debian ships that module's better half apart. As root this script installs it, otherwise it names the package.
set -eu
python="$1"

if ! command -v "$python" >/dev/null; then
    echo "$python was not found. On Debian or Ubuntu: sudo apt-get install python3 python3-venv" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$("$python" --version) is too old: triage needs Python 3.11 or later. Name another: make setup PYTHON=python3.12" >&2
    exit 1
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    CI=true "$(dirname "$0")/debian_packages.sh" "$package"
fi
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    echo "Making .venv with $("$python" --version); this happens once and takes a minute or two."
    "$python" -m venv --clear .venv
fi
