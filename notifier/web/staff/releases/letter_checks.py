"""What stops the words of a release mail from being approved, and what one should look at. Pure but
for the rules that approving asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from notifier.catalogue.queries import both_languages
from notifier.catalogue.rules import DEPTHS
from notifier.errors import Refused
from notifier.notices import out
from notifier.releases.models import Release
from notifier.render.markdown import safe_link
from notifier.web.staff.releases.shared import plain

NAMES = {"headline": "Brief", "detail": "In detail", "technical": "Technical"}
LANGS = {"en": "English", "cy": "Welsh"}
BRIEF, LONG = 600, 6_000  # characters: what a phone shows of it at once; four screens
SENTENCE = 30  # words; the Government Digital Service asks for 25 at most
LARGEST = 102_000  # bytes of HTML; beyond, mail programs cut a letter off
LINK = re.compile(r"\[([^\]\n]{0,300})\]\(([^)\s]{0,2000})\)")
BARE = re.compile(r"(?<![(<\w])(?:https?://|www\.)[^\s<>)]{1,2000}")
VAGUE = ("here", "click here", "link", "this link", "read more", "more")


@dataclass(frozen=True)
class Check:
    """``stops``: nobody can approve it so. ``field`` is where to go, "" for nowhere."""

    stops: bool
    words: str
    field: str = ""


def checks(release: Release, words: Mapping[str, Any], *, size: int = 0) -> list[Check]:
    """What stops first. ``words`` as typed, {lang: {depth: Markdown}}; ``size`` of the HTML."""
    found = [*of_release(release), *of_languages(words)]
    for lang in LANGS:
        for depth in DEPTHS:
            found += of_text(words.get(lang, {}).get(depth, ""), lang, depth)
    if size > LARGEST:
        said = f"The mail has {size // 1000} KB; mail programs cut it off at {LARGEST // 1000}"
        found.append(Check(True, said, "en-technical"))
    return sorted(found, key=lambda check: not check.stops)


def of_release(release: Release) -> Iterator[Check]:
    if release.state != "confirmed":
        yield Check(True, "Its date is not confirmed, so nobody can approve its words yet")
    try:
        out.gate(release, out=True)
    except Refused as refusal:
        yield Check(True, plain(refusal))
    if not (release.landing_url or release.series.landing_url):
        if release.series.checks_landing:
            yield Check(True, "Its page must answer before it goes out, and it has none")
        else:
            yield Check(False, "It has no page to lead readers to")


def of_languages(words: Mapping[str, Any]) -> Iterator[Check]:
    english, welsh = words.get("en", {}), words.get("cy", {})
    if not english.get("detail"):
        yield Check(True, "There are no main points in detail", "en-detail")
    missing = [depth for depth in DEPTHS if english.get(depth) and not welsh.get(depth)]
    if missing:
        names = " and ".join(NAMES[depth].lower() for depth in missing)
        if both_languages("release"):
            said = f"Welsh is missing: {names}. We publish in both languages or not at all"
            yield Check(True, said, f"cy-{missing[0]}")
        elif welsh:
            yield Check(False, f"There is some Welsh, but not: {names}", f"cy-{missing[0]}")
    if english.get("detail") and not english.get("headline"):
        said = "Nothing brief: whoever reads headlines gets all the detail"
        yield Check(False, said, "en-headline")


def of_text(text: str, lang: str, depth: str) -> Iterator[Check]:
    field, name = f"{lang}-{depth}", f"{NAMES[depth]} ({LANGS[lang]})"
    most = BRIEF if depth == "headline" else LONG
    if len(text) > most:
        said = f"{name} is long: {len(text):,} characters, better {most:,} at most"
        yield Check(False, said, field)
    if any(len(line.split()) > SENTENCE for line in sentences(text)):
        yield Check(False, f"{name} has a sentence of more than {SENTENCE} words", field)
    if "![" in text:
        yield Check(False, f"{name} has a picture; a release mail shows none", field)
    if re.search(r"<[a-zA-Z/!]", text):
        yield Check(False, f"{name} has marks of HTML; they are shown as they stand", field)
    for label, url in LINK.findall(text):
        if not safe_link(url):
            said = f"{name}: “{url[:60]}” is no address; begin it with https://"
            yield Check(False, said, field)
        if label.strip().lower() in VAGUE:
            said = f"{name}: a link says “{label.strip()}”; say where it leads"
            yield Check(False, said, field)
    if BARE.search(LINK.sub("", text)):
        yield Check(False, f"{name} has a bare address; write [what it is](address)", field)


def sentences(text: str) -> list[str]:
    flat = LINK.sub(r"\1", text)
    return [part for part in re.split(r"[.!?](?:\s|$)|\n", flat) if part.strip()]


def addresses(words: Mapping[str, Any]) -> list[str]:
    """Every link of the words, once, in their order."""
    found: dict[str, None] = {}
    for texts in words.values():
        for text in texts.values():
            found |= {url: None for _, url in LINK.findall(text) if safe_link(url)}
    return [url for url in found if url.startswith("http")]
