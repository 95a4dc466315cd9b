"""Hangs the staff desk's doors into the app."""

from __future__ import annotations

from flask import Flask, render_template, request
from flask_wtf.csrf import ValidationError, validate_csrf

from notifier.web.staff import (
    absences,
    account,
    approvals,
    desk,
    door,
    history,
    insight,
    insight_delivery,
    insight_evidence,
    insight_notice,
    insight_people,
    insight_releases,
    newsletter_acts,
    newsletter_page,
    newsletters,
    notice_acts,
    notice_answers,
    notice_beside,
    notice_edit,
    notice_new,
    notice_page,
    notice_plan,
    notice_preview,
    notice_revise,
    notice_typing,
    notices,
    passkeys,
    passwords,
    people,
    people_complaints,
    people_import,
    people_segments,
    people_stopped,
    person_acts,
    person_page,
    person_topics,
    reach,
    search,
    security,
    send_acts,
    send_page,
    send_people,
    sends,
    signing_in,
    single_sign_on,
    team,
    two_step,
)
from notifier.web.staff.approve import newsletter as approve_newsletter
from notifier.web.staff.approve import notice as approve_notice
from notifier.web.staff.approve import release as approve_release
from notifier.web.staff.releases import pages as releases

UNKEPT = {"csrf_token", "password", "old", "code", "credential"}


def attach(app: Flask) -> None:
    """Flask-Security, the doorkeeper, and every blueprint of the desk."""
    security.attach(app)
    door.attach(app)
    for room in (
        signing_in,
        single_sign_on,
        passwords,
        two_step,
        passkeys,
        account,
        team,
        absences,
    ):
        app.register_blueprint(room.blueprint)
    for page in (desk, search, sends, send_page, send_acts, send_people):
        app.register_blueprint(page.blueprint)
    for page in (newsletters, newsletter_page, newsletter_acts):
        app.register_blueprint(page.blueprint)
    for page in (notices, notice_new, notice_page, notice_edit, notice_typing, notice_revise):
        app.register_blueprint(page.blueprint)
    for page in (notice_acts, notice_answers, notice_beside, notice_plan, notice_preview, reach):
        app.register_blueprint(page.blueprint)
    for decision in (approvals, approve_notice, approve_newsletter, approve_release, history):
        app.register_blueprint(decision.blueprint)
    for found in (people, people_stopped, people_complaints, people_import):
        app.register_blueprint(found.blueprint)
    for found in (people_segments, person_page, person_acts, person_topics):
        app.register_blueprint(found.blueprint)
    releases.attach(app)
    for room in (
        insight,
        insight_notice,
        insight_releases,
        insight_delivery,
        insight_people,
        insight_evidence,
    ):
        app.register_blueprint(room.blueprint)
    app.register_error_handler(door.SignedOut, signed_out)


def signed_out(error: door.SignedOut) -> tuple[str, int, dict[str, str]]:
    """What was typed stands on the page, to be sent again after a new sign-in: browsers do not
    bring back the fields of a page that nobody may keep."""
    page = render_template("pages/staff/signed_out.html", fields_kept=kept(), action=request.path)
    return page, 401, {"Cache-Control": "no-store"}


def kept() -> list[tuple[str, str]]:
    """The fields that were sent, without secrets; none when another site sent them."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name not in UNKEPT]
