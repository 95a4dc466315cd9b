"""Keeps the documents true: their tables, commands, settings, examples and links."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path

import click
import pytest
import yaml

from notifier import clock
from notifier.app import create_app
from notifier.catalogue import document
from notifier.cli import notifier as cli
from notifier.cli import run
from notifier.notices.leadtime import BREAKS, DECISIONS, MATERIALITY, PROMISES, TYPES
from notifier.notices.stages import LAST_CALLS, OFFSETS
from notifier.render.fields import BLOCKS, WORDS
from notifier.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
README, GUIDE = ROOT / "README.md", ROOT / "docs" / "guide.md"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
COMMAND = re.compile(r"bin/notifier((?: (?!\|)[^\s`|<>,;)]+)*)")
VERB = re.compile(r"[a-z][a-z-]*")


def table(path: Path, first_head: str) -> list[list[str]]:
    """The cells of the rows of the table whose first heading is ``first_head``."""
    lines = path.read_text("utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first_head} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return [[cell.strip("| ") for cell in row] for row in rows]


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text("utf-8"), re.M | re.S)


def settings_row(setting: Field[object]) -> str:
    """The line of README.md about one setting."""
    default = "" if setting.default is MISSING else setting.default
    shown = f"`{default}`" if default not in ("", ()) else "–"
    if setting.name == "instance":
        shown = "`instance/` in a checkout, else `notifier-instance/` here"
    secret = "yes" if setting.metadata.get("secret") else ""
    cells = (f"`{PREFIX}{setting.name.upper()}`", setting.metadata["doc"], shown, secret)
    return f"| {' | '.join(cells)} |".replace("  |", " |")


def test_the_settings_table_is_the_dataclass() -> None:
    lines = README.read_text("utf-8").splitlines()
    found = [line for line in lines if line.startswith(f"| `{PREFIX}")]
    assert found == [settings_row(setting) for setting in fields(Settings)]


def test_the_classes_table_is_the_promises() -> None:
    people = {"hop": "Head of Profession", "approver": "approver", "optional": "optional"}
    assert table(GUIDE, "Class") == [
        [p.class_, p.words, str(p.minimum), str(p.target), people[p.second_person], p.rule]
        for p in PROMISES.values()
    ]


def stage_names(class_: str) -> list[str]:
    """Every stage that the plan of a class may hold, as the guide writes them."""
    calls = [f"close{offset}" for offset in LAST_CALLS.get(class_, ())]
    middle = ["open", "midpoint"] if calls else []
    dated = [f"T+{n}" if n > 0 else f"T{n}" if n else "T0" for n in OFFSETS[class_]]
    return ["announce", *middle, *calls, *dated]


def test_the_stages_table_is_the_plan() -> None:
    found = {row[0]: re.findall(r"`([^`]+)`", row[1]) for row in table(GUIDE, "Of class")}
    assert found == {class_: stage_names(class_) for class_ in PROMISES}


def test_the_guide_names_every_key_and_word_of_a_catalogue() -> None:
    text = GUIDE.read_text("utf-8")
    kinds = [document.ORGANISATION, *document.SECTIONS.values()]
    keys = {key for kind in kinds for key in kind.required | kind.other}
    words = {*keys, *document.SECTIONS, *TYPES, *MATERIALITY, *BREAKS, *DECISIONS}
    fields_ = {f"{{{{ {name} }}}}" for name in (*BLOCKS, *WORDS)}
    assert sorted(w for w in words | fields_ if f"`{w}`" not in text) == []


def test_the_guides_catalogue_can_be_read() -> None:
    whole = document.read("\n".join(blocks(GUIDE, "yaml")))
    empty = [name for name in document.SECTIONS if not whole[name]]
    assert empty == ["subscribers_example"]


def test_the_readmes_notice_has_the_right_keys() -> None:
    for text in blocks(README, "yaml"):
        document.check_entry("README.md", yaml.safe_load(text), *document.SECTIONS["notices"])


@pytest.mark.parametrize("name", NAMES)
def test_quoted_settings_exist(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    known = {PREFIX + setting.name.upper() for setting in fields(Settings)}
    quoted = {found.removesuffix("_FILE") for found in re.findall(rf"\b{PREFIX}[A-Z0-9_]+", text)}
    assert quoted - {PREFIX} <= known
    for block in blocks(ROOT / name, "toml"):
        assert {PREFIX + key.upper() for key in tomllib.loads(block)} <= known


def quoted_commands(text: str) -> Iterator[list[str]]:
    """The words after each ``bin/notifier`` as far as they are verbs, and their options."""
    joined = re.sub(r"\\\n\s*", " ", text)
    return (found.split() for found in COMMAND.findall(joined))


def problem(words: list[str]) -> str:
    """What the command line does not know of a quoted command, or ""."""
    command: click.Command = cli
    for word in words:
        if word.startswith("--"):
            options = {o for p in command.params for o in p.opts} | {"--help"}
            if word.partition("=")[0] not in options:
                return f"{command.name} has no option {word}"
        elif isinstance(command, click.Group):
            if word not in command.commands and VERB.fullmatch(word):
                return f"{command.name} has no command {word}"
            command = command.commands.get(word, command)
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_quoted_commands_exist(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(create_app, ["--help"], now=clock.now)  # which hangs the commands into the group
    assert "migrate" in capsys.readouterr().out
    quoted = quoted_commands((ROOT / name).read_text("utf-8"))
    assert [found for words in quoted if (found := problem(words))] == []


def leaves(group: click.Group, *above: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, *above, name)
        else:
            yield (*above, name)


def test_every_command_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    run(create_app, ["--help"], now=clock.now)
    assert "migrate" in capsys.readouterr().out
    words = {
        tuple(found)
        for path in DOCUMENTS
        for found in quoted_commands(path.read_text("utf-8"))
        if problem(found) == ""
    }
    shown = {found[:n] for found in words for n in (1, 2)}
    scripts = {("demo",)}  # which has a script of its own, bin/demo
    assert sorted(set(leaves(cli)) - shown - scripts) == []


@pytest.mark.parametrize("group", ["notices", "releases"])
def test_the_guide_says_of_each_verb_who_is_told(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(create_app, [group, "--help"], now=clock.now)
    assert "show" in capsys.readouterr().out
    command = cli.commands[group]
    assert isinstance(command, click.Group)
    rows = {row[0].strip("`"): row for row in table(GUIDE, f"Verb of `{group}`")}
    tells_nobody = {"list", "show", "owed"}
    told_in_section_4 = {"new", "submit", "approve"} | (
        {"publish"} if group == "notices" else set()
    )
    assert set(rows) == set(command.commands) - tells_nobody - told_in_section_4
    assert [verb for verb, row in rows.items() if len(row[-1]) < len("nobody")] == []


def test_a_command_that_is_not_there_would_be_found(capsys: pytest.CaptureFixture[str]) -> None:
    run(create_app, ["--help"], now=clock.now)
    assert "migrate" in capsys.readouterr().out
    quoted = "`bin/notifier sends explode 3`, /opt/x/bin/notifier web --prot 80; bin/notifier dance"
    assert [problem(words) for words in quoted_commands(quoted)] == [
        "sends has no command explode",
        "web has no option --prot",
        "notifier has no command dance",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_links_point_to_files_that_are_there(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text)
    here = (ROOT / name).parent
    assert [target for target in targets if not (here / target).exists()] == []
    scripts = re.findall(r"(?<![\w/.])(bin/[a-z][\w.]*|\.ci/\w+)", text)
    assert [script for script in scripts if not (ROOT / script).exists()] == []
