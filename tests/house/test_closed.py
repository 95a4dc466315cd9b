"""Closed by default: a view is public because it says so, and the list of those is this one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from notifier.app import create_app
from tests.makers import on_sqlite, settings

# What DESIGN.md section 6 lists, and what browsers and mail programs ask for by themselves.
PUBLIC = re.compile(
    r"/|/topics/.*|/series/.*|/changes(/.*)?|/releases(/.*|\..*)?|/notice-given(\.csv)?"
    r"|/policy|/week-ahead(/.*)?|/newsletters(/.*)?|/pictures/.*"
    r"|/subscribe|/confirm/.*|/got-it/.*|/preferences(/.*)?|/u/.*|/feeds.*|/calendar.*|/notices.*"
    r"|/schemas/.*|/registry|/accessibility|/privacy|/complain|/healthz|/metrics|/dev/.*|/static/.*|/hooks/bounces"
    r"|/got-it/.*|/early/.*|/favicon\.ico|/robots\.txt|/\.well-known/.*"
    r"|/staff/sign-in(/passkey)?|/staff/password/.*|/staff/forgotten|/staff/single-sign-on(/back)?"
)

pytestmark = on_sqlite


def rules(app: Flask) -> Iterator[tuple[Rule, bool]]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        yield rule, rule.endpoint == "static" or getattr(view, "is_public", False)


def test_what_is_public_is_on_the_list(app: Flask) -> None:
    public = [rule.rule for rule, open_ in rules(app) if open_]
    assert len(public) > 15
    assert [rule for rule in public if not PUBLIC.fullmatch(rule)] == []


def test_what_is_not_public_is_below_staff_or_the_api(app: Flask) -> None:
    private = [rule.rule for rule, open_ in rules(app) if not open_]
    assert [r for r in private if not r.startswith(("/staff", "/api/", "/hooks/"))] == []


def test_a_view_that_nobody_marked_answers_404(app: Flask) -> None:
    def forgotten() -> str:
        return "secret"

    app.add_url_rule("/forgotten", "forgotten", forgotten)
    assert app.test_client().get("/forgotten").status_code == 404


def test_nothing_that_changes_is_reached_by_get_alone(app: Flask) -> None:
    """Each rule that takes POST is a page with a form, a one-click link, or the API."""
    for rule, _ in rules(app):
        changing = (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
        assert changing <= {"POST"} or rule.rule.startswith("/api/"), rule.rule


def test_development_pages_exist_in_development_only(
    app: Flask, database: str, tmp_path: Path
) -> None:
    def pages(of: Flask) -> set[str]:
        return {rule.rule for rule, _ in rules(of) if rule.rule.startswith("/dev")}

    assert pages(app)
    for unlike in ({"env": "production"}, {"mail_url": "smtp://127.0.0.1:25"}):
        other = create_app(settings(database, tmp_path / "other", **unlike))
        assert pages(other) == set()
