"""All changes: what is planned on one rail, what has been, and where nothing is planned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.errors import NotFound
from notifier.feeds import changed
from notifier.notices import queries as notices
from notifier.notices import statements
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import OPEN, TYPE_WORDS
from notifier.web.guard import public
from notifier.web.public.changes import change_page, change_rows
from notifier.web.public.changes.planned import part_of, planned_words
from notifier.web.public.changes.statements import by_team
from notifier.web.public.changes.strip import strip
from notifier.web.public.filters import Filter, chosen_series
from notifier.web.public.frame import now, today
from notifier.web.public.shapes import Link

blueprint = Blueprint("changes_list", __name__)

PAGE = 50  # past changes on one page
PATH = "/changes"


@blueprint.get("/changes")
@public
def changes() -> str:
    """What is planned; with ``?show=past`` what has been."""
    every = notices.all_public()
    asked = Filter(request.args)
    series = {s.id: s for s in chosen_series(asked)}
    asked.ask(
        "user_type",
        "You are",
        every="Anyone",
        noun="kind of user",
        choices={u.slug: u.name for u in catalogue.user_types()},
    )
    asked.ask("show", "List", every="", choices={"past": "Past"}, shown=False)
    past = "show" in asked.chosen
    of_this = [n for n in every if (n.state in OPEN) != past]
    kinds = kinds_of(of_this)
    asked.ask("type", "Kind of change", every="", choices=kinds, shown=False)
    found = [n for n in of_this if fits(n, asked, series)]
    context = past_context(found, asked) if past else planned_context(found, list(series.values()))
    return render_template(
        "pages/public/changes.html",
        past=past,
        filter=asked,
        kinds=kind_links(kinds, asked),
        lists=[
            Link("Planned", asked.url(PATH, show="", type=""), active=not past),
            Link("Past", asked.url(PATH, show="past", type=""), active=past),
        ],
        total=len(found),
        result=result(len(found), len(of_this), asked, past=past),
        everything_url=f"{PATH}?show=past" if past else PATH,
        **context,
    )


def kinds_of(found: list[ChangeNotice]) -> dict[str, str]:
    """Types that the list has, in the order of the vocabulary."""
    present = {n.type for n in found}
    return {slug: words for slug, words in TYPE_WORDS.items() if slug in present}


def kind_links(kinds: dict[str, str], asked: Filter) -> list[Link]:
    """ "All kinds", then each kind: links, because a form has three selects at most."""
    if len(kinds) < 2:
        return []
    chosen = asked.chosen.get("type", "")
    links = [Link("All kinds", asked.url(PATH, type=""), active=not chosen)]
    return links + [
        Link(words, asked.url(PATH, type=slug), active=slug == chosen)
        for slug, words in kinds.items()
    ]


def fits(notice: ChangeNotice, asked: Filter, series: dict[int, Series]) -> bool:
    if not any(s.id in series for s in notice.series):
        return False
    if asked.chosen.get("type", notice.type) != notice.type:
        return False
    user_type = asked.chosen.get("user_type")
    return user_type is None or concerns(notice, user_type)


def concerns(notice: ChangeNotice, user_type: str) -> bool:
    """Whether these users have something to do, or are named as concerned. What is to be done by
    nobody in particular is to be done by everybody."""
    if user_type in (notice.scope or {}).get("user_types", []):
        return True
    named = [item.get("user_types") or [user_type] for item in notice.what_to_do]
    return any(user_type in types for types in named)


def result(count: int, total: int, asked: Filter, *, past: bool) -> str:
    """ "Two of six changes about Air quality, with something to do for Media"."""
    parts = {select.name: words for select in asked.selects for words in labels(select.options)}
    words = part_of(count, total, "change")
    if not asked.narrowed:
        words = f"{count} {'change' if count == 1 else 'changes'}"
    if "type" in asked.chosen:
        words += f" of the kind {TYPE_WORDS[asked.chosen['type']]}"
    if "topic" in parts:
        words += f" about {parts['topic']}"
    if "team" in parts:
        words += f" from {parts['team']}"
    if "user_type" in parts:
        words += f", with something to know or to do for: {parts['user_type']}"
    return words


def labels(options: list[Any]) -> list[str]:
    return [option.words for option in options if option.chosen and option.value]


def planned_context(found: list[ChangeNotice], series: list[Series]) -> dict[str, Any]:
    found.sort(key=lambda n: (n.effect_at is None, n.effect_at or now(), n.id))
    every, day = notices.open_changes(), today()
    return {
        "strip": strip(every, day),
        "months": change_rows.months(found, day),
        "in_words": f"{planned_words(len(every), ' to our statistics')} "
        "Each keeps one page, from the first word to the outcome."
        if every
        else "No change to our statistics is announced.",
        "nothing_planned": by_team(statements.quiet(series), day),
        "pages": [],
    }


def past_context(found: list[ChangeNotice], asked: Filter) -> dict[str, Any]:
    """One page of what took effect or came to another end, newest first."""
    ends = ended(found)
    found.sort(key=lambda n: (ends[n.id], n.id), reverse=True)
    number, last = page_number(len(found))
    shown = found[(number - 1) * PAGE : number * PAGE]
    return {
        "strip": None,
        "months": change_rows.past_months([(ends[n.id], n) for n in shown], today()),
        "in_words": "What took effect, what did not happen, and what took its place. "
        "Nothing is taken off this list.",
        "nothing_planned": [],
        "pages": [
            Link(f"Page {n}", asked.url(PATH, page="" if n == 1 else str(n)), active=n == number)
            for n in range(1, last + 1)
        ]
        if last > 1
        else [],
    }


def page_number(count: int) -> tuple[int, int]:
    """The page that is asked for, and the last one there is. Raises NotFound beyond it."""
    last = max(1, -(-count // PAGE))
    given = request.args.get("page", "1")
    if not (given.isascii() and given.isdigit() and len(given) < 6 and 1 <= int(given) <= last):
        raise NotFound(f"There is no page {given!r} of the past changes.")
    return int(given), last


def ended(found: list[ChangeNotice]) -> dict[int, date]:
    """The London day on which each took effect, or was given up; by id."""
    steps = changed.notice_steps(n.id for n in found)
    return {n.id: london_date(ended_at(n, steps.get(n.id, {}))) for n in found}


def ended_at(notice: ChangeNotice, steps: dict[str, datetime]) -> datetime:
    if notice.state in ("in_effect", "closed"):
        return notice.took_effect_at or notice.effect_at or steps.get("close", now())
    own = [at for event, at in steps.items() if event in ("cancel", "supersede", "retract")]
    return max(own, default=notice.changed_at)


@blueprint.get("/changes/<reference>")
@public
def change(reference: str) -> str:
    """One change, on its permanent page."""
    notice = notices.public_notice(reference)
    return render_template("pages/public/change.html", **change_page.context(notice, now()))
