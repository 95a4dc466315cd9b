"""Letters about a change: each stage of it in three depths and three choices of language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from notifier.audience.rules import variant
from notifier.catalogue import queries as catalogue
from notifier.catalogue.rules import DEPTHS
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.render import since
from notifier.render.notice_note import note
from notifier.render.notice_view import view
from notifier.render.notice_words import day_of, stage_words
from notifier.render.origin import origin_of_notice
from notifier.render.site import Site
from notifier.render.typeset import LANGUAGES, Part, Words, typeset
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

    def part(lang: str, depth: str, *, beside: bool = False) -> Part:
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
        return Part(lang, replace(it, note=note(it, notice, lang, depth=depth)))

    def parts(language: str, depth: str) -> list[Part]:
        both = len(LANGUAGES[language]) > 1
        return [part(lang, depth, beside=both and lang == "cy") for lang in LANGUAGES[language]]

    origin = origin_of_notice(notice, site)
    return {
        variant(depth, language): typeset(
            kind,
            parts(language, depth),
            site=site,
            origin=origin,
            depth=depth,
            rows=MOST_ROWS if depth == "technical" else FIRST_ROWS,
        )
        for depth in DEPTHS
        for language in LANGUAGES
    }
