"""The rest of the demo's story, played forward on a copy: what the next months will bring."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from notifier.accounts.people import known
from notifier.cli.story import SHELL, Story, day, the_notice
from notifier.clock import at_london, london_date, working_day_after
from notifier.notices import follow, out
from notifier.notices.end import close
from notifier.releases import announce
from notifier.releases.dated import exact
from notifier.releases.decision import Decision
from notifier.releases.guards import standard_time
from notifier.releases.models import Release
from notifier.sends import queries as sends
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.worker.drain import drain

POINTS = "- Emissions of fine particles fell by 11%.\n- Ammonia rose by 1%."
ALICE, HANA = "alice@example.org", "hana@example.org"


def play_forward(story: Story) -> Iterator[str]:
    """A moved release with its one merged message, the effect, the outcome."""
    yield from the_release_moves(story)
    yield from the_effect(story)
    yield from the_outcome(story)


def its_release() -> Release:
    release = the_notice().effect_release
    if release is None:
        raise RuntimeError("the demo's notice is not anchored to a release")
    return release


def the_release_moves(story: Story) -> Iterator[str]:
    story.clock.instant += timedelta(days=3)
    yield f"On {day(story.clock())}:"
    planned = {s.stage: s.due_at for s in unsaid()}
    with unit():
        release, alice = its_release(), known(ALICE)
        was = release.day or london_date(story.clock())
        message = follow.move(
            release,
            exact(working_day_after(was + timedelta(days=21)), standard_time()),
            Decision(
                reason_code="quality_issue",
                reason="The survey's weights are checked once more.",
                person=alice,
                approved_by=known(HANA),
            ),
            by=SHELL,
            now=story.clock(),
        )
        send_id, new_day = message.id, release.day
    drain(story.engine)
    told = sends.send(send_id)
    yield (
        f"  the release moves from {was:%d %B %Y} to {new_day:%d %B %Y}. One message tells the "
        f"move and the change: {told.accepted} of {told.audience} told."
    )
    moved = sum(1 for s in unsaid() if planned.get(s.stage) not in (None, s.due_at))
    yield f"  {moved} messages that were still to come moved along; none is repeated."


def unsaid() -> list[Send]:
    return sends.calendar(about=the_notice().reference, state="planned")


def the_effect(story: Story) -> Iterator[str]:
    """Everything on the way there goes out at its own time, then the release itself."""
    release = its_release()
    for due in sorted(s.due_at for s in unsaid() if release.at and s.due_at < release.at):
        story.clock.instant = due
        drain(story.engine)
    with unit():
        words = announce.write(
            its_release(), {"detail": POINTS}, author=known(ALICE), by=SHELL, now=story.clock()
        )
        out.arm(words, approver=known(HANA), by=SHELL, now=story.clock())
    story.clock.instant = its_release().at or story.clock()
    drain(story.engine)
    t0 = next(s for s in sends.calendar(about=the_notice().reference) if s.stage == "T0")
    yield f"On {day(story.clock())}:"
    yield (
        "  the release, armed before, is out at 9:30am; its mail opens with the change, "
        "which is in effect:"
    )
    yield f"  {t0.accepted} of {t0.audience} told."


def the_outcome(story: Story) -> Iterator[str]:
    later = working_day_after(london_date(story.clock()) + timedelta(days=25))
    story.clock.instant = at_london(later)
    with unit():
        send = close(
            the_notice(),
            outcome="implemented_as_announced",
            text="Total PM2.5 emissions fell by 11%, within the range that was announced.",
            by=SHELL,
            now=story.clock(),
        )
        send_id = send.id
    drain(story.engine)
    yield f"On {day(story.clock())}:"
    story.clock.instant += timedelta(days=1)  # for who gets one email a day
    session.remove()
    drain(story.engine)
    told = sends.send(send_id)
    yield f"  the outcome is told to {told.accepted} of {told.audience}, and the notice is closed."
    session.remove()
