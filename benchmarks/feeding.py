"""What the measurement of feeds does inside an installation: fill it, render, page, serve.

Run by feeds.py, with the environment of its place: feeding.py fill|render|pages|serve PORT.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, request

from notifier.accounts import people
from notifier.app import create_app
from notifier.catalogue import queries as catalogue
from notifier.cli.supervise import run_web
from notifier.clock import now as clock
from notifier.feeds import atom, choosing, collect
from notifier.feeds.choosing import Choice
from notifier.notices.approve import approve, submit
from notifier.notices.publish import publish
from notifier.notices.write import write
from notifier.releases.models import Release
from notifier.store.db import session, unit
from notifier.store.history import By
from notifier.web.guard import public

ALICE, BOB = "alice@example.org", "bob@example.org"
TOPIC, SERIES, LONG = "topics/waste", "local-authority-waste", "monthly-landings"
NOTICES, RELEASES = 34, 65  # a topic's feed has 99 entries before its first archive
HISTORY = 10_000
BASE = "https://statistics.example.org"


def fill(app: Flask) -> None:
    """A topic with changes and releases, and a long history beside it."""
    now = clock()
    with app.app_context():
        series = {one.slug: one.id for one in catalogue.all_series()}
        own = next(iter(catalogue.topic(TOPIC.partition("/")[2]).series))
        for number in range(NOTICES):
            announce(number, own.slug, now)
        with unit():
            session.add_all(
                out(own.id, n, now - timedelta(days=n + 1, hours=1)) for n in range(RELEASES)
            )
            session.add_all(
                out(series[LONG], n, now - timedelta(hours=n + 3000)) for n in range(HISTORY)
            )


def announce(number: int, series: str, now: datetime) -> None:
    """A change with words, codes and something to do."""
    alice, bob = people.known(ALICE), people.known(BOB)
    entry: dict[str, Any] = {
        "series": [series],
        "type": "methodology",
        "materiality": "moderate",
        "headline": f"Volumes will be estimated from panel {number}",
        "what": "The panel shrinks from 100 to 60 sites. " * 6,
        "why": "Forty sites closed or merged. " * 4,
        "not_changing": "The questionnaire stays as it is.",
        "effect": {"date": "+90d"},
        "impact": {"known": "yes", "text": "Volumes fall by about 1%."},
        "what_to_do": [{"action": "Replace stored series.", "user_types": ["academic"]}],
        "mapping": [{"old": f"A{n}", "new": f"B{n}"} for n in range(5)],
    }
    with unit():
        notice = write(entry, now=now)
        submit(notice, author=alice, by=By("signed_in", alice.id, ALICE), now=now)
        approve(notice, approver=bob, by=By("signed_in", bob.id, BOB), now=now)
        publish(notice, by=By("signed_in", alice.id, ALICE), now=now)


def out(series_id: int, number: int, at: datetime) -> Release:
    times = dict.fromkeys(("at", "published_at", "created_at", "changed_at"), at)
    title, state = f"Edition {number}", {"state": "released", "precision": "datetime"}
    return Release(series_id=series_id, title=title, day=at.date(), **state, **times)


def render(app: Flask) -> dict[str, float]:
    """Milliseconds of a topic's feed put together anew: its queries, words and XML; and how many
    entries and bytes it has."""
    with app.app_context():
        body, found = document(TOPIC, None)
        return {
            "ms": median(lambda: document(TOPIC, None), 30),
            "entries": len(found.items),
            "bytes": len(body),
        }


def pages(app: Flask) -> dict[str, float]:
    """Milliseconds of an archive of the feed of everything: the oldest, one in the middle, the
    newest."""
    with app.app_context():
        last = document("all", None)[1].archives
        numbers = (1, last // 2, last)
        found = {str(n): median(lambda n=n: document("all", n), 5) for n in numbers}  # type: ignore[misc]
        return {**found, "archives": last}


def document(path: str, number: int | None) -> tuple[bytes, collect.Leaf]:
    session.remove()
    scope = choosing.narrow(path, Choice(), now=clock())
    found = collect.leaf(scope, now=clock(), base_url=BASE, number=number)
    channel = collect.channel(scope, found, form="atom", base_url=BASE)
    return atom.render(channel, found.items), found


def median(call: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent)


def serve(app: Flask, port: int) -> None:
    """One gunicorn worker with threads, and a route of the same app that answers constant bytes."""
    path = f"/feeds/{TOPIC}.atom"
    with create_app().test_client() as client:  # an app that has answered takes no more routes
        plain = client.get(path)
        small = client.get(path, headers={"Accept-Encoding": "gzip"})

    @public
    def constant() -> Response:
        """As long as the feed, compressed before, with its headers: only asking is left out."""
        zipped = request.accept_encodings.quality("gzip") > 0
        kept = small if zipped else plain
        response = Response(kept.data, content_type=plain.content_type)
        if zipped:
            response.content_encoding = "gzip"
        response.vary.add("Accept-Encoding")
        response.cache_control.max_age = 30
        response.access_control_allow_origin = "*"
        return response

    app.add_url_rule("/constant", "constant", constant)
    run_web(app, host="127.0.0.1", port=port, workers=1, keepalive=30)


def main() -> None:
    app = create_app()
    match sys.argv[1:]:
        case ["fill"]:
            fill(app)
        case ["render"]:
            print(json.dumps(render(app)))
        case ["pages"]:
            print(json.dumps(pages(app)))
        case ["serve", port]:
            serve(app, int(port))


if __name__ == "__main__":
    main()
