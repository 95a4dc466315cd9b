"""Mail to staff: what to do first, with a command that the program knows and a public link."""

from __future__ import annotations

import re
import shlex
from datetime import date, time, timedelta

import click
import pytest
from flask import Flask

from notifier import clock as real
from notifier.accounts.models import Staff
from notifier.app import create_app
from notifier.catalogue import queries as catalogue
from notifier.cli import notifier as cli
from notifier.cli import run
from notifier.notices import owed
from notifier.notices.models import ChangeNotice
from notifier.releases import queries as releases
from notifier.releases.models import Announcement, Release
from notifier.render import letters, slots
from notifier.render.letters import Words
from notifier.render.nag_notice import ABOUT_NOTICE
from notifier.render.nag_release import ABOUT_RELEASE
from notifier.sends.models import Send
from notifier.sends.staff import next_copy
from notifier.store.db import session, unit
from notifier.store.history import HistoryHead
from tests import makers
from tests.edges.letter_house import SITE
from tests.makers import ALICE, HANA, Clock, announced, draft, member

pytestmark = makers.on_sqlite

OPENING = re.compile(
    r"(Confirm|Fix|Say|Tell|Publish|Put|Finish|Approve|Begin|Look|Nothing is|Its date has passed)"
)


def send(kind: str, about: str, stage: str, **more: object) -> Send:
    now = makers.london(makers.START)
    row = Send(kind=kind, about=about, stage=stage, due_at=now, created_at=now, context=more)
    row.revision = next_copy(kind, about, stage)
    session.add(row)
    session.flush()
    return row


def letter(row: Send, clock: Clock, person: Staff | None = None) -> Words:
    to = person or member(HANA)
    words = letters.write_one(row, site=SITE, now=clock(), person=to)
    text = slots.fill(words.text, {"address": to.email})
    html = slots.fill(words.html, {"address": to.email}, slots.as_html)
    return Words(words.subject, text, html, words.frame)


def nag(about: str, stage: str, clock: Clock, **more: object) -> Words:
    return letter(send("nag", about, stage, **more), clock)


@pytest.fixture
def release(room: Flask) -> Release:
    """Provisional for January 2027, and all that any stage speaks of."""
    found = next(r for r in releases.every() if "pocket 2027" in r.title)
    with unit():
        found.next_update_by, found.breached_on = date(2026, 11, 23), date(2026, 12, 4)
    return found


@pytest.fixture
def notice(room: Flask, clock: Clock) -> ChangeNotice:
    found = draft(now=clock(), effect={"date": "2027-03-31"}, impact={"known": "no"},
                  next_update_by="2026-12-20")  # fmt: skip
    return found


def every_nag(release: Release, notice: ChangeNotice, clock: Clock) -> dict[str, Words]:
    stages = {"T": "T-42", "withheld": "withheld-3", "publish": "publish-7"}
    found = {}
    for family in ABOUT_RELEASE:
        stage = stages.get(family, family)
        asked = {"act": "move", "asked_by": member(ALICE).id, "given": {"reason": "Data are late."}}
        more = {"why": "it answers 404", **asked}
        found[stage] = nag(f"release:{release.id}", stage, clock, **more)
    for family in ABOUT_NOTICE:
        stage = stages.get(family, family)
        found[f"notice {stage}"] = nag(notice.reference, stage, clock)
    return found


def commands(words: Words) -> list[list[str]]:
    lines = re.findall(r"^ *(bin/notifier .*)$", words.text, re.M)
    return [shlex.split(line)[1:] for line in lines]


def unknown(words: list[str]) -> str:
    """What the command line does not know of a quoted command, or ""."""
    command: click.Command = cli
    needed: set[str] = set()
    for word in words:
        if isinstance(command, click.Group):
            command = command.commands[word]
            needed = {p.opts[0] for p in command.params if p.required and p.opts[0][0] == "-"}
        elif word.startswith("--"):
            if word not in {o for p in command.params for o in p.opts}:
                return f"{command.name} has no {word}"
            needed.discard(word)
    return f"{command.name} needs {needed}" if needed else ""


