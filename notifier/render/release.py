"""Letters about what became of a release: moved, postponed, cancelled, taken back, not today."""

from __future__ import annotations

from datetime import datetime

from notifier.audience.rules import variant
from notifier.catalogue.rules import DEPTHS
from notifier.notices.models import ChangeNotice
from notifier.releases import queries as releases
from notifier.releases.models import ReleaseDateChange
from notifier.render.origin import origin_of
from notifier.render.release_view import Facts, view
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Part, Words, typeset
from notifier.sends.models import Send
from notifier.store.db import session

STAGES = ("moved", "postponed", "cancelled", "withdrawn", "no-release")


def write(send: Send, *, site: Site, now: datetime) -> dict[int, Words]:
    """The letters about what became of a date, by variant; its changes stand in the same letter.

    ValueError for a stage that has no words, NotFound when the release is gone.
    """
    if send.stage not in STAGES:
        raise ValueError(f"There are no words for the stage {send.stage!r} of a release.")
    facts = Facts(
        send.stage,
        releases.any_release(send.context["release"]),
        session.get(ReleaseDateChange, send.context.get("change") or 0),
        [session.get_one(ChangeNotice, each) for each in send.context.get("notices", [])],
    )

    def part(lang: str, *, beside: bool = False) -> Part:
        return Part(lang, view(facts, lang, site=site, now=now, beside=beside))

    english, welsh = part("en"), part("cy")
    parts = {"en": (english,), "cy": (welsh,), "both": (part("cy", beside=True), english)}
    origin = origin_of(facts.release.series, site)
    return {
        variant(depth, language): typeset(
            "release", parts[language], site=site, origin=origin, depth=depth
        )
        for depth in DEPTHS
        for language in LANGUAGES
    }
