"""One topic: what changes in it, what comes out, how to follow it."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Blueprint, Response, render_template

from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.notices import queries as notices
from notifier.releases import queries as releases
from notifier.render.typeset import PASSED_ON
from notifier.web.guard import public, settings
from notifier.web.public.changes import change_rows
from notifier.web.public.changes.planned import about, soonest_words
from notifier.web.public.frame import now, today
from notifier.web.public.news import news
from notifier.web.public.releases import release_rows
from notifier.web.public.series.topic_uses import uses
from notifier.web.public.shapes import Follow, Link, on_day

blueprint = Blueprint("topic_page", __name__)


@blueprint.get("/topics/<slug>")
@public
def topic(slug: str) -> str | Response | tuple[str, int]:
    """One topic, and all that stands below it; or what it has become."""
    found = catalogue.topic(slug)
    if merge.is_gone(found, now()):
        return gone(found)
    ids = releases.of_topics([t.id for t in below(found)])
    day, changes = today(), notices.open_changes(ids)
    parent = found.parent
    series = [s for s in catalogue.all_series() if s.id in set(ids)]
    return render_template(
        "pages/public/topic.html",
        topic=SimpleNamespace(
            name=found.name,
            slug=found.slug,
            parent=Link(parent.name, f"/topics/{parent.slug}") if parent else None,
            children=[
                Link(t.name, f"/topics/{t.slug}")
                for t in found.children
                if not merge.is_gone(t, now())
            ],
        ),
        end=end_of(found),
        in_words=soonest_words(changes, day),
        months=change_rows.months(changes, day),
        releases=release_rows.coming(releases.upcoming(now=now(), series_ids=ids), day, changes),
        series=[
            SimpleNamespace(name=s.name, url=f"/series/{s.slug}", about=about(s)) for s in series
        ],
        news=news(now(), series_ids=ids, most=3),
        uses=uses(found, now()),
        follow=Follow(
            subscribe_url=f"/subscribe?topic={slug}",
            calendar_url=f"/calendar/topics/{slug}.ics",
            atom_url=f"/feeds/topics/{slug}.atom",
            rss_url=f"/feeds/topics/{slug}.rss",
            json_url=f"/feeds/topics/{slug}.json",
        ),
        pass_on=f"{settings().base_url}/subscribe?topic={slug}&from={PASSED_ON}",
        alternates=[
            (f"{found.name} (Atom)", f"/feeds/topics/{slug}.atom", "application/atom+xml"),
            (f"{found.name} (RSS)", f"/feeds/topics/{slug}.rss", "application/rss+xml"),
        ],
    )


def gone(found: Topic) -> Response | tuple[str, int]:
    """301 to what a topic has become; 410, and where to look, where nothing took its place."""
    to = merge.successor(found, now())
    if to is None:
        return render_template("pages/public/topic_ended.html", name=found.name), 410
    path = f"/topics/{to.slug}"
    return Response(path, 301, {"Location": f"{settings().base_url}{path}"}, "text/plain")


def end_of(found: Topic) -> SimpleNamespace | None:
    """What is announced of its end: the day, and what it becomes."""
    if found.retired_at is None:
        return None
    into = found.merged_into
    return SimpleNamespace(
        day=on_day(merge.last_day(found), today()),
        into=Link(into.name, f"/topics/{into.slug}") if into is not None else None,
    )


def below(found: Topic) -> list[Topic]:
    """A topic and all topics under it."""
    return [found, *(t for child in found.children for t in below(child))]
