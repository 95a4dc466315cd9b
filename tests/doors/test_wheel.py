"""Installs the wheel beside an empty folder and uses it there: nothing may need the checkout."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "node_modules", "instance", "dist"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that pip builds of a copy of this tree, with nothing fetched but the assets."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = shutil.copytree(ROOT, folder / "the tree", ignore=NOT_SOURCE)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"]
    done = subprocess.run(
        [*command, "--no-build-isolation", "--wheel-dir", folder, tree],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("notifier-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``notifier`` command of an environment with the wheel and this one's other packages."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    packages = next(home.glob("lib/python3*/site-packages"))
    # A .pth file in a folder added this way is not read, so the checkout stays off the path.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install"]
    subprocess.run([*pip, "--quiet", "--no-index", "--no-deps", wheel], check=True)
    return home / "bin" / "notifier"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """An environment whose instance folder is ``tmp_path / "here"``, without this checkout's."""
    ours = {name: value for name, value in os.environ.items() if "PYTHON" not in name}
    kept = {name: value for name, value in ours.items() if not name.startswith("NOTIFIER_")}
    return {**kept, "NOTIFIER_INSTANCE": str(tmp_path / "here")}


def test_the_wheel_carries_words_pictures_and_migrations(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    packed = {ROOT / name.replace("notifier/_templates", "templates", 1) for name in names}
    templates = {path for path in (ROOT / "templates").rglob("*") if path.is_file()}
    assert templates
    assert templates - packed == set()
    code = {path for path in (ROOT / "notifier").rglob("*.py") if "__pycache__" not in path.parts}
    assert code - packed == set()
    assert "notifier/web/static/built/govuk-frontend.css" in names
    assert "notifier/web/static/public.css" in names
    assert any(re.match(r"notifier/store/migrations/versions/\w+\.py", name) for name in names)
    outside = {name for name in names if not re.match(r"notifier(-[\d.]+\.dist-info)?/", name)}
    assert outside == set()


def test_it_runs_from_any_folder(installed: Path, settings: dict[str, str], tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    for command, words in (("--help", "migrate"), ("migrate", "")):
        done = subprocess.run(
            [installed, command],
            cwd=elsewhere,
            env=settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert words in done.stdout
    assert list((tmp_path / "here").iterdir())
    assert list(elsewhere.iterdir()) == []


def test_its_pages_have_their_style(
    installed: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    subprocess.run([installed, "migrate"], cwd=tmp_path, env=settings, check=True)
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        [installed, "web", "--port", str(port)], cwd=tmp_path, env=settings
    ) as server:
        try:
            page = fetched(base + "/", server)
            sheets = re.findall(r'<link[^>]+href="(/static/[^"]+\.css[^"]*)"', page)
            assert sheets
            for sheet in sheets:
                assert fetched(base + sheet, server)
        finally:
            server.terminate()


def fetched(url: str, server: subprocess.Popen[bytes]) -> str:
    """The text at ``url``, as soon as ``server`` listens; an error status is an error."""
    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own
                return str(answer.read().decode())
        except urllib.error.HTTPError:
            raise
        except OSError:
            assert server.poll() is None, "the server ended before it listened"
            time.sleep(0.1)
    raise TimeoutError(url)
