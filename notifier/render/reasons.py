"""Why a person gets a letter, in one sentence that names each subscription."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape

from notifier.render.slots import scrub

# ("topic" | "series" | "notice" | "release" | "newsletter" | "week" | "earlier" | "segment", name),
# or with the Welsh name as a third, empty where there is none
Reason = tuple[str, ...]

# Welsh: for review by a speaker.
_FOLLOW = {"en": "you follow {names}", "cy": "eich bod yn dilyn {names}"}
_TAKE = {
    "en": "you take the newsletter of {names}",
    "cy": "eich bod yn derbyn cylchlythyr {names}",
}
_ONE = {
    "notice": {
        "en": "you follow this change: {names}",
        "cy": "eich bod yn dilyn y newid hwn: {names}",
    },
    "release": {
        "en": "you follow this release: {names}",
        "cy": "eich bod yn dilyn y cyhoeddiad hwn: {names}",
    },
}
_WEEK = {
    "en": "you asked for one email each Friday about the week to come",
    "cy": "eich bod wedi gofyn am un e-bost bob dydd Gwener am yr wythnos i ddod",
}
_EARLIER = {
    "en": "you had an earlier message about this",
    "cy": "eich bod wedi cael neges gynharach am hyn",
}
_SEGMENT = {
    "en": "you asked for updates, and this went to {names}",
    "cy": "eich bod wedi gofyn am ddiweddariadau, ac anfonwyd hwn at {names}",
}
_BECAUSE = {
    "en": "You get this because {why}.",
    "cy": "Rydych yn cael hwn am {why}.",
}
_ASKED = {"en": "you asked for updates", "cy": "eich bod wedi gofyn am ddiweddariadau"}


def text(reasons: Iterable[Reason], language: str = "en") -> str:
    """ "You get this because you follow Air quality and Water."; ``language`` is
    en, cy, both, or a letter's Content-Language such as "cy, en"."""
    return _text(tuple(reasons), language)


@lru_cache(1024)  # of a thousand people hundreds have the same
def _text(found: tuple[Reason, ...], language: str) -> str:
    return " ".join(
        _sentence(found, each, [_named(reason, each)[0] for reason in found])
        for each in _each(language)
    )


def html(reasons: Iterable[Reason], language: str = "en") -> str:
    """The same as HTML, each sentence with its language; names are escaped."""
    return _html(tuple(reasons), language)


@lru_cache(1024)
def _html(found: tuple[Reason, ...], language: str) -> str:
    sentences = []
    for each in _each(language):
        named = [_named(reason, each) for reason in found]
        names = [f'<strong lang="{lang}">{escape(name)}</strong>' for name, lang in named]
        sentences.append(f'<span lang="{each}">{_sentence(found, each, names)}</span>')
    return " ".join(sentences)


def _named(reason: Reason, language: str) -> tuple[str, str]:
    """The name as it stands in a sentence in ``language``, and the language it is in."""
    _, name, welsh, *_ = (*reason, "")
    return (scrub(welsh), "cy") if language == "cy" and welsh else (scrub(name), "en")


def _each(language: str) -> tuple[str, ...]:
    return ("cy", "en") if language == "both" else tuple(language.split(", "))


def _sentence(reasons: tuple[Reason, ...], language: str, names: list[str]) -> str:
    """``names`` are the names of ``reasons`` as they shall stand."""
    kinds: dict[str, list[str]] = {}
    for (kind, *_), name in zip(reasons, names, strict=True):
        kinds.setdefault("follow" if kind in ("topic", "series") else kind, []).append(name)
    parts = []
    if "follow" in kinds:
        parts.append(_FOLLOW[language].format(names=listed(kinds["follow"], language)))
    if "newsletter" in kinds:
        parts.append(_TAKE[language].format(names=listed(kinds["newsletter"], language)))
    for kind in _ONE:
        if kind in kinds:
            parts.append(_ONE[kind][language].format(names=listed(kinds[kind], language)))
    if "week" in kinds:
        parts.append(_WEEK[language])
    if "earlier" in kinds:
        parts.append(_EARLIER[language])
    if "segment" in kinds:
        parts.append(_SEGMENT[language].format(names=listed(kinds["segment"], language)))
    why = listed(parts or [_ASKED[language]], language)
    return _BECAUSE[language].format(why=why)


def listed(names: list[str], language: str = "en") -> str:
    """ "A, B and C"; in Welsh "ac" before a vowel. Names may carry tags."""
    if len(names) < 2:
        return "".join(names)
    and_ = "and"
    if language == "cy":
        first = re.sub(r"<[^>]*>", "", names[-1])[:1].lower()
        and_ = "ac" if first in "aeiouwyâêîôûŵŷ" else "a"
    return f"{', '.join(names[:-1])} {and_} {names[-1]}"
