"""The words of a Send: one letter for each variant of an audience, or one for one person."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts.models import Staff
from notifier.audience.models import Subscriber
from notifier.render import (
    account,
    address_change,
    answer_confirm,
    confirm,
    correction,
    invitation,
    magic_link,
    nag,
    newsletter,
    notice,
    notice_now,
    preview,
    release,
    released,
    topic,
    week_ahead,
    weekly,
    welcome,
    welcome_back,
)
from notifier.render.site import Site
from notifier.render.typeset import Words
from notifier.sends.models import Send

__all__ = ["AUDIENCE", "ONE", "ONE_STAFF", "Site", "Words", "write", "write_one"]

# A new kind is a folder of templates/emails and a line here.
AUDIENCE = {
    "notice": notice.write,
    "release": release.write,
    "released": released.write,
    "newsletter": newsletter.write,
    "topic": topic.write,
    "week_ahead": week_ahead.write,
    "correction": correction.write,
}
ONE = {
    "confirm": confirm.write,
    "invitation": invitation.write,
    "welcome": welcome.write,
    "welcome_back": welcome_back.write,
    "notice_now": notice_now.write,
    "magic_link": magic_link.write,
    "answer_confirm": answer_confirm.write,
    "address_change": address_change.write,
    "address_changed": address_change.write_changed,
}
ONE_STAFF = {
    "account": account.write,
    "nag": nag.write,
    "weekly": weekly.write,
    "preview": preview.write,
}


def write(send: Send, *, site: Site, now: datetime) -> dict[int, Words]:
    """The letters of a Send to an audience, by ``audience.rules.variant``: all of them.

    Raises KeyError for a kind, ValueError for a stage that has no words, Refused when the words
    cannot be shown.
    """
    return AUDIENCE[send.kind](send, site=site, now=now)


def write_one(send: Send, *, site: Site, now: datetime, person: Subscriber | Staff) -> Words:
    """The letter of a Send to one person; links that the person asked for are already in it.

    Raises KeyError for a kind that has no words, TypeError when it is not for staff, NotFound when
    what it is about is gone.
    """
    if isinstance(person, Staff):
        if send.kind in ONE:
            raise TypeError(f"A {send.kind} letter goes to a subscriber, not to staff.")
        return ONE_STAFF[send.kind](send, site=site, now=now, person=person)
    return ONE[send.kind](send, site=site, now=now, person=person)
