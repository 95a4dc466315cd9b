"""Hangs the staff desk's doors into the app."""

from __future__ import annotations

from flask import Flask, render_template, request
from flask_wtf.csrf import ValidationError, validate_csrf

from notifier.web.staff import door, search, security
from notifier.web.staff.approve import listing as approvals
from notifier.web.staff.approve import newsletter as approve_newsletter
from notifier.web.staff.approve import notice as approve_notice
from notifier.web.staff.approve import release as approve_release
from notifier.web.staff.desk import page as desk
from notifier.web.staff.history import page as history
from notifier.web.staff.insight import delivery as insight_delivery
from notifier.web.staff.insight import evidence as insight_evidence
from notifier.web.staff.insight import notice as insight_notice
from notifier.web.staff.insight import page as insight
from notifier.web.staff.insight import people as insight_people
from notifier.web.staff.insight import reach
from notifier.web.staff.insight import releases as insight_releases
from notifier.web.staff.newsletters import acts as newsletter_acts
from notifier.web.staff.newsletters import listing as newsletters
from notifier.web.staff.newsletters import page as newsletter_page
from notifier.web.staff.notices import acts as notice_acts
from notifier.web.staff.notices import answers as notice_answers
from notifier.web.staff.notices import beside as notice_beside
from notifier.web.staff.notices import edit as notice_edit
from notifier.web.staff.notices import listing as notices
from notifier.web.staff.notices import new as notice_new
from notifier.web.staff.notices import page as notice_page
from notifier.web.staff.notices import plan as notice_plan
from notifier.web.staff.notices import preview as notice_preview
from notifier.web.staff.notices import revise as notice_revise
from notifier.web.staff.notices import typing as notice_typing
from notifier.web.staff.people import complaints as people_complaints
from notifier.web.staff.people import importing as people_import
from notifier.web.staff.people import listing as people
from notifier.web.staff.people import person_acts, person_page, person_topics
from notifier.web.staff.people import segments as people_segments
from notifier.web.staff.people import stopped as people_stopped
from notifier.web.staff.releases import pages as releases
from notifier.web.staff.sends import acts as send_acts
from notifier.web.staff.sends import listing as sends
from notifier.web.staff.sends import page as send_page
from notifier.web.staff.sends import people as send_people
from notifier.web.staff.signing import (
    account,
    passkeys,
    passwords,
    signing_in,
    single_sign_on,
    two_step,
)
from notifier.web.staff.team import absences
from notifier.web.staff.team import page as team

DOORS = (
    *(signing_in, single_sign_on, passwords, two_step, passkeys, account, team, absences),
    *(desk, search, sends, send_page, send_acts, send_people),
    *(notices, notice_new, notice_page, notice_edit, notice_typing, notice_revise, notice_acts),
    *(notice_answers, notice_beside, notice_plan, notice_preview),
    *(newsletters, newsletter_page, newsletter_acts),
    *(approvals, approve_notice, approve_newsletter, approve_release, history),
    *(people, people_stopped, people_complaints, people_import, people_segments),
    *(person_page, person_acts, person_topics),
    *(reach, insight, insight_notice, insight_releases, insight_delivery, insight_people),
    insight_evidence,
)
UNKEPT = {"csrf_token", "password", "old", "code", "credential"}


def attach(app: Flask) -> None:
    """Flask-Security, the doorkeeper, and every blueprint of the desk."""
    security.attach(app)
    door.attach(app)
    for room in DOORS:
        app.register_blueprint(room.blueprint)
    releases.attach(app)
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
