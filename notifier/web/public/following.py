"""The page about feeds, calendars and data, and the form that makes the addresses of a choice."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from notifier.catalogue import queries as catalogue
from notifier.catalogue.merge import living
from notifier.errors import NotFound, Refused
from notifier.feeds import choosing
from notifier.feeds.choosing import Choice
from notifier.render import followed
from notifier.web.guard import public, settings
from notifier.web.language import gettext as _
from notifier.web.language import language
from notifier.web.public.frame import now
from notifier.web.public.people.choices import tree, user_type_name, user_types
from notifier.web.public.shapes import Choice as Offered
from notifier.web.public.shapes import Error, Link
from notifier.web.refusals import label

blueprint = Blueprint("following", __name__)

FORMS = ("atom", "rss", "json")


@blueprint.get("/feeds")
@public
def feeds() -> tuple[str, int]:
    """What there is to follow without giving an address, and the addresses of what was chosen."""
    known = set(choosing.NAMES) - {"page", "lang"}
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] in known]
    pairs.append(("lang", language()))
    errors: list[Error] = []
    try:
        choice = choosing.read(choosing.current(pairs, now=now()))
        yours = addresses(choice)
    except (NotFound, Refused) as refusal:
        choice, yours = Choice(lang=language()), None
        errors.append(Error("topic", label(str(refusal))))
    page = render_template(
        "pages/public/feeds.html",
        choice=choice,
        yours=yours,
        errors=errors,
        tree=tree(),
        kinds=kinds(),
        user_types=[Offered("", _("Nobody in particular")), *user_types()],
        **lists(),
    )
    return page, 400 if errors else 200


def addresses(choice: Choice) -> SimpleNamespace | None:
    """Of a choice: its name, one address a form, OPML, and its calendar, "" without dates."""
    scope = choosing.narrow("all", choice, now=now())
    if not scope.key:
        return None
    base, query = settings().base_url, urlencode(asked(choice))
    return SimpleNamespace(
        name=scope.title,
        opml=f"{base}/feeds.opml?{query}",
        calendar=calendar(choice, base),
        **{form: f"{base}/feeds/all.{form}?{query}" for form in FORMS},
    )


def calendar(choice: Choice, base: str) -> str:
    """Of the same choice, as far as it has dates to come: newsletters have none."""
    dated = tuple(kind for kind in choice.kind if kind != "newsletters")
    if choice.kind and not dated:
        return ""
    pairs = asked(replace(choice, kind=dated, for_="", state=False))
    return f"{base}/calendar.ics" + (f"?{urlencode(pairs)}" if pairs else "")


def asked(choice: Choice) -> list[tuple[str, str]]:
    """The choice as the query of a feed's address, always in the same order."""
    pairs = [("topic", slug) for slug in choice.topic]
    pairs += [("series", slug) for slug in choice.series]
    pairs += [("kind", kind) for kind in choice.kind]
    pairs += [("for", choice.for_)] if choice.for_ else []
    pairs += [("state", "1")] if choice.state else []
    return pairs + ([("lang", language())] if language() != "en" else [])


def kinds() -> list[Offered]:
    return [
        Offered("changes", _("Changes")),
        Offered("releases", _("Releases")),
        Offered("newsletters", _("Newsletters")),
    ]


def lists() -> dict[str, object]:
    """Every feed and calendar there is."""
    topics = [(followed.name(t, language()).text, f"topics/{t.slug}") for t in living(now())]
    series = [
        (followed.name(s, language()).text, f"series/{s.slug}") for s in catalogue.all_series()
    ]
    return {
        "main": [one(_("Everything"), "all"), *(one(kind.name, kind.slug) for kind in kinds())],
        "topics": [one(name, path, calendar=True) for name, path in topics],
        "series": [one(name, path, calendar=True) for name, path in series],
        "for_you": [one(user_type_name(u).text, f"for/{u.slug}") for u in catalogue.user_types()],
        "calendars": [Link(_("All releases and changes"), "/calendar.ics")],
        "data": data(),
        "opml_url": "/feeds.opml",
    }


def one(name: str, path: str, *, calendar: bool = False) -> SimpleNamespace:
    urls = {f"{form}_url": f"/feeds/{path}.{form}" for form in FORMS}
    address = f"/calendar/{path}.ics" if calendar else None
    return SimpleNamespace(name=name, calendar_url=address, **urls)


def data() -> list[Link]:
    return [
        Link(_("All notices (JSON)"), "/notices.json"),
        Link(_("All notices (CSV)"), "/notices.csv"),
        Link(_("All releases (JSON)"), "/releases.json"),
        Link(_("All releases (CSV)"), "/releases.csv"),
        Link(_("The schema of a notice"), "/schemas/change-notice.json"),
        Link(_("Datasets that have an address"), "/registry"),
    ]
