"""Letters about a change: each stage of it in three depths and three choices of language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifier.audience.rules import variant
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series
from notifier.catalogue.rules import DEPTHS
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.render import since
from notifier.render.notice_view import complete, view
from notifier.render.notice_words import day_of, stage_words
from notifier.render.passages import line
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Origin, Part, Words, typeset
from notifier.sends.models import Send

FIRST_ROWS = 5  # of the mapping, in the detail letter
MOST_ROWS = 60  # in the technical one: mail programs clip a letter at 102 KB


def write(send: Send, *, site: Site, now: datetime) -> dict[int, Words]:
    """The letters of one stage for every depth and language, by variant."""
    notice = notices.notice(send.about)
    stage, news = stage_words(send.stage, notice), since.since(notice, send)
    return written("notice", notice, stage, send.context, news=news, site=site, now=now)


def written(
    kind: str,
    notice: ChangeNotice,
    stage: str,
    context: Mapping[str, Any],
    *,
    news: since.News | None,
    site: Site,
    now: datetime,
) -> dict[int, Words]:
    """The letters of ``kind`` about a change in the wording ``stage``, by variant."""
    kinds = {kind.slug: kind for kind in catalogue.user_types()}

    def part(lang: str, *, beside: bool = False) -> Part:
        it = view(
            notice,
            lang,
            stage=stage,
            summary=str(context.get("summary", "")),
            part=context.get("part"),
            next_update=day_of(context.get("next_update")),
            news=news,
            kinds=kinds,
            site=site,
            now=now,
            beside=beside,
        )
        english = not complete(notice) or it.event.english
        return Part(lang, it, english=lang == "cy" and not beside and english)

    english, welsh = part("en"), part("cy")
    parts = {"en": (english,), "cy": (welsh,), "both": (part("cy", beside=True), english)}
    origin = origin_of(notice.series[0], site)
    return {
        variant(depth, language): typeset(
            kind,
            parts[language],
            site=site,
            origin=origin,
            depth=depth,
            rows=MOST_ROWS if depth == "technical" else FIRST_ROWS,
        )
        for depth in DEPTHS
        for language in LANGUAGES
    }


def origin_of(series: Series, site: Site) -> Origin:
    """The letter belongs to the series and comes from its team."""
    return Origin(
        from_name=line(series.team.name).text,
        reply_to=series.team.contact if "@" in series.team.contact else site.reply_to,
        list_phrase=line(series.name).text,
        list_label=series.slug,
    )
