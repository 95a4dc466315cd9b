"""Imports only point down, and every part of the house stays small and well named."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.house.source import PACKAGE, ROOT, imported, modules, tree

REFUSED_NAMES = {
    "common",
    "core",
    "helper",
    "helpers",
    "lib",
    "manager",
    "managers",
    "misc",
    "service",
    "services",
    "util",
    "utils",
}
LONGEST = 400  # lines; 300 is the aim
RULES = ("rules.py", "leadtime.py", "stages.py", "classify.py", "shapes.py")
GROUND = ("clock.py", "errors.py", "lifecycle.py", "tokens.py", "mail/dsn.py")
FRAMEWORKS = {"flask", "flask_sqlalchemy", "sqlalchemy", "jinja2", "huey", "click", "smtplib"}


def test_the_floors_hold() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
            "--no-logo",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_rules_read_no_database_and_no_request() -> None:
    pure = [path for name, path in modules().items() if name in GROUND or name.endswith(RULES)]
    assert len(pure) >= 12
    for path in pure:
        assert not {module.split(".")[0] for module, _ in imported(path)} & FRAMEWORKS, path


def test_only_doors_know_the_request() -> None:
    for name, path in modules().items():
        if name.startswith(("web/", "app.py")):
            continue
        for module, thing in imported(path):
            asks = module == "flask" and thing in ("request", "session", "g", "current_app")
            assert not asks or name.startswith("cli/"), (name, thing)


def test_nobody_is_called_utils() -> None:
    parts = {part for name in modules() for part in Path(name).with_suffix("").parts}
    assert not parts & REFUSED_NAMES


def test_files_are_short() -> None:
    lengths = {name: len(path.read_bytes().splitlines()) for name, path in modules().items()}
    assert {name: n for name, n in lengths.items() if n > LONGEST} == {}


def test_each_module_says_why_it_exists() -> None:
    silent = []
    for name, path in modules().items():
        said = ast.get_docstring(tree(path))
        if not said and (path.name != "__init__.py" or path.read_text("utf-8").strip()):
            silent.append(name)
    assert silent == []


def test_the_map_names_every_floor() -> None:
    words = ast.get_docstring(tree(PACKAGE / "__init__.py")) or ""
    rooms = {p.parent.name for p in PACKAGE.glob("*/__init__.py")}
    alone = {p.stem for p in PACKAGE.glob("*.py")} - {"__init__"}
    assert {room for room in rooms | alone if f"``{room}``" not in words} == set()
