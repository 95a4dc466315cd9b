"""People's Markdown: safe as HTML, readable as plain text, and the same links in both."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.render import markdown
from notifier.render.slots import slot

SOURCE = """\
# Top

The survey reached **25,000 adults**. See [the latest](https://www.gov.uk/x?a=1&b=2)
on GOV.UK, <https://a.example/b>, or [write](mailto:pans@example.org).

| Measure | This quarter |
|---|---:|
| Visited a green space | 62% |
| Ansawdd dŵr | 6% |

* one
* two
  * deep

3. three

   more of it
4. four

> a quote
"""


def test_plain_text_is_readable() -> None:
    assert (
        markdown.plain(SOURCE)
        == """\
Top
===

The survey reached 25,000 adults. See the latest (https://www.gov.uk/x?a=1&b=2) on GOV.UK, \
https://a.example/b, or write (pans@example.org).

Measure                This quarter
---------------------  ------------
Visited a green space           62%
Ansawdd dŵr                      6%

* one
* two
  * deep

3. three

   more of it
4. four

> a quote"""
    )


def test_html_keeps_the_structure() -> None:
    html = markdown.page(SOURCE)
    assert "<h2>Top</h2>" in html
    assert '<a href="https://www.gov.uk/x?a=1&amp;b=2">the latest</a>' in html
    assert '<th class="right" scope="col">This quarter</th>' in html
    assert '<ol start="3">' in html


def test_headings_begin_at_two_and_keep_their_order() -> None:
    assert re.findall("<(h.)>", markdown.page("# a\n\n## b\n\n# c")) == ["h2", "h3", "h2"]
    assert re.findall("<(h.)>", markdown.page("## a\n\n### b")) == ["h2", "h3"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,boo)",
        "[x](vbscript:a)",
        "<javascript:alert(1)>",
        "![x](https://tracker.example/p.gif)",
        "[x](https://a.example/ 'onmouseover=\"alert(1)')",
        "<a href='https://a.example' onclick='b()'>x</a>",
        "[x](/relative)",
        "`<script>`",
        "<style>p{}</style><iframe src=//a.example></iframe>",
    ],
)
def test_nothing_that_acts_survives(hostile: str) -> None:
    html = markdown.page(hostile)
    tags = re.findall(r"<([a-z0-9]+)", html)
    assert set(tags) <= {"p", "a", "code"}
    assert not re.findall(r"<[^>]*\b(?:on\w+|style|src)\s*=", html)
    for address in re.findall(r'href="([^"]*)"', html):
        assert address.startswith(("https://", "mailto:"))


def test_slot_marks_in_peoples_words_are_taken_out() -> None:
    assert "name" in markdown.plain(f"Hi {slot('name')}")
    assert slot("name") not in markdown.plain(f"Hi {slot('name')}")
    assert slot("name") not in markdown.page(f"Hi {slot('name')}")


@given(st.text(alphabet=st.sampled_from("ab []()<>!*_`#|-\n:/\\&;\"'=\u0000\ue000ŵ"), max_size=80))
def test_any_text_gives_harmless_html(text: str) -> None:
    html = markdown.page(text)
    assert set(re.findall(r"<([a-z0-9]+)", html)) <= markdown.TAGS
    assert "\ue000" not in html
    assert "\x00" not in markdown.plain(text)


def test_same_links_in_both() -> None:
    shown = set(re.findall(r'href="([^"]*)"', markdown.page(SOURCE)))
    plain = markdown.plain(SOURCE)
    for address in shown:
        assert address.replace("&amp;", "&").removeprefix("mailto:") in plain
