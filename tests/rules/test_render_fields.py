"""Fields of a newsletter: a closed list, looked up and never executed."""

from __future__ import annotations

import pytest

from notifier.errors import Refused
from notifier.render.fields import LONGEST, check_fields, fill, segments
from notifier.render.markdown import as_html, parse
from notifier.render.plaintext import write


@pytest.mark.parametrize(
    "body",
    [
        "Hello {{ name }}, from {{team}} of **{{ organisation }}**",
        "One\n\n{{ upcoming_releases }}\n\n{{upcoming_changes}}\n\n{{ recent }}\n\n{{ feedback }}",
        "| a |\n|---|\n| {{ name }} |",
        "No field, one { bracket } and {% no tag %}",
    ],
)
def test_known_fields_pass(body: str) -> None:
    check_fields(body)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{{ nope }}", "There is no field {{ nope }}"),
        ("{{ name.__class__ }}", "There is no field {{ name.__class__ }}"),
        ("{{ 7 * 7 }}", "There is no field {{ 7 * 7 }}"),
        ("{{ }}", "There is no field"),
        ("{{ name", "is not complete"),
        ("{{{ name }}}", "is not complete"),
        ("See {{ upcoming_releases }} here", "needs a paragraph of its own"),
        ("* {{ feedback }}", "needs a paragraph of its own"),
        ("`{{ name }}`", "stands in code or in an address"),
        ("[x](https://a.example/{{name}})", "stands in code or in an address"),
        ("{{ name }} and `{{ name }}`", "stands in code or in an address"),
        ("x" * (LONGEST + 1), "shorten it to 40,000"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(body: str, says: str) -> None:
    with pytest.raises(Refused, match=r"^[^\n]*$") as refusal:
        check_fields(body)
    assert says in str(refusal.value)
    assert refusal.value.field == "body"


def test_what_is_filled_in_stays_text() -> None:
    tokens = parse("Hello {{ name }}!")
    fill(tokens, {"name": "<b>{{ team }} *x*</b>"})
    assert as_html(tokens) == "<p>Hello &lt;b&gt;{{ team }} *x*&lt;/b&gt;!</p>\n"
    assert write(tokens) == "Hello <b>{{ team }} *x*</b>!"


def test_blocks_cut_the_prose() -> None:
    found = list(segments(parse("a\n\n{{ recent }}\n\n{{ feedback }}\n\nb")))
    assert [each if isinstance(each, str) else "prose" for each in found] == [
        "prose",
        "recent",
        "feedback",
        "prose",
    ]
