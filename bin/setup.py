"""Makes .venv from the hashed locks and the front-end assets, with nothing but Python and pip."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "set-up.log"
MADE_FROM = VENV / "made-from"  # copies that bin/setup.sh compares; absent while pip is at work
RUNTIME, TESTS = "requirements.lock", "requirements-test.lock"
BUILDER = r"^setuptools==(?:.*\\\n)*.*\n"
ASSETS = ("package.json", "package-lock.json", "bin/assets.py")


class SetUpError(Exception):
    """One sentence for the person at the terminal."""


def main(arguments: list[str]) -> int:
    """Bring .venv up to date, one process at a time; 1 and a sentence on stderr when it fails."""
    try:
        with Path(__file__).open("r+b") as lock:
            _wait_for(lock)
            _set_up([RUNTIME, TESTS] if "--tests" in arguments else [RUNTIME])
    except SetUpError as failure:
        _say(f"Set-up failed: {failure}")
        return 1
    except OSError as failure:
        _say(f"Set-up failed: {failure}.")
        return 1
    except KeyboardInterrupt:
        _say("Set-up was interrupted; the next start does it again.")
        return 130
    return 0


def _wait_for(lock: IO[bytes]) -> None:
    # pip inherits the lock: when this process is killed, the next one waits for the orphan.
    os.set_inheritable(lock.fileno(), True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _say("Another command is setting up this checkout; waiting for it.")
        fcntl.flock(lock, fcntl.LOCK_EX)


def _set_up(locks: list[str]) -> None:
    assets = _assets_at_work()
    try:
        made = {lock: _text(MADE_FROM / lock) for lock in (RUNTIME, TESTS)}
        if not (made[RUNTIME] and PYTHON.exists()):
            made = dict.fromkeys(made, "")
        stale = [lock for lock in locks if made[lock] != _text(ROOT / lock)]
        if stale:
            _renew(made, stale)
    except BaseException:
        assets.send_signal(signal.SIGINT)  # npm would go on for a minute where there is no network
        assets.communicate()
        raise
    words, _ = assets.communicate()
    if assets.returncode:
        raise SetUpError(words.strip().removeprefix("bin/assets.py: "))
    for name in ASSETS:
        _write(MADE_FROM / name, _text(ROOT / name))


def _assets_at_work() -> subprocess.Popen[str]:
    """npm works beside pip: each waits for the network most of the time."""
    return subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, str(ROOT / "bin" / "assets.py")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        close_fds=False,
    )


def _renew(made: dict[str, str], stale: list[str]) -> None:
    """Install ``stale`` locks over what was ``made`` from old ones; from none, make all anew."""
    shutil.rmtree(MADE_FROM, ignore_errors=True)
    if made[RUNTIME]:
        _say(f"Bringing .venv up to date with {' and '.join(stale)}.")
    else:
        _say("Making .venv from the locks, once; about half a minute.")
        _make_venv()
    now = {**made, **{lock: _text(ROOT / lock) for lock in stale}}
    if RUNTIME in stale and (builder := re.search(BUILDER, now[RUNTIME], re.M)):
        _pip_install(builder[0])
    _pip_install("".join(now[lock] for lock in stale))
    dropped = _names(made) - _names(now)
    if dropped:
        _pip("uninstall", "--yes", *sorted(dropped))
    for lock, text in now.items():
        if text:
            _write(MADE_FROM / lock, text)


def _make_venv() -> None:
    # A link to python3.11 itself dangles, and is noticed, when the system moves on to python3.13.
    base = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    VENV.mkdir(exist_ok=True)
    _run([base, "-m", "venv", "--clear", str(VENV)], "Python could not make .venv")
    packages = next(VENV.glob("lib/python3*/site-packages"))
    (packages / "notifier-checkout.pth").write_text("../../../..\n", encoding="utf-8")


def _pip_install(lock: str) -> None:
    wanted = VENV / "wanted.lock"
    _write(wanted, lock)
    # Packages that come as source are built by the locked setuptools, not by a fetched one.
    _pip("install", "--no-build-isolation", "--no-deps", "--require-hashes", "-r", str(wanted))


def _pip(*arguments: str) -> None:
    command = [str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    _run([*command, *arguments], "pip could not install the locked packages")


def _run(command: list[str], problem: str) -> None:
    # Python 3.11's first pip builds source in the old way unless told; newer ones ignore it.
    environment = {**os.environ, "PIP_USE_PEP517": "1"}
    done = subprocess.run(  # noqa: S603 - our own arguments, no shell
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        close_fds=False,
    )
    if done.returncode:
        LOG.write_text(done.stdout, encoding="utf-8")
        raise SetUpError(f"{problem} ({_reason(done.stdout)}); see {LOG}, then start again.")


def _reason(output: str) -> str:
    """The last line that names an error, without its second sentence."""
    if "Retrying (Retry(total=0" in output:
        return "the package index could not be reached"
    lines = [line for line in output.splitlines() if line.strip()] or ["it said nothing"]
    errors = [line for line in lines if line.startswith("ERROR: ")] or lines
    return errors[-1].removeprefix("ERROR: ").split(". ")[0].strip().rstrip(".")


def _names(locks: dict[str, str]) -> set[str]:
    return {name for text in locks.values() for name in re.findall(r"^([\w.-]+)==", text, re.M)}


def _text(path: Path) -> str:
    """The file's words; nothing where there is no file."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
