"""A new notice from one entry of the catalogue's ``notices:`` shape: checked, classed, a draft."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from notifier.catalogue import queries as catalogue
from notifier.catalogue.document import SECTIONS, check_entry, on_working_day
from notifier.catalogue.load import by_slug, known
from notifier.catalogue.models import Series
from notifier.catalogue.shapes import plain
from notifier.clock import SEND_TIME, at_london, london_date
from notifier.errors import Conflict, Refused
from notifier.notices import consult_rules, parts
from notifier.notices.derive import classes_of, policy_of
from notifier.notices.fields import chosen_class, details, not_idle
from notifier.notices.leadtime import BREAKS, DECISIONS, MATERIALITY, TYPES
from notifier.notices.models import ChangeNotice, ReferenceCounter
from notifier.notices.parts import dated, yes_no
from notifier.releases.models import Release
from notifier.store.db import session
from notifier.store.history import By, record

LONGEST_HEADLINE = 100  # characters


def write(entry: Mapping[str, Any], *, now: datetime, where: str = "the notice") -> ChangeNotice:
    """A draft from an entry, added to the session with its own reference.

    Raises Refused for a wrong key or word, an unknown series or release, or a date in the past.
    """
    notice = ChangeNotice(
        urn=uuid.uuid4().urn,
        state="draft",
        created_at=now,
        changed_at=now,
        sequence=0,
        revision=1,
        policy={},
        short_notice_reason="",
    )
    fill(notice, entry, where, now=now)
    notice.reference = next_reference(london_date(now).year)
    session.add(notice)
    session.flush()
    return notice


def new(entry: Mapping[str, Any], *, by: By, now: datetime, urn: str | None = None) -> ChangeNotice:
    """As ``write``, by a person: history begins with it, and whoever signed in is its author.

    ``urn`` is chosen by a form, so that one that is sent twice makes one notice. Raises Conflict
    when there is a notice of that name.
    """
    if urn is not None and session.scalar(select(ChangeNotice.id).where(ChangeNotice.urn == urn)):
        raise Conflict("This was saved already; look at the notice.")
    notice = write(entry, now=now)
    notice.urn = urn or notice.urn
    notice.author_id = by.staff_id
    session.flush()
    record(f"notice:{notice.id}", "new", by=by, now=now, reference=notice.reference)
    return notice


def fill(notice: ChangeNotice, entry: Mapping[str, Any], where: str, *, now: datetime) -> None:
    """Everything that an entry says, with every check, into a new notice or an old one."""
    check_entry(where, entry, *SECTIONS["notices"])
    have = by_slug(Series)
    series = [known(have, slug, where, "series") for slug in several(entry["series"])]
    if not series:
        raise Refused(f"{where}: name at least one series.", field="series")
    notice.series = series
    words(notice, entry, where, today=london_date(now))
    kind(notice, entry, where, today=london_date(now))
    effect(notice, entry["effect"], where, now=now)
    guard(notice, where)


def words(notice: ChangeNotice, entry: Mapping[str, Any], where: str, *, today: date) -> None:
    notice.headline = headline(entry["headline"], where)
    notice.what, notice.why = entry["what"].strip(), entry["why"].strip()
    notice.not_changing = str(entry.get("not_changing", "")).strip()
    notice.technical = str(entry.get("technical", "")).strip()
    impact = entry.get("impact") or {"known": "no"}
    notice.impact = parts.impact(impact, entry["type"], where, today)
    notice.comparability = parts.comparability(entry.get("comparability") or {}, where)
    types = {t.slug for t in catalogue.user_types()}
    details(notice, entry, where, types)
    to_do = entry.get("what_to_do") or []
    notice.what_to_do = [parts.to_do(item, types, where, today) for item in to_do]
    notice.mapping = [parts.code(row, where) for row in entry.get("mapping") or []]
    notice.evidence = [parts.evidence(item, where) for item in entry.get("evidence") or []]
    notice.consultation = dated(
        entry.get("consultation") or {}, ("opens", "closes", "response_due"), where, today
    )
    update_by = entry.get("next_update_by")
    notice.next_update_by = on_working_day(where, update_by, today)[0] if update_by else None


def headline(text: str, where: str) -> str:
    """On one line. Raises Refused for one that is too long."""
    if len(text) > LONGEST_HEADLINE:
        raise Refused(
            f"{where}: the headline has {len(text)} characters; shorten it to {LONGEST_HEADLINE}.",
            field="headline",
        )
    return " ".join(text.split())


def kind(notice: ChangeNotice, entry: Mapping[str, Any], where: str, *, today: date) -> None:
    """Type, materiality and the class that follows from them, or that was chosen with a reason."""
    notice.type = one_of(entry["type"], TYPES, where, "type")
    notice.other_types = [
        one_of(t, TYPES, where, "other_types") for t in entry.get("other_types") or []
    ]
    notice.materiality = one_of(
        entry.get("materiality", "moderate"), MATERIALITY, where, "materiality"
    )
    notice.series_break = one_of(
        yes_no(entry.get("series_break", "none")), BREAKS, where, "series_break"
    )
    notice.machine_breaking = is_yes(entry, "machine_breaking", where)
    notice.cut = is_yes(entry, "cut", where)
    notice.decision = one_of(entry.get("decision", "decided"), DECISIONS, where, "decision")
    chosen_class(notice, entry.get("class"), where)
    not_idle(notice, classes_of(notice)[0], where)
    found = policy_of(notice, today)
    notice.class_ = found.class_
    notice.minimum_days, notice.target_days = found.minimum_days, found.target_days


def one_of(value: object, allowed: tuple[str, ...], where: str, key: str) -> str:
    if value not in allowed:
        raise Refused(
            f"{where}: {key} must be one of {', '.join(allowed)}, not {value!r}.", field=key
        )
    return str(value)


def is_yes(entry: Mapping[str, Any], key: str, where: str) -> bool:
    return one_of(yes_no(entry.get(key, "no")), ("yes", "no"), where, key) == "yes"


def several(value: Any) -> list[str]:
    """One slug or a list of them."""
    return [str(item) for item in (value if isinstance(value, list) else [value])]


def effect(notice: ChangeNotice, entry: object, where: str, *, now: datetime) -> None:
    """Anchor the effect to a release, a date, the data of a period, or nothing yet
    (``{tbc: true}``)."""
    readers = {"release": with_release, "date": on_date, "reference_period": with_period}
    named = set(entry) if isinstance(entry, Mapping) else set()
    if isinstance(entry, Mapping) and named == {"tbc"}:
        notice.effect_kind = "tbc"
        return
    found = named & set(readers)
    if not isinstance(entry, Mapping) or len(found) != 1 or named - found - {"from"}:
        raise Refused(
            f"{where}: effect must be one of release: TITLE, date: DATE, "
            "reference_period: PERIOD with from: DATE, or tbc: true.",
            field="effect",
        )
    readers[found.pop()](notice, entry, where, now)


def with_release(notice: ChangeNotice, entry: Mapping[str, Any], where: str, now: datetime) -> None:
    if len(entry) != 1:
        raise Refused(f"{where}: from belongs to a reference_period; a release has its own date.")
    title = entry["release"]
    release = session.scalars(
        select(Release).where(
            Release.title == title, Release.series_id.in_([s.id for s in notice.series])
        )
    ).first()
    if release is None:
        raise Refused(
            f"{where}: its series have no release called {title!r}; add it first.",
            field="effect.release",
        )
    notice.effect_kind, notice.effect_release = "release", release
    notice.effect_date, notice.effect_at = release.day, release.at


def on_date(notice: ChangeNotice, entry: Mapping[str, Any], where: str, now: datetime) -> None:
    if len(entry) != 1:
        raise Refused(f"{where}: from belongs to a reference_period; leave it out beside a date.")
    dated_effect(notice, "date", entry["date"], where, now)


def with_period(notice: ChangeNotice, entry: Mapping[str, Any], where: str, now: datetime) -> None:
    """With the data of a period: the day from which these are published is its day."""
    if "from" not in entry or not str(entry["reference_period"]).strip():
        raise Refused(
            f"{where}: say reference_period: PERIOD and from: DATE, the day from which data of "
            "that period are published.",
            field="effect.reference_period",
        )
    dated_effect(notice, "reference_period", entry["from"], where, now)
    period = str(plain(entry["reference_period"])).strip()
    if notice.scope.get("reference_from", period) != period:
        raise Refused(
            f"{where}: effect and scope name two periods; say it under effect alone.",
            field="scope.reference_from",
        )
    notice.scope = {**notice.scope, "reference_from": period}


def dated_effect(
    notice: ChangeNotice, kind_: str, value: object, where: str, now: datetime
) -> None:
    day, wall = on_working_day(where, value, london_date(now))
    if day < london_date(now) and notice.type != "correction":
        raise Refused(
            f"{where}: the effect, {day.isoformat()}, is in the past; give a date to come.",
            field=f"effect.{kind_}",
        )
    notice.effect_kind, notice.effect_date = kind_, day
    notice.effect_at = at_london(day, wall or SEND_TIME)


def guard(notice: ChangeNotice, where: str) -> None:
    """What DOMAIN.md section 4 makes mandatory."""
    consult_rules.check(notice.consultation, notice.class_, where=where)
    unknown = notice.impact.get("known") == "no"
    if notice.next_update_by is None and (notice.effect_kind == "tbc" or unknown):
        raise Refused(
            f"{where}: say by when you will tell more (next_update_by), "
            "because the effect or its size is not known yet.",
            field="next_update_by",
        )


def next_reference(year: int) -> str:
    """DEFRA-2026-014: the organisation's prefix, the year, a number that is never used again."""
    organisation = catalogue.organisation()
    prefix = organisation.prefix if organisation else "NOTICE"
    counter = session.get(ReferenceCounter, year)
    if counter is None:
        counter = ReferenceCounter(year=year, last=0)
        session.add(counter)
    counter.last += 1
    return f"{prefix}-{year}-{counter.last:03d}"
