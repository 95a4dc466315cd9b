"""Wrong files at the command line: a catalogue, an entry or a list of people is refused whole."""

from __future__ import annotations

import pytest

from tests.doors.refusing import CONSENT, HEADER, ROW, changed, file, refuses
from tests.journeys.world import World

NEW = {"slug": "new", "name": "New"}
NOTICE = {"headline": "A new one", "effect": {"date": "+200d"}}
CATALOGUES = {
    "a wrong key": (changed("topics", **NEW, colour="red"), "unknown key 'colour'"),
    "a misspelt key": (changed("topics", **NEW, parnet="food"), "did you mean 'parent'?"),
    "a wrong section": ({"topcis": []}, "did you mean 'topics'?"),
    "no name": (changed("topics", slug="new", name=""), "name"),
    "a wrong slug": (changed("topics", slug="New one", name="New"), "slug"),
    "an unknown parent": (changed("topics", **NEW, parent="nowhere"), "'nowhere'"),
    "an unknown topic": (changed("series", **NEW, topics=["nothing"]), "'nothing'"),
    "an unknown team": (changed("series", **NEW, team="nobody"), "'nobody'"),
    "an unknown depth": (changed("user_types", **NEW, depth="deep"), "deep"),
    "an unknown series": (changed("releases", series="none", title="T"), "'none'"),
    "a date that is none": (changed("releases", title="T", date="soon"), "'soon' is no date"),
    "a day that is none": (changed("releases", title="T", date="2026-02-30"), "is no date"),
    "a wrong precision": (changed("releases", title="T", precision="roughly"), "precision"),
    "a date in the past": (
        changed("notices", **{**NOTICE, "effect": {"date": "2026-11-20"}}),
        "in the past",
    ),
    "an effect without its release": (
        changed("notices", **{**NOTICE, "effect": {"release": "None such"}}),
        "None such",
    ),
    "a wrong type": (changed("notices", **NOTICE, type="novelty"), "type must be one of"),
    "a long headline": (changed("notices", **{**NOTICE, "headline": "x" * 101}), "101 characters"),
    "no size and no next update": (
        changed("notices", **NOTICE, impact={"known": "no"}),
        "next_update_by",
    ),
    "an unknown user type": (
        changed("notices", **NOTICE, what_to_do=[{"action": "A", "user_types": ["nobody"]}]),
        "'nobody'",
    ),
    "a newsletter in the past": (
        changed("newsletters", title="T", send="2026-11-01 09:30"),
        "in the past",
    ),
    "a newsletter about nothing": (changed("newsletters", title="T", audience={}), "topic"),
    "a newsletter with an unknown field": (
        changed("newsletters", title="T", body="{{ nothing }}"),
        "nothing",
    ),
    "a list": (["topics"], "mapping"),
    "a text": ("hello", "mapping"),
    "broken YAML": ("topics: [", "line"),
    "not UTF-8": (b"topics:\n- {slug: a, name: \xff\xfe}", "YAML"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "YAML"),
    "a Python object": ("!!python/object/apply:os.system ['true']", "YAML"),
}


@pytest.mark.parametrize(("content", "about"), CATALOGUES.values(), ids=CATALOGUES.keys())
@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_wrong_catalogue_is_refused_whole(world: World, content: object, about: str) -> None:
    if isinstance(content, str) and "{slug" in content:
        content = content.encode()
    refuses(world, "load", file(world, content), about=about)


def test_the_end_of_a_wrong_catalogue_undoes_its_beginning(world: World) -> None:
    """On both databases: topics and series before the wrong newsletter are not kept either."""
    catalogue = changed("topics", **NEW)
    catalogue["newsletters"].append({"team": "food", "title": "T", "body": "B", "audience": {}})
    refuses(world, "load", file(world, catalogue), about="newsletters[2]")
    assert world.get("/topics/new").status_code == 404


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("verb", ["notices", "newsletters"])
@pytest.mark.parametrize(
    ("content", "about"),
    [
        ({"nonsense": 1}, "nonsense"),
        ([], "one entry"),
        ("hello", "one entry"),
        ("a: [", "YAML"),
        (b"a: \xc3(", "YAML"),
    ],
    ids=["a wrong key", "nothing", "a text", "broken YAML", "not UTF-8"],
)
def test_a_wrong_entry_is_refused(world: World, verb: str, content: object, about: str) -> None:
    refuses(world, verb, "new", "--from", file(world, content), about=about)


# Lists of people

FILES = {
    "no header": (f"{ROW}\n", "first row"),
    "a column missing": (f"email,user_type\n{ROW}\n", "topics"),
    "a column twice": (f"{HEADER},email\n{ROW}\n", "twice"),
    "an empty file": ("", "first row"),
    "not UTF-8": (f"{HEADER}\n{ROW}\ncaf\xe9@example.org,academic,food,,,,\n", "UTF-8"),
    "a cell without an end": (f'{HEADER}\n{ROW}\n"{"x" * 200_000}', "CSV"),
    "UTF-16": ("\ufeffemail", "missing: user_type"),
    "UTF-16 without its mark": (f"{HEADER}\n{ROW}\n", "UTF-16 without its mark"),
}


WRITTEN = {"not UTF-8": "latin-1", "UTF-16": "utf-16", "UTF-16 without its mark": "utf-16-le"}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_wrong_list_is_refused_whole(world: World, name: str) -> None:
    content, about = FILES[name]
    raw = content.encode(WRITTEN.get(name, "utf-8"))
    path = file(world, raw, "people.csv")
    refuses(world, "subscribers", "import", path, *CONSENT, about=about)
    assert not list(world.folder.glob("*refused*"))


def test_a_wrong_row_does_not_stop_the_others(world: World) -> None:
    """And the report beside the file says why, without an address."""
    wrong = {
        "cleo@": "correct format",
        "x1@example.org,nobody,food,,,,2026-11-01": "user type",
        "x2@example.org,academic,nothing,,,,2026-11-01": "topic",
        "x3@example.org,academic,,,,,2026-11-01": "no topic",
        "x4@example.org,academic,food,hourly,,,2026-11-01": "frequency",
        "x5@example.org,academic,food,,fr,,2026-11-01": "language",
        "x6@example.org,academic,food,,,,": "consent",
        "x7@example.org,academic,food,,,,yesterday": "no date",
        "x8@example.org,academic,food,,,,2027-11-01": "future",
        f"x9@example.org,academic,food,,,{'x' * 3000},2026-11-01": "longer",
        "a\0b@example.org,academic,food,,,,2026-11-01": "NUL",
    }
    path = file(world, "\n".join([HEADER, *wrong, ROW]), "people.csv")
    said = world.cli("subscribers", "import", path, *CONSENT)
    assert said.status == 0
    assert "1 added, 0 there already; 11 refused." in said.out
    report = (world.folder / "people.refused.csv").read_text("utf-8")
    assert "@" not in report
    for number, why in enumerate(wrong.values(), start=2):
        line = next(line for line in report.splitlines() if line.startswith(f"{number},"))
        assert why in line
