"""The letter of an issue to whoever tries it: its subject says that it is a test."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts.models import Staff
from notifier.audience.rules import variant
from notifier.newsletters import queries as newsletters
from notifier.render.newsletter import Group, Text
from notifier.render.site import Site
from notifier.render.typeset import Words
from notifier.sends.models import Send


def write(send: Send, *, site: Site, now: datetime, person: Staff) -> Words:
    """NotFound when the issue is gone."""
    issue = newsletters.issue(send.about.removeprefix("newsletter:"))
    asked = send.context
    text = Text(issue, site=site, now=now, trial=True)
    number = variant(asked["depth"], asked["language"])
    return text.letter(number, Group(asked["user_type"], None))
