"""What can be done to a notice at the desk: the words of each form, and when it is offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from notifier.notices.models import ChangeNotice
from notifier.notices.rules import NOTICE, OPEN
from notifier.web.public.shapes import Choice
from notifier.web.staff.notices import doing, words
from notifier.web.staff.notices.doing import Given, Who


@dataclass(frozen=True)
class Ask:
    """One field of a form. ``kind``: line, text, day or choice."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    needed: str = ""  # what is said when it is empty; "" where it may be


Do = Callable[[ChangeNotice, Given, Who], object]


@dataclass(frozen=True)
class Deed:
    """``says`` tells before it is done what it does to people; ``two`` is who agrees to it always
    ("always"), where the promise is not kept ("short"), or nobody. ``events`` of the state table
    lead there; without one, ``states`` do."""

    slug: str
    link: str
    title: str
    says: str
    button: str
    asks: tuple[Ask, ...]
    do: Do
    done: str
    event: str = ""
    states: tuple[str, ...] = ()
    two: str = ""
    stops: bool = False

    def open_to(self, notice: ChangeNotice) -> bool:
        by_table = (notice.state, self.event) in NOTICE.steps if self.event else True
        return by_table and (not self.states or notice.state in self.states)


WHY = Ask("reason", "Why", hint="Users read it.", needed="Say why; users read it")
SHORT = Ask(
    "reason",
    "Why the notice is short",
    hint="Only where less is given than promised. Users read it; the Head of Profession agrees.",
)
DEEDS = {
    deed.slug: deed
    for deed in (
        Deed(
            "publish",
            "Announce it",
            "Announce it",
            "Its page, feeds and calendars change at once.",
            "Announce it now",
            (),
            doing.announce,
            "It is public. The first message goes out now.",
            states=("draft", "in_review", "approved"),
        ),
        Deed(
            "return",
            "Take it back to change it",
            "Take it back to change it",
            "It is a draft again, and what was approved counts no more. Its author is told why.",
            "Take it back",
            (Ask("reason", "What is to be changed", needed="Say what is to be changed"),),
            doing.back_to_draft,
            "It is a draft again.",
            event="return",
        ),
        Deed(
            "record-late",
            "It has happened already",
            "It has happened already",
            "It is recorded as told after it happened, with the reason, and it counts in the "
            "public record. The Head of Profession agrees first.",
            "Record it",
            (
                Ask("took_effect", "When did it happen?", "day", needed="Give the day"),
                Ask(
                    "reason",
                    "Why nobody was told before",
                    hint="Users read it.",
                    needed="Say why; users read it",
                ),
            ),
            doing.record_late,
            "It is recorded. Those whom it concerns are told now.",
            event="record_late",
            two="short",
        ),
        Deed(
            "impact",
            "The size is known",
            "The size is known",
            "Everybody who was told hears how big the change is.",
            "Tell them",
            (
                Ask(
                    "known",
                    "Is all of it known?",
                    "choice",
                    choices=(
                        Choice("yes", "Yes"),
                        Choice("partly", "Partly"),
                        Choice("not_applicable", "It has no effect on the figures"),
                    ),
                    needed="Say how much is known",
                ),
                Ask("direction", "Direction", "choice", choices=words.DIRECTIONS),
                Ask("size_low", "From", "line"),
                Ask("size_high", "To", "line"),
                Ask("unit", "Unit", "line"),
                Ask("text", "In words"),
            ),
            doing.impact,
            "The size is public, and those who were told hear it.",
            states=("announced", "on_hold", "in_effect"),
        ),
        Deed(
            "decide",
            "Decide it",
            "Decide it",
            "The summary is published, and everybody who follows it hears what was decided.",
            "Publish the decision",
            (
                Ask(
                    "summary",
                    "What was said, what you do, and what you cannot do and why",
                    needed="Say what was said, what you do, and what you cannot do",
                ),
                SHORT,
            ),
            doing.decide,
            "The decision is public.",
            states=OPEN,
            two="short",
        ),
        Deed(
            "hold",
            "Put it on hold",
            "Put it on hold",
            "The clock stops: nothing more is sent until it goes on. Everybody who was told hears "
            "why it waits, and when they hear more.",
            "Put it on hold",
            (
                WHY,
                Ask(
                    "next_update",
                    "When will you say more?",
                    "day",
                    hint="Such as 24 April 2027",
                    needed="Give the day by which you say more",
                ),
            ),
            doing.hold,
            "It is on hold. Those who were told hear why.",
            event="hold",
        ),
        Deed(
            "resume",
            "Let it go on",
            "Let it go on",
            "Everybody who was told hears that it goes ahead, and its messages are planned anew.",
            "Let it go on",
            (),
            doing.resume,
            "It goes on. Those who were told hear it.",
            event="resume",
        ),
        Deed(
            "early",
            "It took effect early",
            "It took effect early",
            "Everybody is told at once, the notice given is counted to this moment, and no "
            "reminder goes out any more.",
            "Tell them now",
            (WHY,),
            doing.early,
            "It is in effect. Everybody is told now.",
            event="take_effect",
        ),
        Deed(
            "close",
            "Say what came of it",
            "Say what came of it",
            "Everybody who was told hears the outcome, and the notice is closed.",
            "Close it",
            (
                Ask(
                    "outcome",
                    "What became of it?",
                    "choice",
                    choices=words.OUTCOMES,
                    needed="Say what became of it",
                ),
                Ask("text", "In a sentence", hint="Users read it.", needed="Say it in a sentence"),
            ),
            doing.close,
            "It is closed. Those who were told hear the outcome.",
            event="close",
        ),
        Deed(
            "supersede",
            "Another notice takes its place",
            "Another notice takes its place",
            "Its page leads to the other one, and everybody who was told hears it.",
            "Replace it",
            (Ask("successor", "Which one", "choice", needed="Choose the notice"),),
            doing.supersede,
            "It is replaced. Those who were told hear it.",
            event="supersede",
        ),
        Deed(
            "cancel",
            "It will not happen",
            "It will not happen",
            "Everybody who was told, or follows it now, hears that it will not happen, and why. "
            "Its page stays and says so. A second person agrees first.",
            "Ask for it",
            (WHY,),
            doing.always_asked,
            "",
            event="cancel",
            two="always",
            stops=True,
        ),
        Deed(
            "retract",
            "Published in error: take it back",
            "Take it back",
            "Everybody who was told hears that it was published in error. Its page stays and says "
            "so. A second person agrees first.",
            "Ask for it",
            (WHY,),
            doing.always_asked,
            "",
            event="retract",
            two="always",
            stops=True,
        ),
    )
}


def possible(notice: ChangeNotice, now: datetime, *, second: str) -> list[Deed]:
    """What can be done now. ``second`` is who approves it: where that is nobody, a draft is
    announced in one step."""
    found = [deed for deed in DEEDS.values() if deed.open_to(notice)]
    return [deed for deed in found if makes_sense(deed, notice, now, second)]


def makes_sense(deed: Deed, notice: ChangeNotice, now: datetime, second: str) -> bool:
    """Leaves out what the room would refuse for a plain reason, so that nobody is sent to a form
    that cannot be answered."""
    past = notice.effect_at is not None and notice.effect_at <= now
    if deed.slug == "publish":
        return (notice.state == "approved" or second == "optional") and not past
    if deed.slug == "record-late":
        return past
    if deed.slug == "early":
        return not past
    if deed.slug == "impact":
        return notice.impact.get("known") in ("no", "partly")
    if deed.slug == "decide":
        return notice.decision != "decided"
    return True
