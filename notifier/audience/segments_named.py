"""The slugs and references of a segment beside what there is: checked, and said by their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from notifier.audience.segments_read import Filter
from notifier.audience.segments_words import sentence
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series, Topic, UserType
from notifier.errors import NotFound
from notifier.sends.models import Send
from notifier.store.db import session

KNOWN = {
    "topic": catalogue.topic,
    "series": catalogue.series,
    "user_type": catalogue.user_type,
}


def check(found: Filter) -> None:
    """Raises NotFound for the first slug or reference of which there is nothing."""
    for leaf in leaves(found):
        word, value = next(iter(leaf.items()))
        if word in KNOWN:
            KNOWN[word](value)
        elif word in ("got", "acknowledged"):
            check_sent(leaf, value)


def check_sent(leaf: Filter, about: str) -> None:
    query = select(Send.id).where(Send.about == about)
    stage = leaf.get("stage")
    if stage is not None:
        query = query.where(Send.stage == stage)
    if "revision" in leaf:
        query = query.where(Send.revision == leaf["revision"])
    if session.scalar(query.limit(1)) is None:
        what = f"message {stage!r} about {about}" if stage else f"message about {about}"
        raise NotFound(f"There is no {what}; see: bin/notifier sends list.")


def leaves(found: Filter) -> Iterator[Filter]:
    """Each condition of a filter, from left to right."""
    word, inner = next(iter(found.items()))
    if word in ("and", "or"):
        for each in inner:
            yield from leaves(each)
    elif word in ("not", "exclude"):
        yield from leaves(inner)
    else:
        yield found


def in_words(found: Filter) -> str:
    """Whom the filter means, as one sentence from "people" on."""
    return sentence(found, names())


def names() -> dict[tuple[str, str], str]:
    """The name of each topic, series and user type by (word, slug); where two of a kind have the
    same, the slug stands behind it."""
    named: dict[tuple[str, str], str] = {}
    for word, table in (("topic", Topic), ("series", Series), ("user_type", UserType)):
        rows = session.execute(select(table.slug, table.name)).all()
        twice = Counter(name for _, name in rows)
        for slug, name in rows:
            named[word, slug] = name if twice[name] == 1 else f"{name} ({slug})"
    return named
