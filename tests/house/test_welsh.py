"""Every word of the pages that speak Welsh has its Welsh, and a speaker is asked to review it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_from_dir
from babel.messages.pofile import read_po

from notifier.app import templates
from notifier.web.language import CATALOGUE, welsh
from notifier.web.refusals import patterns
from tests.house.source import modules

ROOT = CATALOGUE.parents[4]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]")
# What a visitor of the pages can be refused by; staff's verbs answer in English.
REFUSING = re.compile(
    r"audience/(subscribe|confirm|prefer|describe|pause|magic|rules|kinds|limits|address_change"
    r"|complain)\.py"
    r"|web/public/people/\w+\.py"
)
OWN_NAMES = {"Atom", "RSS", "JSON", "ico.org.uk", "equalityadvisoryservice.com"}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return read_po(BytesIO(CATALOGUE.read_bytes()), locale="cy")


def forms(message: Message) -> list[tuple[str, str]]:
    """(English, Welsh) of each form of a message."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[1], welsh) for welsh in message.string]


def messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def test_every_string_has_its_welsh(catalogue: Catalog) -> None:
    found = [message.id for message in messages(catalogue) if not all(w for _, w in forms(message))]
    assert len(catalogue) > 200
    assert found == []


def test_no_placeholder_is_lost_or_made_up(catalogue: Catalog) -> None:
    for message in messages(catalogue):
        for english, cymraeg in forms(message):
            expected = sorted(PLACEHOLDER.findall(english))
            assert sorted(PLACEHOLDER.findall(cymraeg)) == expected, english


def test_a_number_has_the_five_forms_of_welsh(catalogue: Catalog) -> None:
    """One, two, three, six, and all others: the noun is mutated after some of them."""
    several = [message for message in messages(catalogue) if not isinstance(message.id, str)]
    assert several
    assert {len(message.string) for message in several} == {5}
    say = welsh().ungettext
    words = {n: say("%(num)d topic", "%(num)d topics", n) % {"num": n} for n in (1, 2, 3, 5, 6)}
    assert words == {1: "1 pwnc", 2: "2 bwnc", 3: "3 phwnc", 5: "5 pwnc", 6: "6 phwnc"}


def test_the_catalogue_says_that_a_speaker_must_review_it() -> None:
    first = CATALOGUE.read_text("utf-8").splitlines()[0]
    assert first.startswith("# Welsh: a speaker must review it")
    assert "speaker" in (ROOT / "docs" / "decisions.md").read_text("utf-8")


def extracted() -> set[str | tuple[str, ...]]:
    """The strings that the code and the templates ask to be translated."""
    rules = [("**.py", "python")]
    found = {row[2] for row in extract_from_dir(ROOT / "notifier" / "web", method_map=rules)}
    for path in templates().rglob("*.html"):
        if "emails" not in path.parts:
            with path.open("rb") as source:
                found |= {row[1] for row in extract("jinja2", source)}
    return found


def test_the_catalogue_is_what_the_pages_say(catalogue: Catalog) -> None:
    """A new string waits in it as soon as bin/words was run; no old one is left over."""
    known = {message.id for message in messages(catalogue)}
    assert {i if isinstance(i, str) else tuple(i) for i in extracted()} == known


TRANSLATED = [
    path
    for path in sorted(templates().rglob("*.html"))
    if "set translated = true" in path.read_text("utf-8")
]


def test_the_pages_of_sign_up_and_settings_claim_to_be_translated() -> None:
    names = {path.stem for path in TRANSLATED}
    assert {"subscribe", "subscribe_done", "confirm", "confirmed", "preferences"} <= names
    assert {"privacy", "accessibility", "unsubscribe", "token_invalid", "refused"} <= names
    assert {"403", "404", "429", "500", "preferences_erase", "complain", "got_it"} <= names


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.stem)
def test_a_page_that_claims_to_be_translated_has_no_bare_english(path: Path) -> None:
    """What remains of the template without its expressions and tags is no word."""
    assert bare(path) == []


def bare(path: Path) -> list[str]:
    text = re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.S)
    shown = re.sub(r'\b(?:aria-label|alt|title|placeholder)="([^"{]+)"', r">\1<", text)
    shown = re.sub(r"{%.*?%}|{{.*?}}", "", shown, flags=re.S)
    words = re.sub(r"<[^>]*>", "\n", shown)
    found = [line.strip() for line in words.splitlines() if re.search(r"[A-Za-z]{2}", line)]
    literals = re.findall(r"'([A-Z][a-z]+ [a-z][^']*)'", re.sub(r"_\(.*?\)|ngettext\(.*", "", text))
    return [word for word in [*found, *literals] if word not in OWN_NAMES]


def refusals() -> Iterator[tuple[str, str]]:
    """(place, sentence) of each Refused that the rooms raise; what varies in it stands as ``1``."""
    for name, path in modules().items():
        if not REFUSING.fullmatch(name):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "Refused",
                "TooOften",
            ):
                yield f"{name}:{node.lineno}", spoken(node.args[0])


def spoken(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.JoinedStr), ast.unparse(node)
    return "".join(str(p.value) if isinstance(p, ast.Constant) else "1" for p in node.values)


def test_every_refusal_that_a_visitor_can_meet_is_in_the_table() -> None:
    found = dict(refusals())
    assert len(found) > 15
    known = [pattern for _, pattern in patterns()]
    # Of the command line and of files only.
    staffs = ("frequency must be one of", "Write what was answered")
    missing = {
        place: sentence
        for place, sentence in found.items()
        if not sentence.startswith(staffs) and not any(p.fullmatch(sentence) for p in known)
    }
    assert missing == {}


def test_each_sentence_of_the_table_is_found_by_itself_alone() -> None:
    for text, _ in patterns():
        filled = PLACEHOLDER.sub("1", text)
        assert [t for t, pattern in patterns() if pattern.fullmatch(filled)] == [text]
