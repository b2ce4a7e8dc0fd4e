#!/bin/sh
# Print the first interpreter that is new enough: $1 if given, else the environment's own, so that
# a choice once made stays, else whatever the machine has.
# Ends with one sentence and status 1 if there is none.
set -u
if [ -n "${1:-}" ]; then
    candidates=$1
else
    candidates=".venv/bin/python python3 python3.13 python3.12 python3.11 python3.14 python"
fi
for candidate in $candidates; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        echo "$candidate"
        exit 0
    fi
done
echo "Python 3.11 or newer is needed: install it, or name it as in 'make up PYTHON=/usr/bin/python3.12'." >&2
exit 1
