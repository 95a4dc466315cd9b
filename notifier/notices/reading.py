"""How hard a text is to read: the longest sentence, and the age at which most people can. Pure.

The age is Flesch and Kincaid's grade (1975) plus five; syllables are groups of vowels. Over the
catalogue of the demo it says 8 to 14; above 16 most readers of statistics read a sentence twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HARD_AGE, AIM_AGE = 17, 14  # from this age on it is worth a look
LONG_SENTENCE = 30  # words
ENOUGH = 20  # words: a shorter text says nothing
LONGEST = 20_000  # characters that are looked at
_SENTENCES = re.compile(r"(?<=[.!?…])\s+(?=[A-Z“\"'(\d])|\n\s*\n")
_WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouyàâäáèêëéìîïíòôöóùûüúŵŷ]+", re.I)


@dataclass(frozen=True)
class Measured:
    """``longest`` is the longest sentence, ``its_words`` how many it has; ``age`` is None for a
    text that is too short to tell."""

    words: int
    sentences: int
    longest: str
    its_words: int
    age: int | None


def measure(text: str) -> Measured:
    sentences = [part.strip() for part in _SENTENCES.split(text[:LONGEST]) if part.strip()]
    counts = [(len(_WORDS.findall(each)), each) for each in sentences]
    counts = [pair for pair in counts if pair[0]]
    words = _WORDS.findall(text[:LONGEST])
    if not counts:
        return Measured(0, 0, "", 0, None)
    its_words, longest = max(counts, key=lambda pair: pair[0])
    return Measured(len(words), len(counts), longest, its_words, age(words, len(counts)))


def age(words: list[str], sentences: int) -> int | None:
    if len(words) < ENOUGH:
        return None
    grade = 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    return max(6, round(grade) + 5)


def syllables(word: str) -> int:
    """Groups of vowels, without an e that is not heard: "rate" has one, "table" two."""
    groups = len(_VOWELS.findall(word))
    silent = word.lower().endswith(("e", "es", "ed")) and not word.lower().endswith(("le", "ted"))
    return max(1, groups - (1 if silent and groups > 1 else 0))
