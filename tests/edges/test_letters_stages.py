"""Every message that the rooms promise about a change or a release has its words.

The names of stages are read from the rooms' own source, so that a new one without words fails here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from notifier.audience.rules import variant
from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.notices.stages import LAST_CALLS, OFFSETS
from notifier.render.letters import Words
from tests.edges.letter_house import (
    about_change,
    about_release,
    house,
    loaded,
    moved,
    notice,
    overtaken,
)
from tests.house.source import modules, tree

__all__ = ["house", "loaded"]
pytestmark = pytest.mark.usefixtures("house")

NINE = {variant(depth, language) for depth in DEPTHS for language in LANGUAGES}
ROOM = {name: path for name, path in modules().items() if name.startswith("notices/")}
Named = tuple[str, str]  # module, function


def functions() -> dict[Named, ast.FunctionDef]:
    return {
        (name, node.name): node
        for name, path in ROOM.items()
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
    }


def called(module: str, node: ast.Call) -> Named:
    """Which function of the room a call means: its own module's, or one that is imported."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    return imports(module).get(name, (module, name))


@cache
def imports(module: str) -> dict[str, Named]:
    """What each imported name means there."""
    return {
        alias.asname or alias.name: (
            f"{(found.module or '').removeprefix('notifier.').replace('.', '/')}.py",
            alias.name,
        )
        for found in ast.walk(tree(ROOM[module]))
        if isinstance(found, ast.ImportFrom) and (found.module or "").startswith("notifier.")
        for alias in found.names
    }


def argument(node: ast.Call, name: str, place: int) -> ast.expr | None:
    for keyword in node.keywords:
        if keyword.arg == name:
            return keyword.value
    return node.args[place] if len(node.args) > place else None


def promised() -> Iterator[tuple[str, str]]:
    """(kind, stage) of each stage that is named where the room promises a message at once."""
    takes: dict[Named, tuple[str, int]] = {}  # a function with a stage: its kind, the stage's place
    every = functions()
    for key, node in every.items():
        names = [arg.arg for arg in node.args.args]
        for call in (c for c in ast.walk(node) if isinstance(c, ast.Call)):
            if called(key[0], call) == ("sends/plan.py", "plan"):
                kind, stage = call.args[0], argument(call, "stage", 2)
                assert isinstance(kind, ast.Constant)
                if isinstance(stage, ast.Constant):
                    yield str(kind.value), str(stage.value)
                elif isinstance(stage, ast.Name) and stage.id in names:
                    takes[key] = (str(kind.value), names.index(stage.id))
    for _ in every:  # until nobody hands a stage on who was not known
        for key, node in every.items():
            names = [arg.arg for arg in node.args.args]
            for call in (c for c in ast.walk(node) if isinstance(c, ast.Call)):
                kind_, place = takes.get(called(key[0], call), ("", 0))
                stage = argument(call, "stage", place) if kind_ else None
                if isinstance(stage, ast.Constant):
                    yield kind_, str(stage.value)
                elif isinstance(stage, ast.Name) and stage.id in names:
                    takes[key] = (kind_, names.index(stage.id))


PROMISED = sorted(each for each in set(promised()) if each[0] in ("notice", "release"))
DATED = sorted(
    {"announce", "open", "midpoint", "last-edition"}
    | {f"T{n}" if n < 0 else f"T+{n}" if n else "T0" for each in OFFSETS.values() for n in each}
    | {f"close{n}" for each in LAST_CALLS.values() for n in each}
)


def test_the_stages_are_found() -> None:
    assert {s for k, s in PROMISED if k == "release"} >= {
        "moved",
        "postponed",
        "cancelled",
        "no-release",
    }
    assert {s for k, s in PROMISED if k == "notice"} >= {
        "updated",
        "held",
        "resumed",
        "cancelled",
        "retracted",
        "superseded",
        "early",
        "outcome",
        "decision",
        "impact",
        "after",
    }


@pytest.mark.parametrize(("kind", "stage"), PROMISED)
def test_what_happens_has_words(kind: str, stage: str) -> None:
    change = notice()
    release = change.effect_release
    assert release is not None
    overtaken(change, notice("milk volumes"), words="Because of the survey.")
    if kind == "release":
        row = moved(release) if stage == "moved" else None
        written = about_release(release, stage, change=row, notices=[change])
    else:
        written = about_change(change, stage, summary="It is larger.")
    check(written)


@pytest.mark.parametrize("stage", DATED)
def test_each_dated_stage_has_words(stage: str) -> None:
    check(about_change(notice(), stage))


def check(written: dict[int, Words]) -> None:
    assert set(written) == NINE
    for words in written.values():
        assert words.subject
        assert "https://stats.example/" in words.text


def test_a_release_has_no_words_for_an_unknown_stage() -> None:
    release = notice().effect_release
    assert release is not None
    with pytest.raises(ValueError, match="no words for the stage 'whenever' of a release"):
        about_release(release, "whenever")
