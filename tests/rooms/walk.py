"""A notice and its release on a walk: the house's own verbs in any order, and what always holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask

from notifier.clock import RELEASE_TIME, london_date, working_day_after, working_day_before
from notifier.errors import Refused
from notifier.notices import follow, out, pause
from notifier.notices.end import cancel, early
from notifier.notices.models import ChangeNotice
from notifier.notices.revise import revise
from notifier.notices.stages import Stage, plan
from notifier.releases.add import add
from notifier.releases.dated import exact
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.sends.queries import calendar
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from notifier.worker.drain import drain
from tests.makers import (
    ALICE,
    HANA,
    Clock,
    acting,
    announced,
    decided,
    draft,
    engine,
    joins,
    member,
)

REASON = "Quality assurance needs more time."
SERIES, TITLE = "milk-utilisation", "Milk, the edition of this walk"
STAYS = ("T-1", "T0")
KINDS: dict[str, dict[str, Any]] = {
    "A": {"materiality": "major"},
    "C": {"type": "rebasing"},
    "D": {},
    "E": {"machine_breaking": "yes"},
    "J": {"type": "designation"},
}
STEPS = ("pass", "move", "forward", "postpone", "confirm", "hold", "resume", "revise", "publish")
ENDS = ("cancel", "early")


class Walk:
    """One notice, anchored to a release, with one follower; every verb is the house's own."""

    def __init__(
        self, app: Flask, clock: Clock, class_: str, lead: int, *, title: str = TITLE
    ) -> None:
        self.clock, self.engine = clock, engine(app, clock)
        self.trail: list[str] = []
        day = working_day_after(london_date(clock()) + timedelta(days=lead))
        with unit():
            given = {"series": SERIES, "title": title, "date": f"{day} 09:30"}
            release = add({**given, "certainty": "confirmed"}, by=SYSTEM, now=clock())
            release.contains_change = True  # a catalogue may say so before the notice is public
            self.release_id = release.id
        joins(now=clock(), follows=["livestock"])
        self.entry = {**KINDS[class_], "effect": {"release": title}}
        self.notice_id = announced(draft(now=clock(), **self.entry), now=clock()).id
        assert self.notice.class_ == class_
        self.dated_at = clock()  # when the plan was last made

    @property
    def notice(self) -> ChangeNotice:
        """Read anew: the worker lets go of what was read before."""
        return session.get_one(ChangeNotice, self.notice_id)

    @property
    def release(self) -> Release:
        return session.get_one(Release, self.release_id)

    @property
    def people(self) -> dict[str, Any]:
        return {"person": member(ALICE), "approved_by": member(HANA)}

    def does(self, step: str, number: int) -> None:
        """One step at the walk's time; a refusal is an answer like any other."""
        before = snapshot(self.notice, self.release)
        verb: Callable[[int], None] = getattr(self, f"step_{step}")
        self.trail.append(f"{self.clock():%Y-%m-%d %H:%M} {step} {number}")
        try:
            verb(number)
        except Refused as refusal:
            session.expire_all()
            self.trail[-1] += f": {refusal}"
            assert snapshot(self.notice, self.release) == before
            return
        if step in ("move", "forward", "confirm", "resume", "revise"):
            self.dated_at = self.clock()
        drain(self.engine)
        session.expire_all()

    def step_pass(self, days: int) -> None:
        """Time goes on, and the worker is awake: whatever is due goes at its very instant."""
        until = self.clock() + timedelta(days=days + 1)
        while (due := next_due(self.notice, self.release, self.clock(), until)) is not None:
            self.clock.instant = due
            drain(self.engine)
        self.clock.instant = until

    def step_move(self, days: int) -> None:
        day = working_day_after(london_date(self.clock()) + timedelta(days=3 * days))
        self.moved(day, "data_late")

    def step_forward(self, days: int) -> None:
        day = (self.release.day or london_date(self.clock())) - timedelta(days=days + 1)
        self.moved(working_day_before(day), "brought_forward")

    def moved(self, day: date, code: str) -> None:
        with unit():
            follow.move(
                self.release,
                exact(day),
                decided(REASON, code=code),
                by=acting(ALICE),
                now=self.clock(),
            )

    def step_postpone(self, days: int) -> None:
        with unit():
            follow.postpone(
                self.release,
                decided(REASON),
                next_update=working_day_after(london_date(self.clock()) + timedelta(days=days + 1)),
                by=acting(ALICE),
                now=self.clock(),
            )

    def step_confirm(self, days: int) -> None:
        day = working_day_after(london_date(self.clock()) + timedelta(days=3 * days))
        person, by = member(HANA), acting(HANA)
        with unit():
            follow.confirm(self.release, day, RELEASE_TIME, person=person, by=by, now=self.clock())

    def step_hold(self, days: int) -> None:
        news = working_day_after(london_date(self.clock()) + timedelta(days=days + 1))
        with unit():
            pause.hold(
                self.notice, reason=REASON, next_update=news, by=acting(ALICE), now=self.clock()
            )

    def step_resume(self, _: int) -> None:
        with unit():
            pause.resume(self.notice, by=acting(ALICE), now=self.clock())

    def step_revise(self, number: int) -> None:
        entry = {
            "series": [SERIES],
            "type": "methodology",
            "headline": "Milk volumes will be estimated from a smaller panel",
            "what": "The panel shrinks.",
            "why": "Forty dairies closed or merged.",
            "impact": {"known": "yes", "text": f"Volumes fall by about {number}%."},
            **self.entry,
        }
        with unit():
            revise(
                self.notice,
                entry,
                summary="Another size.",
                editorial=False,
                by=acting(ALICE),
                now=self.clock(),
                short_notice_reason=REASON,
                approved_by=member(HANA),
            )

    def step_publish(self, _: int) -> None:
        with unit():
            out.publish(self.release, person=member(ALICE), by=acting(ALICE), now=self.clock())

    def step_cancel(self, _: int) -> None:
        with unit():
            cancel(self.notice, reason=REASON, by=acting(ALICE), now=self.clock(), **self.people)

    def step_early(self, _: int) -> None:
        with unit():
            early(self.notice, reason=REASON, by=acting(ALICE), now=self.clock())

    def holds(self) -> None:
        """What must be true after every step; the trail tells how we came here."""
        sends = [s for s in calendar(about=self.notice.reference) if s.wall_date is not None]
        said = [s for s in sends if s.frozen_at is not None]
        planned = {s.stage: s for s in sends if s.state == "planned"}
        assert len(planned) == sum(s.state == "planned" for s in sends), self.trail
        twice = [stage for stage, times in Counter(s.stage for s in said).items() if times > 1]
        assert not twice, (twice, self.trail)
        for send in said:
            waits = send.stage.startswith(("T0", "T+"))  # for the effect itself, however late
            late = send.frozen_at is not None and send.frozen_at > send.due_at
            assert waits or not late, (send.stage, send.due_at, send.frozen_at, self.trail)
        assert not set(planned) & {s.stage for s in said}, self.trail
        ahead = {name: stage.due_at for name, stage in self.ahead(said).items()}
        assert {name: s.due_at for name, s in planned.items()} == ahead, self.trail

    def ahead(self, said: list[Send]) -> dict[str, Stage]:
        """What the plan of the present effect still asks for: unsaid, and not too close to the
        message about the last change. T0 and later wait however late the release is."""
        notice = self.notice
        stopped = notice.state in ("on_hold", "cancelled")
        if stopped or notice.effect_at is None or notice.took_effect_at is not None:
            return {}
        whole = plan(
            notice.class_,
            effect_at=notice.effect_at,
            anchored_to_release=True,
            announced_at=notice.effect_at - timedelta(days=1000),
        )
        names = {send.stage for send in said}
        return {
            s.name: s
            for s in whole
            if s.name != "announce" and s.name not in names and self.still(s)
        }

    def still(self, stage: Stage) -> bool:
        left = stage.due_at - self.dated_at
        if stage.name.startswith("T0"):
            return True
        return left > timedelta(hours=48) or (stage.name in STAYS and left > timedelta(0))


def snapshot(notice: ChangeNotice, release: Release) -> list[Any]:
    rows = [(s.id, s.state, s.due_at, s.end_reason) for s in calendar()]
    kept = [notice.state, notice.effect_at, notice.verdict, notice.revision, notice.sequence]
    return [rows, kept, release.state, release.at, release.sequence]


def next_due(
    notice: ChangeNotice, release: Release, after: datetime, until: datetime
) -> datetime | None:
    sends = [*calendar(about=notice.reference), *calendar(about=f"release:{release.id}")]
    times = [s.due_at for s in sends if s.state == "planned" and after < s.due_at <= until]
    return min(times, default=None)
