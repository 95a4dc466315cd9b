# Sourced by the commands beside it, which set root (the checkout) and, to have the test packages
# too, with_tests=1. Sets python, and makes .venv and the front-end assets when what they were made
# from has changed. A warm start compares texts and starts no other program than cat.
python=$root/.venv/bin/python

same() { # the named files are those that .venv was made from
  [ "$(cd -- "$root" && cat -- "$@" 2>/dev/null)" = \
    "$(cd -- "$root/.venv/made-from" 2>/dev/null && cat -- "$@" 2>/dev/null)" ]
}

host_python() { # prints the name of a Python that can make a virtual environment
  for name in python3 python3.13 python3.12 python3.11; do
    if "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
      >/dev/null 2>&1; then
      echo "$name"
      return
    fi
  done
  echo "Notifier needs Python 3.11 or newer with its venv module (Debian: python3-venv)," \
    "and none was found on PATH." >&2
  return 1
}

if ! [ -x "$python" ] || ! [ -f "$root/notifier/web/static/built/stamp.json" ] ||
  ! same requirements.lock ${with_tests:+requirements-test.lock} \
    package.json package-lock.json bin/assets.py; then
  host=$(host_python) || exit 1
  "$host" "$root/bin/setup.py" ${with_tests:+--tests} || exit 1
fi
