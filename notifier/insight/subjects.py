"""What Sends are about, by name: one query for each kind of thing, however many Sends there are."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from notifier.catalogue.models import Topic
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.store.db import session


def subjects(abouts: Collection[str]) -> dict[str, str]:
    """The headline, title or name of each thing that has one, by ``Send.about``."""
    found: dict[str, str] = {}
    references = sorted({about for about in abouts if ":" not in about})
    if references:
        notices = select(ChangeNotice.reference, ChangeNotice.headline)
        wanted = notices.where(ChangeNotice.reference.in_(references))
        found.update({row.reference: row.headline for row in session.execute(wanted)})
    for kind, table, column in (
        ("release", Release, Release.title),
        ("newsletter", Newsletter, Newsletter.title),
        ("topic", Topic, Topic.name),
    ):
        numbers = numbered(kind, abouts)
        if numbers:
            query = select(table.id, column).where(table.id.in_(numbers))
            found.update({f"{kind}:{number}": name for number, name in session.execute(query)})
    return found


def numbered(kind: str, abouts: Collection[str]) -> list[int]:
    """The ids in "release:3" of that kind."""
    parts = {about.partition(":") for about in abouts}
    return sorted(int(number) for of, _, number in parts if of == kind and number.isdigit())
