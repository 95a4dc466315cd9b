"""What each form of a notice does, by the verbs of its room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifier.accounts.models import Staff
from notifier.clock import SEND_TIME, at_london, london_date
from notifier.errors import Refused
from notifier.notices import end, late, learn, pause
from notifier.notices.approve import approve, submit
from notifier.notices.give_back import give_back
from notifier.notices.models import ChangeNotice
from notifier.notices.publish import publish
from notifier.notices.queries import public_notice
from notifier.store.history import By
from notifier.web.staff.written_days import read_day

Given = Mapping[str, str]


@dataclass(frozen=True)
class Who:
    person: Staff
    by: By
    now: datetime
    second: Staff | None = None  # who agrees to it, where that is who acts

    @property
    def acting(self) -> dict[str, Any]:
        return {"by": self.by, "now": self.now}


def day(given: Given, name: str) -> date:
    return read_day(given[name], name)


def hold(notice: ChangeNotice, given: Given, who: Who) -> object:
    until = day(given, "next_update")
    return pause.hold(notice, reason=given["reason"], next_update=until, **who.acting)


def resume(notice: ChangeNotice, given: Given, who: Who) -> object:
    return pause.resume(notice, **who.acting)


def early(notice: ChangeNotice, given: Given, who: Who) -> object:
    return end.early(notice, reason=given["reason"], **who.acting)


def close(notice: ChangeNotice, given: Given, who: Who) -> object:
    return end.close(notice, outcome=given["outcome"], text=given["text"], **who.acting)


def supersede(notice: ChangeNotice, given: Given, who: Who) -> object:
    return end.supersede(notice, public_notice(given["successor"]), **who.acting)


def decide(notice: ChangeNotice, given: Given, who: Who) -> object:
    return learn.decide(
        notice,
        summary=given["summary"],
        short_notice_reason=given.get("reason", ""),
        approved_by=who.second,
        **who.acting,
    )


def impact(notice: ChangeNotice, given: Given, who: Who) -> object:
    """The rest of what is known of the size stays as it was."""
    said: dict[str, Any] = {"known": given["known"]}
    for name in ("direction", "unit", "text"):
        if given.get(name):
            said[name] = given[name]
    for name in ("size_low", "size_high"):
        if given.get(name):
            said[name] = number(given[name], name)
    return learn.know_impact(notice, said, **who.acting)


def number(text: str, name: str) -> int | float:
    plain = text.replace("%", "").replace(",", "").strip()
    try:
        return float(plain) if "." in plain else int(plain)
    except ValueError:
        raise Refused("Write a number like 8 or 8.5.", field=name) from None


def make_ready(notice: ChangeNotice, who: Who) -> None:
    """Where no second person is asked for, the steps before announcing are taken with it."""
    if notice.state == "draft":
        submit(notice, author=who.person, **who.acting)
    if notice.state == "in_review":
        approve(notice, approver=who.person, **who.acting)


def announce(notice: ChangeNotice, given: Given, who: Who) -> object:
    make_ready(notice, who)
    publish(notice, **who.acting)
    return None


def back_to_draft(notice: ChangeNotice, given: Given, who: Who) -> object:
    give_back(notice, reason=given["reason"], person=who.person, **who.acting)
    return None


def record_late(notice: ChangeNotice, given: Given, who: Who) -> object:
    if who.second is None:
        raise Refused("The Head of Profession must agree.", field="approved_by")
    return late.record_late(
        notice,
        took_effect_at=took_effect(given, who.now),
        reason=given["reason"],
        approved_by=who.second,
        **who.acting,
    )


def took_effect(given: Given, now: datetime) -> datetime:
    on = day(given, "took_effect")
    at = at_london(on, SEND_TIME)
    return min(at, now) if on == london_date(now) else at


def always_asked(notice: ChangeNotice, given: Given, who: Who) -> object:
    raise Refused("A second person must agree.", field="approved_by")
