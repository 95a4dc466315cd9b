"""Sections of a newsletter: whom each is for, and what is wrong with one, in a sentence."""

from __future__ import annotations

import pytest

from notifier.errors import Refused
from notifier.render.fields import check_fields
from notifier.render.sections import Section, split

KINDS = ("academic", "media", "data-reuser")


def test_words_for_everybody_stand_between_the_others() -> None:
    found = split("One\n\n:::technical\nTwo\n:::\n\nThree", KINDS)
    assert [(s.source.strip(), s.depths, s.user_types) for s in found] == [
        ("One", (), ()),
        ("Two", ("technical",), ()),
        ("Three", (), ()),
    ]


@pytest.mark.parametrize(
    ("mark", "section"),
    [
        (":::detail", Section("x", ("detail",))),
        ("::: Technical", Section("x", ("technical",))),
        (":::headline, detail", Section("x", ("headline", "detail"))),
        (":::for academic", Section("x", (), ("academic",))),
        (":::for academic, data-reuser :::", Section("x", (), ("academic", "data-reuser"))),
        (":::technical for media", Section("x", ("technical",), ("media",))),
    ],
)
def test_whom_a_section_is_for(mark: str, section: Section) -> None:
    assert split(f"{mark}\nx\n:::", KINDS) == [section]


def test_depth_and_kind_must_both_fit() -> None:
    both = Section("x", ("technical",), ("media",))
    assert both.shows("technical", "media")
    assert not both.shows("technical", "academic")
    assert not both.shows("detail", "media")
    assert Section("x").shows("headline", "")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (":::technical\nx", "A section is not closed"),
        ("x\n:::", "no section to close"),
        (":::technical\n:::for media\nx\n:::\n:::", "begins within another"),
        (":::expert\nx\n:::", "There is no section :::expert; a section begins with"),
        (":::for nobody\nx\n:::", "There is no kind of user 'nobody'; there are academic, media"),
        (":::for\nx\n:::", "It is not said whom :::for is for"),
        (":::" + "z" * 10_000 + "\nx\n:::", "There is no section"),
        ("::::::\nx", "no section to close"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(body: str, says: str) -> None:
    with pytest.raises(Refused, match=r"^[^\n]{10,600}$") as refusal:
        check_fields(body, KINDS)
    assert says in str(refusal.value)
    assert refusal.value.field == "body"


def test_marks_in_code_are_code() -> None:
    body = "```\n:::technical\n```\n\n~~~~\n:::\n~~~\n~~~~\n"
    assert split(body, KINDS) == [Section(body)]


def test_a_block_in_a_section_is_checked_like_any_other() -> None:
    check_fields(":::technical\n{{ recent }}\n:::", KINDS)
    with pytest.raises(Refused, match="needs a paragraph of its own"):
        check_fields(":::technical\nSee {{ recent }}\n:::", KINDS)
