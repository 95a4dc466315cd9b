"""Keeps the set-up of a bare machine honest: locks, scripts, and no registry's name in any file."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")
COMMANDS = (
    "bin/demo",
    "bin/faults",
    "bin/lint",
    "bin/notifier",
    "bin/relock",
    "bin/test",
    ".ci/run",
)
MADE_HERE = re.compile(
    r"/(\.git|\.venv|\.hypothesis|\w*_cache|\.\w+_cache|__pycache__|node_modules|built|build|dist"
    r"|instance)/"
)
# In pieces, or this file would name them itself.
HOSTS = tuple(
    "".join(pieces)
    for pieces in (
        ("py", "pi.org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("yarn", "pkg.com"),
        ("deb.", "debian.org"),
        ("registry", ".npm"),
        ("crates", ".io"),
        ("jsdeli", "vr.net"),
        ("unp", "kg.com"),
    )
)


def project_files() -> list[Path]:
    """What is tracked or about to be; in an unpacked archive, all but what the set-up makes."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (ROOT / ".git").exists() and shutil.which("git"):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        names = [Path(name) for name in done.stdout.split("\0") if name]
    else:
        everything = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        names = [name for name in everything if not MADE_HERE.search(f"/{name.as_posix()}/")]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def locked(lock: str) -> dict[str, str]:
    """Normalised name to the block of the lock that pins it."""
    blocks = re.findall(r"^(?:.*\\\n)*.*\n", (ROOT / lock).read_text("utf-8"), re.M)
    return {re.split("==", block)[0]: block for block in blocks}


def normalised(requirement: str) -> str:
    name = re.match(r"[\w.-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def test_no_file_names_a_package_registry() -> None:
    files = project_files()
    assert Path(__file__).resolve() in files
    named = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in files
        for host in HOSTS
        if host.encode() in path.read_bytes().lower()
    ]
    assert named == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_pinned_and_hashed(lock: str) -> None:
    pin = re.compile(r"[a-z0-9-]+==\S+( ; .+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+")
    blocks = locked(lock)
    assert len(blocks) > 20
    assert [name for name, block in blocks.items() if not pin.fullmatch(block)] == []


def test_the_locks_cover_what_pyproject_asks_for_and_do_not_overlap() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    runtime, tests = (set(locked(lock)) for lock in LOCKS)
    assert {normalised(wanted) for wanted in project["dependencies"]} <= runtime
    asked_by_tests = project["optional-dependencies"]["test"]
    assert {normalised(wanted) for wanted in asked_by_tests} <= runtime | tests
    assert runtime & tests == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_are_executable(command: str) -> None:
    assert os.access(ROOT / command, os.X_OK)


def test_the_npm_lock_has_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_bytes())
    packages = {name: about for name, about in lock["packages"].items() if name}
    assert packages
    assert [name for name, about in packages.items() if "resolved" in about] == []
    assert [name for name, about in packages.items() if "integrity" not in about] == []


# The set-up itself, on a checkout of one page with one package that is made here.


def wheel(folder: Path, name: str, *, says: str) -> str:
    """Put a wheel of ``name`` into ``folder``; returns its line for a lock."""
    about = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": f"SAYS = {says!r}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items())
    target = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for path, text in {**files, f"{about}/RECORD": f"{record}{about}/RECORD,,\n"}.items():
            archive.writestr(path, text)
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(target.read_bytes()).hexdigest()}\n"


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


class Checkout:
    """A copy of bin/ around a tiny project, in a folder whose name has spaces."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a check out"
        self.wheels = folder / "wheels"
        self.elsewhere = folder / "else where"
        for made in (self.root / "notifier", self.wheels, self.elsewhere, folder / "home"):
            made.mkdir(parents=True)
        shutil.copytree(ROOT / "bin", self.root / "bin")
        (self.root / "bin" / "assets.py").write_text(
            "from pathlib import Path\n"
            "built = Path(__file__).parents[1] / 'notifier/web/static/built'\n"
            "built.mkdir(parents=True, exist_ok=True)\n"
            "(built / 'stamp.json').touch()\n"
        )
        for name in ("package.json", "package-lock.json"):
            (self.root / name).write_text("{}\n")
        (self.root / "notifier" / "__main__.py").write_text(
            "import os, sys\n"
            "import alpha\n"
            "print(alpha.SAYS, sys.argv[1:], os.path.basename(os.getcwd()))\n"
        )
        self.lock(wheel(self.wheels, "alpha", says="first"))
        self.home = folder / "home"

    def lock(self, text: str, *, name: str = "requirements.lock") -> None:
        (self.root / name).write_text(text)

    def start(self, *arguments: str, path: str | None = None) -> subprocess.Popen[str]:
        environment = {
            "HOME": str(self.home),
            "PATH": path or os.environ["PATH"],
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": self.wheels.as_uri(),
        }
        return subprocess.Popen(
            [self.root / "bin" / "notifier", *arguments],
            cwd=self.elsewhere,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, path: str | None = None) -> tuple[int, str, str]:
        """``(exit status, stdout, stderr)``."""
        process = self.start(*arguments, path=path)
        words, errors = process.communicate(timeout=120)
        return process.returncode, words, errors


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def without_python(tmp_path: Path) -> str:
    """A PATH with the few programs a warm start needs, and no Python."""
    folder = tmp_path / "no python"
    folder.mkdir()
    for name in ("cat", "dirname", "readlink", "sh"):
        program = shutil.which(name)
        assert program is not None
        (folder / name).symlink_to(program)
    return str(folder)


def test_no_python_is_one_sentence(checkout: Checkout, without_python: str) -> None:
    status, words, errors = checkout.run(path=without_python)
    assert (status, words) == (1, "")
    assert re.fullmatch(r"Notifier needs Python 3\.11 or newer .*\n", errors)


def test_a_life_of_starts(checkout: Checkout, without_python: str) -> None:
    """Two at once on a bare checkout, warm, interrupted, a wrong hash, a changed lock."""
    both = [checkout.start("a b"), checkout.start("a b")]
    said = [process.communicate(timeout=120) for process in both]
    assert [words for words, _ in said] == ["first ['a b'] else where\n"] * 2
    assert sum("Making .venv" in errors for _, errors in said) == 1

    assert checkout.run("--x", path=without_python) == (0, "first ['--x'] else where\n", "")

    shutil.rmtree(checkout.root / ".venv" / "made-from")
    next(checkout.root.glob(".venv/lib/python3*/site-packages/alpha.py")).unlink()
    status, words, errors = checkout.run()
    assert (status, words) == (0, "first [] else where\n")
    assert "Making .venv" in errors

    good = (checkout.root / "requirements.lock").read_text()
    beta = wheel(checkout.wheels, "beta", says="unused")
    checkout.lock(good + re.sub(r"[0-9a-f]{64}", "0" * 64, beta))
    status, words, errors = checkout.run()
    assert (status, words) == (1, "")
    assert "DO NOT MATCH THE HASHES" in errors.splitlines()[-1]

    checkout.lock(good + beta)
    assert checkout.run()[:2] == (0, "first [] else where\n")
    checkout.lock(good)
    status, words, errors = checkout.run()
    assert (status, words) == (0, "first [] else where\n")
    assert "up to date with requirements.lock" in errors
    assert not list(checkout.root.glob(".venv/lib/python3*/site-packages/beta*"))
