"""No letter to the public has a bare word: each is a phrase, and each phrase has its Welsh."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from notifier.app import templates
from notifier.render.phrases import PHRASES

TO_STAFF = {"account", "nag", "preview", "weekly"}  # in English
LETTERS = [
    path
    for path in sorted((templates() / "emails").rglob("*.*"))
    if path.suffix in (".html", ".txt") and path.parent.name not in TO_STAFF
]
SAYS = re.compile(r"""\bsay\("(\w+)"[,)]""")


def bare(text: str) -> list[str]:
    """What remains of a template without expressions, tags and entities, where it is a word."""
    text = re.sub(r"{#.*?#}|<style.*?</style>", "", text, flags=re.DOTALL)
    shown = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
    words = re.sub(r"<[^>]*>|&\w+;|\w+=\"[^\"]*\"", "\n", shown)
    return [line.strip() for line in words.splitlines() if re.search(r"[A-Za-z]{2}", line)]


def test_the_letters_are_found() -> None:
    assert len(LETTERS) > 40


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_letter_has_no_bare_word(path: Path) -> None:
    text = path.read_text("utf-8")
    assert bare(text) == []
    assert set(SAYS.findall(text)) <= set(PHRASES)


def test_a_bare_word_would_be_found() -> None:
    assert bare('<p lang="cy">{{ say("x") }} Read more</p>\n{{ it.url }}') == ["Read more"]
