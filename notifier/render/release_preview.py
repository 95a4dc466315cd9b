"""The release mail before it goes: the true letter, with nobody's own words in its places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from notifier.audience.rules import variant
from notifier.notices.out import anchored
from notifier.releases.models import Announcement, Release
from notifier.render import reasons, released, slots
from notifier.render.reasons import Reason
from notifier.render.site import Site
from notifier.render.typeset import Words

NOBODY = "reader@example.org"  # RFC 2606: belongs to nobody


def letter(
    release: Release,
    words: Mapping[str, Any],
    *,
    depth: str,
    language: str,
    site: Site,
    now: datetime,
) -> Words:
    """What a reader gets at the instant with these words, {lang: {depth: Markdown}}; no link of it
    is anybody's own."""
    of = Announcement(words=dict(words)) if words.get("en") else None
    chosen = released.letters(
        release, of, anchored(release), site=site, now=now, only=(depth, language)
    )[variant(depth, language)]
    values = nobodys(release, str(chosen.frame["language"]), site)
    return replace(
        chosen,
        text=slots.fill(chosen.text, values),
        html=slots.fill(chosen.html, values, slots.as_html),
    )


def nobodys(release: Release, language: str, site: Site) -> dict[str, str]:
    """What stands where each person's own words go."""
    topics: list[Reason] = [("topic", topic.name, topic.cy) for topic in release.series.topics]
    why = topics or [("series", release.series.name, release.series.cy)]
    settings = site.url("preferences")
    return {
        "name": "",
        "address": NOBODY,
        "unsubscribe_url": settings,
        "preferences_url": settings,
        "got_it_url": settings,
        "reasons_text": reasons.text(why, language),
        "reasons_html": reasons.html(why, language),
    }
