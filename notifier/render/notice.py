"""Letters about a change: each stage of it in three depths and three choices of language."""

from __future__ import annotations

from datetime import datetime

from notifier.audience.rules import variant
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series
from notifier.catalogue.rules import DEPTHS
from notifier.notices import queries as notices
from notifier.render import since
from notifier.render.notice_view import complete, view
from notifier.render.notice_words import stage_words
from notifier.render.passages import line
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Origin, Part, Words, typeset
from notifier.sends.models import Send

FIRST_ROWS = 5  # of the mapping, in the detail letter
MOST_ROWS = 60  # in the technical one: mail programs clip a letter at 102 KB


def write(send: Send, *, site: Site, now: datetime) -> dict[int, Words]:
    """The letters of one stage for every depth and language, by variant."""
    notice = notices.notice(send.about)
    news = since.since(notice, send)
    kinds = {kind.slug: kind for kind in catalogue.user_types()}

    def part(lang: str, *, beside: bool = False) -> Part:
        it = view(
            notice,
            lang,
            stage=stage_words(send.stage, notice),
            summary=str(send.context.get("summary", "")),
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
            "notice",
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
