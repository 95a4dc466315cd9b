"""What every page beside a notice begins with: which one it is, and what this member may do."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import abort, request

from notifier.catalogue.sight import sight
from notifier.errors import NotFound
from notifier.notices import queries
from notifier.notices.approve import team_ids
from notifier.notices.models import ChangeNotice
from notifier.web.staff import door

REFERENCE = re.compile(r"[A-Za-z0-9-]{1,60}", re.ASCII)


def the_notice(reference: str) -> ChangeNotice:
    """404 for what there is not, and for another team's: what is not public is for its team alone,
    in every preview of it."""
    if not REFERENCE.fullmatch(reference):
        abort(404)
    try:
        found = queries.notice(reference)
    except NotFound:
        abort(404)
    if not sight(door.me()).sees(team_ids(found)):
        abort(404)
    return found


def base_of(notice: ChangeNotice) -> str:
    return f"/staff/notices/{notice.reference}"


def pressed_on(default: str) -> str:
    """The page of the desk on which a button was pressed: what stands beside the editor leads back
    to the editor."""
    path = urlsplit(request.referrer or "").path
    own = path.startswith("/staff/notices/") and door.safe_next(path) == path
    elsewhere = own and path != urlsplit(default).path
    return path if elsewhere and request.method == "POST" else default
