"""Letters that differ by what each reader follows, or what kind of user they are.

They stay few: readers who would read the same share one letter, and a variant is its number.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import ColumnElement, case, literal, select

from notifier.audience.models import Reach
from notifier.audience.receivers import Audience, receivers, singly_following
from notifier.audience.rules import MASKED_TOPICS, masks
from notifier.catalogue.models import Topic
from notifier.sends.models import Delivery, Send
from notifier.store.bulk import append, collector_paused
from notifier.store.db import session

COLUMNS = ("send_id", "subscriber_id", "variant", "state", "at", "code", "tries")
TOGETHER = 5_000  # rows written at once
NOBODY: frozenset[int] = frozenset()


class Words(Protocol):
    """What render gives for one variant."""

    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...
    @property
    def frame(self) -> dict[str, Any]: ...


W_co = TypeVar("W_co", bound=Words, covariant=True)


@dataclass(frozen=True)
class Asks:
    """What of a reader the words depend on: whether they are of one of these user types (ids), and
    which of these series they follow; ``above`` holds the topics whose followers get each."""

    user_types: frozenset[int]
    above: Mapping[int, frozenset[int]]


class Reader(NamedTuple):
    """Depth and language, the user type (0: none that matters), and the series that they follow."""

    variant: int
    user_type: int
    follows: frozenset[int]


class ByReader(Mapping[int, W_co]):
    """Letters by variant, more than depths and languages make."""

    asks: Asks

    @abstractmethod
    def number(self, reader: Reader) -> int:
        """The variant that somebody like that gets; of the depth and language of ``reader``."""


def readers(
    audience: Audience, asks: Asks, *more: ColumnElement[Any]
) -> Iterator[tuple[int, Reader, tuple[Any, ...]]]:
    """(subscriber_id, reader, values of ``more``) of everybody whom the audience reaches, by id.

    One pass over the rows of reach, and one over the few who follow a series by itself.
    """
    topics = set[int]().union(*asks.above.values())
    bits = {row.id: row.bit for row in session.execute(select(Topic.id, Topic.bit))}
    in_masks = {topic for topic in topics if bits[topic] < MASKED_TOPICS}
    t0, t1 = masks(bits[topic] for topic in in_masks)
    kind = Reach.user_type_id
    query = receivers(audience).add_columns(
        case((kind.in_(sorted(asks.user_types)), kind), else_=0) if asks.user_types else literal(0),
        Reach.t0.bitwise_and(t0),
        Reach.t1.bitwise_and(t1),
        *more,
    )
    singly = by_themselves(asks, topics - in_masks)
    known: dict[tuple[int, ...], Reader] = {}
    rows = session.execute(
        query.order_by(Reach.subscriber_id), execution_options={"yield_per": TOGETHER}
    )
    for subscriber_id, variant, user_type, m0, m1, *rest in rows:
        key = (variant, user_type, m0, m1)
        reader = known.get(key)
        if reader is None:
            followed = {each for each in in_masks if has_bit(bits[each], m0, m1)}
            reader = known[key] = Reader(variant, user_type, series_under(asks, followed))
        if subscriber_id in singly:
            reader = reader._replace(follows=reader.follows | singly[subscriber_id])
        yield subscriber_id, reader, tuple(rest)


def by_themselves(asks: Asks, beyond: set[int]) -> dict[int, frozenset[int]]:
    """The series that people follow by a subscription of their own, or by a topic without a bit."""
    found: dict[int, frozenset[int]] = {}
    if not asks.above:
        return found
    for person, topic, series in session.execute(singly_following(asks.above, beyond)):
        more = frozenset({series}) if series is not None else series_under(asks, {topic or 0})
        found[person] = found.get(person, NOBODY) | more
    return found


def series_under(asks: Asks, topics: set[int]) -> frozenset[int]:
    return frozenset(s for s, above in asks.above.items() if not above.isdisjoint(topics))


def has_bit(bit: int, m0: int, m1: int) -> bool:
    mask, place = (m0, bit) if bit < MASKED_TOPICS // 2 else (m1, bit - MASKED_TOPICS // 2)
    return bool(mask >> place & 1)


def write_rows(
    send: Send,
    letters: ByReader[Words],
    audience: Audience,
    state: ColumnElement[int],
) -> None:
    """A ledger row for everybody whom the audience reaches, with the number of their letter."""
    rows: list[tuple[Any, ...]] = []
    numbers: dict[Reader, int] = {}
    with collector_paused():
        for person, reader, (held,) in list(readers(audience, letters.asks, state)):
            number = numbers.get(reader)
            if number is None:
                number = numbers[reader] = letters.number(reader)
            rows.append((send.id, person, number, held, 0, 0, 0))  # 0: since the freeze
        written(rows)


def written(rows: Sequence[tuple[Any, ...]]) -> None:
    for start in range(0, len(rows), TOGETHER):
        append(Delivery, COLUMNS, rows[start : start + TOGETHER])
