"""Which announced changes of a series or dataset are ahead: what a pipeline must know."""

from __future__ import annotations

from datetime import datetime

from notifier.feeds import data_pages
from notifier.feeds.data_filters import Asked, of_identifiers
from notifier.feeds.notice_prose import is_not_done
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import OPEN

MOST = 500  # changes of one dataset
DONE = ("in_effect", "closed")


def changes(
    identifier: str,
    *,
    before: datetime | None,
    since: datetime | None,
    machine_breaking: bool,
    now: datetime,
) -> list[ChangeNotice]:
    """Open changes that take effect before an instant, and done ones that did ``since``; the
    first to take effect first, those without a day last.

    What is on hold counts by the day that it had: its release may come out at any time.
    Raises Unknown when nothing has that name.
    """
    ids = of_identifiers({"identifier": [identifier]})
    found, _ = data_pages.page(Asked(notice_ids=ids, limit=MOST), now=now)
    counted = [
        each
        for each in found
        if (each.machine_breaking or not machine_breaking)
        and (is_open(each, before) or took_effect(each, since))
    ]
    return sorted(counted, key=lambda n: (n.effect_at is None, n.effect_at or now, n.id))


def is_open(notice: ChangeNotice, before: datetime | None) -> bool:
    at = notice.effect_at
    return notice.state in OPEN and (at is None or before is None or at < before)


def took_effect(notice: ChangeNotice, since: datetime | None) -> bool:
    at = notice.took_effect_at or notice.effect_at
    done = notice.state in DONE and not is_not_done(notice)
    return done and since is not None and at is not None and at >= since
