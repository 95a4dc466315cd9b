"""Each kind of letter has its three templates, and each kind that is promised has its folder."""

from __future__ import annotations

import ast

from notifier.app import templates
from tests.house.source import calls, imported, modules

PARTS = {"subject.txt", "body.txt", "body.html"}
EMAILS = templates() / "emails"
MANY = ("notifier.sends.plan", "plan_many")
FOLDERS = {path.name for path in EMAILS.iterdir() if path.is_dir()}


def promised_kinds() -> dict[str, str]:
    """Kind to module of each call of sends.plan, under whatever name it was imported."""
    found: dict[str, str] = {}
    for name, path in modules().items():
        if not {("notifier.sends.plan", "plan"), MANY} & set(imported(path)):
            continue
        for called, node in calls(path):
            if called in ("plan", "plan_many"):
                kind = node.args[0]
                assert isinstance(kind, ast.Constant), f"{name}:{node.lineno} hides its kind"
                found[str(kind.value)] = name
    return found


def test_each_folder_is_complete() -> None:
    assert {"confirm", "welcome", "notice", "newsletter", "magic_link"} <= FOLDERS
    for folder in FOLDERS:
        assert {path.name for path in (EMAILS / folder).iterdir()} >= PARTS, folder


def test_each_kind_that_is_promised_has_its_folder() -> None:
    kinds = promised_kinds()
    assert {"confirm", "welcome", "notice", "newsletter", "magic_link"} <= set(kinds)
    assert set(kinds) - FOLDERS == set()


def test_no_folder_is_left_over() -> None:
    assert FOLDERS - set(promised_kinds()) == set()


def test_a_subject_is_one_line() -> None:
    for folder in FOLDERS:
        text = (EMAILS / folder / "subject.txt").read_text("utf-8").strip()
        said = [line for line in text.splitlines() if not line.strip().startswith(("{%", "{#"))]
        assert len(said) >= 1, folder
