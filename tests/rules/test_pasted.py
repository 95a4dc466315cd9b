"""What is pasted from Word, Outlook or a page: its shape stays, and only words come through."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from notifier.errors import Refused
from notifier.render.markdown import page
from notifier.render.pasted import LONGEST, from_html
from notifier.render.pasted_inline import escaped
from notifier.render.pasted_plain import from_plain

WORD = Path(__file__).parents[1] / "data" / "word" / "newsletter.html"


def test_a_page_of_word_keeps_its_shape() -> None:
    found = from_html(WORD.read_text("utf-8"))
    assert found.pictures == 1
    url = "<https://www.gov.uk/government/collections/people_and_nature(1)>"
    assert found.markdown == (
        "## New this quarter\n\n"
        f"The survey reached **25,000 adults** this year. See [the latest]({url}) "
        f"*[indicators]({url})* on GOV.UK & \\* others\\_.\n\n"
        "- First point\n"
        "    - Below it\n"
        "1. Numbered\n\n"
        "| Measure | This quarter |\n"
        "| --- | ---: |\n"
        "| Visited a green space \\| once | 62% |\n\n"
        "1\\. not a list  \n"
        "second line bad\n\n"
        "{{ upcoming_releases }}\n"
    )
    shown = page(found.markdown)
    for tag in ("<h2>", "<ul>", "<ol>", "<table>", "<strong>", '<a href="https://www.gov.uk'):
        assert tag in shown
    assert "script" not in shown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h1>One</h1><h3>Three</h3>", "# One\n\n### Three\n"),
        ("<p class=MsoTitle>Title</p>", "# Title\n"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n    - b\n- c\n"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b\n"),
        ("<b>a </b><b>b</b> c", "**a b** c\n"),
        ("a<b> </b>b", "a b\n"),
        ("<p>x<br>y</p>", "x  \ny\n"),
        ("<a href='javascript:alert(1)'>x</a>", "x\n"),
        ("<a href='data:text/html,x'>x</a>", "x\n"),
        ("<a href='/relative'>x</a>", "x\n"),
        ("<a href='mailto:a@b.example'>a@b.example</a>", "<mailto:a@b.example>\n"),
        ("<script>alert(1)</script><style>p{}</style><title>t</title>x", "x\n"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<p onclick='alert(1)' style='x:expression(1)'>x</p>", "x\n"),
        ("<table><tr><td>only</td></tr></table>", "only\n"),
        ("<table><tr><td colspan=2>a</td></tr><tr><td>b</td><td>c</td></tr></table>",
         "| a |  |\n| --- | --- |\n| b | c |\n"),
        ("<p># no heading</p><p>- no list</p><p>&gt; no quote</p>",
         "\\# no heading\n\n\\- no list\n\n\\> no quote\n"),
        ("<p>&lt;b&gt; &amp;amp; [x](y) `z`</p>", "\\<b> \\&amp; \\[x\\](y) \\`z\\`\n"),
        ("<p>مرحبا 🙂 ŵ</p>", "مرحبا 🙂 ŵ\n"),
        ("", ""),
    ],
)  # fmt: skip
def test_shapes(html: str, markdown: str) -> None:
    assert from_html(html).markdown == markdown


def test_without_script_tabs_and_bullets_are_lists_and_tables() -> None:
    assert from_plain("Head\n•\tone\n•\ttwo\n1.\tthree\nA\tB\n1\t2\n\nend *x*").markdown == (
        "Head\n\n- one\n- two\n1. three\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\nend \\*x\\*\n"
    )
    assert from_plain("<h2>Page</h2>").markdown == "## Page\n"


@given(some.text(alphabet=some.characters(codec="utf-8", exclude_characters="{}\0"), max_size=60))
@settings(max_examples=150, deadline=None)
def test_words_stay_words(text: str) -> None:
    """Whatever one pastes as words makes no tag but paragraphs."""
    shown = page(escaped(" ".join(text.split())))
    assert shown.replace("<p>", "").replace("</p>", "").count("<") == 0


@pytest.mark.parametrize(
    "html",
    ["<div>" * 90_000, "<b>" * 300_000, "*_[" * 200_000, "<td>" * 50_000, "<p>" * 50_000,
     "<table><tr><td>" * 190, "<!--" * 90_000, "&#" * 200_000],
)  # fmt: skip
def test_nothing_takes_long(html: str) -> None:
    begun = process_time()
    with suppress(Refused):
        from_html(html)
    assert process_time() - begun < 5


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(Refused, match="paste it in parts"):
        from_html("x" * (LONGEST + 1))
