#!/bin/sh
# Makes Benchmarks/.venv with the Python packages that the benchmark compares with. Does nothing where it is up to
# date; says nothing unless something fails. PYTHON names another interpreter (3.11 or later).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
environment=$here/../.venv
installed=$environment/installed-requirements.txt

if cmp -s "$here/requirements.txt" "$installed"; then exit 0; fi
[ -x "$environment/bin/python" ] || "${PYTHON:-python3}" -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
"$environment/bin/python" -c 'import numpy, safetensors, sklearn, torch, cka'
# Written last: a run that was broken off is done again.
cp "$here/requirements.txt" "$installed"
