"""A line of the history in words: what was done, to what, by whom, and how that is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from notifier.insight.named import Named, named, sends_of
from notifier.render.compare import flat
from notifier.render.stated import dated, instant
from notifier.store.history import History
from notifier.web.public.shapes import Tag
from notifier.web.staff import ways
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.stamped import stamped

KINDS = {
    "notice": "Notice",
    "release": "Release",
    "announcement": "Release mail",
    "newsletter": "Newsletter",
    "send": "Message",
    "series": "Publication",
    "topic": "Topic",
    "segment": "Segment",
    "team": "Team",
    "organisation": "Organisation",
    "policy": "Promise",
    "subscriber": "Reader",
    "staff": "Member of staff",
    "complaint": "Complaint",
    "answer": "Answer",
    "import": "Import",
    "export": "Export",
}
# Where the word of the history is not one that people use.
ACTIONS = {
    "submit": "Asked for approval",
    "approve": "Approved",
    "return": "Returned",
    "rewrite": "Edited",
    "edit": "Wording changed",
    "revise": "Revised",
    "announce": "Made public",
    "accept_short": "Less notice agreed to",
    "emergency": "Published in an emergency",
    "record_late": "Recorded after it happened",
    "take_effect": "Took effect",
    "hold": "Put on hold",
    "resume": "Let go on",
    "close": "Closed",
    "cancel": "Cancelled",
    "retract": "Taken back",
    "supersede": "Superseded",
    "arm": "Approved and armed",
    "disarm": "Approval taken back",
    "withhold": "Kept back",
    "wait": "Armed for the new date",
    "open": "Words read before their time",
    "name_reader": "Early reader named",
    "write": "Written",
    "add": "Added",
    "confirm": "Confirmed",
    "move": "Moved",
    "postpone": "Postponed",
    "publish": "Published",
    "withdraw": "Withdrawn",
    "look": "Looked at",
    "export": "Taken as a file",
    "import": "Brought in from a file",
    "suppress": "Mail stopped",
    "forget": "Erased",
    "sign_in": "Signed in",
    "shut_out": "Shut out by the directory",
    "many_tries": "Many tries to sign in",
    "choose_password": "Password chosen",
    "turn_on_two_step": "Two-step sign-in turned on",
    "turn_off_two_step": "Two-step sign-in turned off",
    "use_recovery_code": "Recovery code used",
    "make_recovery_codes": "Recovery codes made",
    "add_role": "Role given",
    "take_role": "Role taken",
    "end_session": "Session ended",
    "end_sessions": "Sessions ended",
    "away": "Away",
    "back": "Back",
    "leave": "Left",
    "freeze": "Begun",
    "skip": "Not sent",
    "finish": "Finished",
    "plan": "Planned",
    "send": "Sent off",
    "generate": "Made by its rule",
    "pause": "Paused",
    "retry": "Tried again",
    "got_it": "Said “got it”",
    "unsubscribe": "Unsubscribed",
    "ask_correction": "Correction asked for",
    "turn_down_correction": "Correction taken back",
    "correct": "Correction approved",
    "check_landing": "Page looked for",
}
# What was taken as a file, by the word behind "export:".
FILES = {"history": "The history", "subscribers": "Readers", "volunteers": "Volunteers"}
BASES = {
    "signed_in": "signed in",
    "token": "by a token",
    "person": "by themselves",
    "system": "by itself",
}
LOUD = {
    "emergency": Tag("Emergency", "bad"),
    "record_late": Tag("After the change", "bad"),
    "accept_short": Tag("Short notice", "look"),
    "many_tries": Tag("Look", "look"),
}
# What stands in the row in other words, or says nothing to people.
UNSAID = {"was", "now_is", "basis", "words", "how", "mark", "role"}


@dataclass(frozen=True)
class Line:
    """``url`` leads to the thing, ``history`` to all of its history; "" where there is none."""

    number: int
    kind: str
    title: str
    url: str
    history: str
    action: str
    tag: Tag | None
    who: str
    how: str
    at: str
    why: str
    facts: list[tuple[str, str]]
    iso: str
    hash: str


def lines(
    found: Collection[History], names: Mapping[int, str], *, today: date, may_open: Any
) -> list[Line]:
    """``names`` are those of staff by id; ``may_open`` says whether a whole history is theirs."""
    objects = {row.object for row in found}
    things = named(objects)
    sends = send_words.titles(sends_of(objects))
    things |= {f"send:{number}": (title, str(number)) for number, title in sends.items()}
    return [line(row, things, names, today=today, may_open=may_open) for row in found]


def line(
    row: History,
    things: Mapping[str, Named],
    names: Mapping[int, str],
    *,
    today: date,
    may_open: Any,
) -> Line:
    kind, _, number = row.object.partition(":")
    title, key = things.get(row.object, ("", ""))
    if kind == "staff" and number.isdigit():
        title = names.get(int(number), title)
    return Line(
        number=row.id,
        kind=KINDS.get(kind, kind.replace("_", " ").capitalize()),
        title=title or FILES.get(number, number),
        url=way(kind, key or number),
        history=f"/staff/history/{row.object}" if may_open(row.object) else "",
        action=ACTIONS.get(row.action, row.action.replace("_", " ").capitalize()),
        tag=tag(row),
        who=who(row, names),
        how=how(row),
        at=stamped(row.at, today),
        why=row.why,
        facts=facts(row, names),
        iso=row.at.isoformat(timespec="seconds"),
        hash=row.hash,
    )


def way(kind: str, key: str) -> str:
    """The page of the thing on the desk, where there is one."""
    paths = {
        "notice": f"/staff/notices/{key}",
        "release": f"/staff/releases/{key}",
        "announcement": f"/staff/releases/{key}/announcement",
        "newsletter": f"/staff/newsletters/{key}",
        "send": f"/staff/sends/{key}",
        "staff": f"/staff/team/{key}",
        "subscriber": f"/staff/people/{key}",
    }
    return ways.leads(paths[kind]) if kind in paths else ""


def tag(row: History) -> Tag | None:
    if row.action in LOUD:
        return LOUD[row.action]
    if row.data.get("short") is True:
        return Tag("Short notice", "look")
    if row.data.get("approval_void_of"):
        return Tag("Approval ended", "neutral")
    return None


def who(row: History, names: Mapping[int, str]) -> str:
    staff_id = row.by.get("staff")
    name = names.get(staff_id, "") if staff_id is not None else ""
    if row.by.get("basis") == "person":
        return "The reader"
    return name or row.by.get("name") or row.by.get("os_user") or "Notifier"


def how(row: History) -> str:
    """How it is known: "signed in, with the two-step code of 9:12am"."""
    basis = str(row.by.get("basis", ""))
    if basis == "asserted":
        return f"asserted at the command line by {row.by.get('os_user') or 'somebody'}"
    more = row.data.get("how")
    return ", ".join(filter(None, (BASES.get(basis, basis), str(more) if more else "")))


def facts(row: History, names: Mapping[int, str]) -> list[tuple[str, str]]:
    """What else is kept: "Changed: why, impact"."""
    found = []
    for name, value in row.data.items():
        if name in UNSAID or value in (None, "", [], {}, False):
            continue
        if name in ("approved_by", "approval_void_of", "second") and value in names:
            words = names[value]
        elif isinstance(value, str) and (at := instant(value)):
            words = stamped(at, at.date())
        elif isinstance(value, list) and not any(isinstance(v, dict | list) for v in value):
            words = ", ".join(str(each).replace("_", " ") for each in value)
        else:
            words = flat(dated(value))
        found.append((name.replace("_", " ").capitalize(), words))
    return found
