"""A letter about one event, as one reader gets it."""

from __future__ import annotations

from datetime import date, datetime

from notifier.audience.rules import variant
from notifier.notices import follow
from notifier.releases.dated import exact
from notifier.releases.models import Release
from notifier.render import letters, slots
from notifier.render.letters import Words
from notifier.sends.models import Send
from notifier.store.db import unit
from notifier.store.history import By
from tests import makers
from tests.edges.letter_house import SITE, VALUES
from tests.makers import Clock

BOTH = "both"
WHY = "The survey came late."


def letter(
    send: Send, clock: Clock, *, depth: str = "detail", language: str = "en", now: datetime | None
) -> Words:
    written = letters.write(send, site=SITE, now=now or clock())
    assert written == letters.write(send, site=SITE, now=now or clock()), "the same twice"
    words = written[variant(depth, language)]
    return Words(words.subject, slots.fill(words.text, VALUES), words.html, words.frame)


def about_to_say(
    send: Send, clock: Clock, depth: str = "detail", language: str = "en"
) -> tuple[str, str]:
    words = letter(send, clock, depth=depth, language=language, now=None)
    return words.subject, words.text


def moves(release: Release, day: date, clock: Clock, by: By, *, code: str = "data_late") -> Send:
    with unit():
        why = makers.decided(WHY, code=code)
        return follow.move(release, exact(day), why, by=by, now=clock())
