"""What became of a change since the last message about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from notifier.clock import london_date
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import dates
from notifier.render.notice_words import EXACT, day_of
from notifier.render.passages import Passage, line
from notifier.render.phrases import say
from notifier.sends import queries as sends
from notifier.sends.models import Send
from notifier.store.db import session


@dataclass(frozen=True)
class News:
    """``last`` is when the message before this one was frozen; nothing may have changed since.

    What the message itself announces is not in it.
    """

    last: datetime
    summaries: tuple[str, ...]
    moves: tuple[ReleaseDateChange, ...]


def since(notice: ChangeNotice, send: Send) -> News | None:
    """The news since the message before ``send``, or None when it is the first."""
    last = max(
        (
            other.frozen_at
            for other in messages(notice, send.about)
            if other.id != send.id and other.frozen_at is not None and other.audience
        ),
        default=None,
    )
    if last is None:
        return None
    own = send.context.get("summary")
    revisions = reversed(notices.revisions(notice))
    release = notice.effect_release
    moves = release.date_changes if release is not None else []
    return News(
        last,
        tuple(r.summary for r in revisions if r.at > last and r.no > 1 and r.summary != own),
        tuple(m for m in moves if m.announced_at > last),
    )


def effect_was(notice: ChangeNotice) -> date | None:
    """The day of the effect before the latest revision, when that moved it; None also when the
    release moved meanwhile, which a message of its own has told, or when no day was ever named."""
    rows = notices.revisions(notice)
    before = next((row for row in rows if row.no < notice.revision), None)
    was = day_of(before.words.get("effect")) if before is not None else None
    if before is None or was is None or was == notice.effect_date:
        return None
    release = notice.effect_release
    moved = release is not None and any(m.announced_at > before.at for m in release.date_changes)
    return None if moved or was in vague_days(notice) else was


def vague_days(notice: ChangeNotice) -> set[date]:
    """Days that stand for a month or a quarter in the calendar of its series."""
    query = select(Release.day).where(
        Release.series_id.in_([series.id for series in notice.series]),
        Release.precision.not_in(EXACT),
        Release.day.is_not(None),
    )
    return {day for day in session.scalars(query) if day is not None}


def messages(notice: ChangeNotice, about: str) -> list[Send]:
    """Every message about the change: its own, and those of its release that told of it, too."""
    release = notice.effect_release
    merged = sends.calendar(about=f"release:{release.id}") if release is not None else []
    with_it = [send for send in merged if notice.id in send.context.get("notices", [])]
    to_all = [send for send in sends.calendar(about=about) if not send.to_one]
    return [*to_all, *with_it]


def passages(news: News, lang: str, *, or_nothing: bool = True) -> list[Passage]:
    """The news as sentences; that there is none is said, too, unless ``or_nothing`` is false."""
    found = [line(summary) for summary in news.summaries]
    for move in news.moves:
        title = line(move.release.title).text
        key = "release_moved" if move.to_date else "release_undated"
        words = say(key, lang, title=title)
        if move.from_date is not None:
            was = dates.vague(
                move.from_date, move.from_precision, wall=move.from_time, language=lang
            )
            words += f" {say('was', lang, day=dates.within(was))}."
        found.append(Passage(words, lang))
        if move.reason.strip():
            found.append(line(move.reason))
    if not found and or_nothing:
        day = dates.past(london_date(news.last), lang)
        found.append(Passage(say("since_nothing", lang, day=day), lang))
    return found