def test_each_nag_is_a_whole_letter(
    release: Release, notice: ChangeNotice, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    run(create_app, ["--help"], now=real.now)  # which hangs the commands into the group
    capsys.readouterr()
    found = every_nag(release, notice, clock)
    assert len(found) == len(ABOUT_RELEASE) + len(ABOUT_NOTICE)
    for stage, words in found.items():
        check(stage, words)
        # What a second person agrees to is answered at the desk, all else by a command.
        assert commands(words) or "/staff/" in words.text, stage
        assert [unknown(command) for command in commands(words)] == [""] * len(commands(words))
        lead = words.text.split("\n\n")[3]
        assert OPENING.match(lead), f"{stage}: {lead}"
        assert lead in re.sub(r"<[^>]+>", "", words.html), stage
        assert ("/releases/" in words.text) == (" " not in stage), stage


def check(stage: str, words: Words) -> None:
    for shown in (words.subject, words.text, words.html):
        assert not re.search(r"None|\{\{|\{%|\ue000|  +by|no day\b", shown), stage
    assert 0 < len(words.subject) <= 150, stage
    assert words.frame["one_off"] is True, stage
    assert words.frame["list_label"] == "", stage
    assert not re.search(r"unsubscribe|/u/|/preferences/", words.text + words.html, re.I)
    links = set(re.findall(r'href="([^"]*)"', words.html))
    assert links == set(re.findall(r"https?://[^\s)]+", words.text)), stage
    assert not re.search(r"<(script|form|img)\b|style=\"\"", words.html), stage


def test_what_is_left_to_confirm_is_said_in_days(release: Release, clock: Clock) -> None:
    about = f"release:{release.id}"  # in January: to be fixed by Friday 4 December
    words = nag(about, "T-42", clock)
    assert words.subject == "Date to confirm: Food statistics in your pocket 2027"
    assert "Confirm day and time by Friday 4 December 2026: 11 days are left." in words.text
    assert "Comes out: In January 2027, provisional" in words.text
    assert f'releases confirm {release.id} --at "YYYY-MM-DD 09:30" --by {HANA}' in words.text
    clock.at("2026-12-03 09:00")
    assert "4 December 2026: 1 day is left." in nag(about, "T-35", clock).text
    clock.at("2026-12-04 09:00")
    last = nag(about, "T-28", clock)
    assert last.subject.startswith("Last day to fix a date: ")
    assert "Confirm day and time today: it is the last day." in last.text
    clock.at("2026-12-05 09:00")
    assert "should have been fixed by 4 December 2026." in nag(about, "T-28", clock).text


def test_an_exact_date_is_in_the_command(release: Release, clock: Clock) -> None:
    release.day, release.precision = date(2027, 1, 14), "datetime"
    release.wall_time, release.at = time(7, 0), makers.london("2027-01-14 07:00")
    words = nag(f"release:{release.id}", "T-42", clock)
    assert f'releases confirm {release.id} --at "2027-01-14 07:00" --by {HANA}' in words.text


def test_what_is_not_public_is_not_linked(notice: ChangeNotice, clock: Clock) -> None:
    words = nag(notice.reference, "publish-7", clock)
    assert "http" not in words.text
    assert "/changes/" not in words.html
    assert "Finish and submit it: to keep the promise it must be public by Wed" in words.text
    announced(notice, now=clock())
    words = nag(notice.reference, "update-due", clock)
    assert f"https://stats.example/changes/{notice.reference}" in words.text
    assert f"notices impact {notice.reference} --from FILE.yaml" in words.text


def test_a_hostile_title_stays_words(release: Release, clock: Clock) -> None:
    release.title = (
        "=?utf-8?q?a=0D=0AX-Injected:_1?=\r\nBcc: x@evil.example <script>alert(1)</script>"
    )
    words = nag(f"release:{release.id}", "late", clock)
    assert "\n" not in words.subject
    assert "\r" not in words.subject
    assert "<script>" not in words.html


def test_a_stage_without_words_and_a_kind_that_is_not_for_staff(
    release: Release, clock: Clock
) -> None:
    with pytest.raises(KeyError):
        nag(f"release:{release.id}", "whenever", clock)
    with pytest.raises(TypeError, match="goes to a subscriber"):
        letter(send("welcome", "x", "welcome"), clock)


def weekly(clock: Clock, teams: list[int] | None = None) -> Words:
    every = sorted(catalogue.team_slugs()) if teams is None else teams
    row = send("weekly", "week:2026-W49", "weekly", teams=every)
    row.wall_date = date(2026, 11, 30)
    return letter(row, clock)


def test_a_week_in_which_nothing_is_overdue(room: Flask, clock: Clock) -> None:
    words = weekly(clock, [])
    check("weekly", words)
    assert words.subject == "Week of 30 November 2026: nothing is overdue"
    assert "You need to do nothing: nothing is overdue, and nothing is owed." in words.text


def test_the_week_begins_with_what_is_worst(
    release: Release,
    notice: ChangeNotice,
    clock: Clock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(create_app, ["--help"], now=real.now)
    capsys.readouterr()
    everything_slips(release, clock)
    words = weekly(clock)
    check("weekly", words)
    heads = re.findall(r"^([A-Z].*)\n-+$", words.text, re.M)[1:]
    assert heads == [
        "Withheld releases",
        "Releases that are not out",
        "Too late to keep the promise",
        "Dates not fixed four weeks ahead",
        "Reasons owed",
        "News overdue",
        "Responses overdue",
        "Outcomes overdue",
        "Owed next",
        "Told late in the last seven days",
        "Calendars that do not reach a year ahead",
        "Proof of the record",
    ]
    assert re.search(r"Begin with “Withheld releases”: \d+ things need you this week", words.text)
    assert "it answers 404" in words.text
    assert "told 6 days ahead, 42 promised: The survey came late." in words.text
    assert "at the end of 22 November 2026, over 12 objects" in words.text
    assert words.text.count(release.title) == 1  # with its date and the reason that it owes
    assert "provisional; to be fixed by" in words.text
    assert f'releases explain {release.id} --reason "TEXT" --by {HANA}' in words.text
    assert re.search(r"^\d+ series\. Have their next editions added", words.text, re.M)
    assert re.search(r"^And \d+ more: bin/notifier releases list$", words.text, re.M)
    assert "c0ffee" * 10 in words.html
    assert [unknown(command) for command in commands(words)] == [""] * len(commands(words))
    assert len(commands(words)) >= 8
    assert len(words.html.encode()) < 102_000


def everything_slips(release: Release, clock: Clock) -> None:
    """Something for each section of the weekly letter."""
    told = announced(draft(now=clock(), headline="Told late"), now=clock())
    over = announced(draft(now=clock(), headline="It is over"), now=clock())
    asked = announced(draft(now=clock(), headline="It was asked"), now=clock())
    rows = {r.id: r for r in releases.every()}
    confirmed = [r for r in rows.values() if r.state == "confirmed"]
    confirmed[0].at, confirmed[0].day = clock() - timedelta(minutes=9), clock().date()
    session.add(
        Announcement(
            release_id=confirmed[0].id,
            state="withheld",
            words={},
            check_result="it answers 404",
            created_at=clock(),
            changed_at=clock(),
        )
    )
    late = confirmed[1]
    late.at, late.day = clock() - timedelta(hours=3), clock().date()
    release.breached_on = date(2026, 11, 20)
    release.at, release.day = clock() + timedelta(days=5), clock().date() + timedelta(days=5)
    release.precision = "date"
    others = [r for r in rows.values() if r.state == "provisional" and r is not release]
    postponed, fixed_late = others[0], confirmed[2]
    fixed_late.breached_on = date(2026, 11, 20)
    postponed.state, postponed.next_update_by = "postponed_tbc", clock().date()
    told.lead_days, told.verdict, told.short_notice_reason = 6, "short", "The survey came late."
    over.state, over.took_effect_at = "in_effect", clock() - timedelta(days=31)
    asked.decision = "consulting"
    asked.consultation = {"closes": "2026-11-01", "response_due": "2026-11-20", "questions": ["?"]}
    assert [row.what for row in owed.owed(now=clock())][:3].count("response") == 1
    session.add(HistoryHead(day=date(2026, 11, 22), head="c0ffee" * 10 + "c0ff", objects=12))
    session.flush()
