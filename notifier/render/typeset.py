"""Puts a kind's words into its three templates: one letter, in one or two languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from notifier.render import particles, phrases
from notifier.render.environment import environment, inlined, one_line, tidy
from notifier.render.site import Site
from notifier.render.slots import slot

LONGEST_SUBJECT = 150  # characters
PASSED_ON = "passed-on"  # the source of who came by a letter of somebody else
_LANG = re.compile(r'<[a-z][^>]* lang="(en|cy)"')
_NAME = re.compile(r'<[a-z]+ class="name"[^>]*>')
LANGUAGES = {"en": ("en",), "cy": ("cy",), "both": ("cy", "en")}


@dataclass(frozen=True)
class Words:
    """A finished letter; slots stand where each person's own words go.

    ``frame`` holds what the headers need: from_name, reply_to, list_phrase, list_label, one_off and
    language (of the content: "en", "cy" or "cy, en").
    """

    subject: str
    text: str
    html: str
    frame: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Whose letter it is. ``list_label`` is what List-Id begins with (RFC 2919); one-off: none.
    ``topics`` are the slugs that somebody to whom it is passed on may want to follow."""

    from_name: str
    reply_to: str
    list_phrase: str = ""
    list_label: str = ""
    one_off: bool = False
    topics: tuple[str, ...] = ()

    def pass_on(self, site: Site, lang: str) -> str:
        """Where somebody else signs up for the same: the page counts that they came by a letter."""
        query = [*(("topic", slug) for slug in self.topics), ("from", PASSED_ON)]
        if lang != "en":
            query.append(("lang", lang))
        return f"{site.url('subscribe')}?{urlencode(query)}"


@dataclass(frozen=True)
class Part:
    """One language's share of a letter: ``it`` is what the kind's templates show."""

    lang: str
    it: Any
    english: bool = False  # has passages that are not in ``lang``, also where no tag says so

    def say(self, key: str, **values: object) -> str:
        return phrases.say(key, self.lang, **values)


def typeset(
    kind: str,
    parts: Sequence[Part],
    *,
    site: Site,
    origin: Origin,
    why: tuple[str, str] | None = None,
    **more: Any,
) -> Words:
    """The letter of ``kind`` (a folder of templates/emails), its parts one after the other.

    ``why`` is the sentence that says why one gets it, as text and as HTML; without it the slots
    stand there. ``more`` goes to the templates as it is.
    """
    why_text, why_html = why or (slot("reasons_text"), slot("reasons_html"))
    given = {
        "parts": parts,
        "site": site,
        "origin": origin,
        "slot": slot,
        "why_text": why_text,
        "why_html": Markup(why_html),  # noqa: S704 (made by reasons.html, which escapes)
        **more,
    }
    engine = environment()
    subject_of = engine.get_template(f"emails/{kind}/subject.txt")
    given["subject"] = subject = joined([subject_of.render(given, part=part) for part in parts])
    text = engine.get_template(f"emails/{kind}/body.txt").render(given)
    html = engine.get_template(f"emails/{kind}/body.html").render(given)
    return Words(
        subject=subject,
        text=tidy(text),
        html=inlined(particles.in_html(html)),
        frame={**frame_of(origin), "language": languages(parts, html.replace(why_html, ""))},
    )


def frame_of(origin: Origin) -> dict[str, Any]:
    """What the headers need of it."""
    return {name: value for name, value in asdict(origin).items() if name != "topics"}


def joined(subjects: Sequence[str]) -> str:
    """One subject line of all languages; each gives way when they are too long together."""
    lines = list(dict.fromkeys(" ".join(subject.split()) for subject in subjects))
    line = " / ".join(lines)
    if len(line) > LONGEST_SUBJECT and len(lines) > 1:
        each = (LONGEST_SUBJECT - 3) // len(lines)
        line = " / ".join(one_line(subject, each) for subject in lines)
    return one_line(line, LONGEST_SUBJECT)


def languages(parts: Sequence[Part], html: str) -> str:
    """Content-Language (RFC 3282): those of the parts, then whatever passage is in another.

    Names are no passages: a team's name does not make a Welsh letter English.
    """
    found = dict.fromkeys(part.lang for part in parts)
    found |= dict.fromkeys(_LANG.findall(_NAME.sub("", html)))
    if any(part.english for part in parts):
        found["en"] = None
    return ", ".join(found)
