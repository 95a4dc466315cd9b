"""Which messages a change owes its users, and when each falls due. Pure: instants in, instants out.

Offsets per class from DOMAIN.md section 4. Dated stages go at 10:30 London on a working day: those
before the effect move earlier off a day off, those on or after it move later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from notifier.clock import (
    LONDON,
    SEND_TIME,
    at_london,
    london_date,
    working_day_after,
    working_day_before,
)

# class: days from the effect of each dated stage (negative: before). 0 is T0.
OFFSETS: dict[str, tuple[int, ...]] = {
    "A": (-90, -30, -7, 0, 30),
    "B": (-90, -30, 0, 30),
    "C": (-28, -7, 0, 14),
    "D": (-28, -7, 0),
    "E": (-60, -30, -7, -1, 0),
    "F": (0,),
    "G": (),
    "H": (),
    "I": (),
    "J": (-7, 0),
    "K": (),
}
# Offsets from the close of a consultation: B's last call, K's two.
LAST_CALLS: dict[str, tuple[int, ...]] = {"B": (-7,), "K": (-7, -1)}
# What stops or is cut is told once more with the last edition before it, if that is known.
LAST_EDITION = ("B",)
MIDPOINT_FROM = 42  # days that a consultation must be open to have a midpoint reminder
TOO_CLOSE = timedelta(hours=48)
NEVER_DROPPED = ("T-1", "T0", "close-1")
# What staff may move: not what stands on the very day, on the day before it, or with a release.
ADJUSTABLE = ("T-", "T+", "midpoint", "close-")
FIXED = ("T-1", "close-1")
BY_HAND = ", moved by staff"  # at the end of the rule


@dataclass(frozen=True)
class Stage:
    """One planned message. ``wall`` is its London date and time (None: at once).

    ``skipped`` holds the reason when the stage is recorded but not sent.
    """

    name: str
    due_at: datetime
    wall_date: date | None = None
    wall_time: time | None = None
    rule: str = "at once"
    skipped: str = ""


def plan(
    class_: str,
    *,
    effect_at: datetime | None,
    anchored_to_release: bool,
    announced_at: datetime,
    opens: date | None = None,
    closes: date | None = None,
    last_edition: date | None = None,
    shifts: Mapping[str, int] | None = None,
) -> list[Stage]:
    """Every stage of a notice announced at ``announced_at``, soonest first.

    ``effect_at`` None (to be confirmed) plans only what does not hang on the effect. Stages already
    past come back as skipped: "announced later"; those within 48 hours after the announce are
    dropped, but for T-1 and T0. ``last_edition`` is the day of the last release before the effect.
    """
    announced_at = announced_at.astimezone(UTC)  # Python compares two times of one zone by the wall
    stages = [announce(class_, announced_at)]
    dated = list(consultation_stages(class_, opens, closes))
    if effect_at is not None:
        dated += effect_stages(class_, effect_at, anchored_to_release=anchored_to_release)
        if last_edition is not None and class_ in LAST_EDITION:
            day = working_day_after(last_edition)
            dated.append(on_day("last-edition", day, "with the last edition before the change"))
    for stage in [shifted(stage, (shifts or {}).get(stage.name, 0)) for stage in dated]:
        if stage.due_at <= announced_at:
            stages.append(skip(stage, "announced later"))
        elif stage.name in NEVER_DROPPED or stage.due_at - announced_at > TOO_CLOSE:
            stages.append(stage)
    return sorted(stages, key=lambda s: (s.due_at, s.name))


def may_be_adjusted(stage: str) -> bool:
    return stage.startswith(ADJUSTABLE) and stage not in FIXED


def shifted(stage: Stage, days: int) -> Stage:
    """The stage so many days off its rule's day, on a working day: a reminder rather earlier, what
    comes after the effect rather later, as the rules have it."""
    if not days or stage.wall_date is None or not may_be_adjusted(stage.name):
        return stage
    after = stage.name.startswith("T+")
    day = stage.wall_date + timedelta(days=days)
    day = working_day_after(day) if after else working_day_before(day)
    wall = stage.wall_time or SEND_TIME
    rule = f"{stage.rule}{BY_HAND}"
    return replace(stage, due_at=at_london(day, wall), wall_date=day, rule=rule)


def announce(class_: str, at: datetime) -> Stage:
    # A minor change is no mail of its own: also who wants things at once has it with a digest.
    return Stage("announce", at, rule="with the next digest" if class_ == "F" else "at once")


def skip(stage: Stage, reason: str) -> Stage:
    return Stage(
        stage.name, stage.due_at, stage.wall_date, stage.wall_time, stage.rule, skipped=reason
    )


def effect_stages(
    class_: str, effect_at: datetime, *, anchored_to_release: bool
) -> Iterator[Stage]:
    """T-90 to T+30: offsets in days from the London date of the effect."""
    effect = london_date(effect_at)
    for offset in OFFSETS[class_]:
        day = effect + timedelta(days=offset)
        if offset == 0 and anchored_to_release:
            # At the release's own minute: releases have their own rule for days off.
            wall = effect_at.astimezone(LONDON).time()
            yield Stage("T0", effect_at.astimezone(UTC), effect, wall, "T0 with the release")
        elif offset < 0:
            yield on_day(f"T{offset}", working_day_before(day), f"T{offset}")
        else:
            name = f"T+{offset}" if offset else "T0"
            yield on_day(name, working_day_after(day), name)


def consultation_stages(class_: str, opens: date | None, closes: date | None) -> Iterator[Stage]:
    """When a consultation opens, where that was announced earlier; the midpoint of one of 42 days
    or more; and the last calls before it closes."""
    if opens is None or closes is None or class_ not in LAST_CALLS:
        return
    first = working_day_after(opens)
    if first <= closes:
        yield on_day("open", first, "when the consultation opens")
    length = (closes - opens).days
    if length >= MIDPOINT_FROM:
        middle = opens + timedelta(days=length // 2)
        yield on_day("midpoint", working_day_before(middle), "halfway through the consultation")
    for offset in LAST_CALLS[class_]:
        day = working_day_before(closes + timedelta(days=offset))
        yield on_day(f"close{offset}", day, f"{-offset} days before the consultation closes")


def on_day(name: str, day: date, rule: str) -> Stage:
    return Stage(name, at_london(day, SEND_TIME), day, SEND_TIME, rule)
