"""Pictures that are stored with us: looked into before they are taken, and rid of all that nobody
sees (places, cameras, names).
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.catalogue.models import Team
from notifier.errors import NotFound, Refused
from notifier.newsletters.image_bytes import LARGEST, clean
from notifier.newsletters.models import Picture
from notifier.store.bulk import among
from notifier.store.db import session
from notifier.store.history import By, record

IN_WORDS = re.compile(r"/pictures/([A-Za-z0-9_-]{22})/\d+x\d+\.(?:png|jpg)")
WIDEST = 4000  # pixels, of either side


def keep(data: bytes, *, team: Team, person: Staff, by: By, now: datetime) -> Picture:
    """Store an image of a team. Raises Refused with field "picture" for what is none."""
    if len(data) > LARGEST:
        raise Refused(
            "The picture is larger than 2 MB; save it smaller, then choose it again.",
            field="picture",
        )
    found = clean(data)
    if found is None:
        raise Refused(
            "This file is no PNG or JPEG picture; save it as one of these, then choose it again.",
            field="picture",
        )
    if max(found.width, found.height) > WIDEST:
        raise Refused(
            f"The picture is {found.width} by {found.height} pixels; make it at most {WIDEST:,} on "
            "either side.",
            field="picture",
        )
    row = Picture(
        token=secrets.token_urlsafe(16),
        team_id=team.id,
        kind=found.kind,
        width=found.width,
        height=found.height,
        data=found.data,
        staff_id=person.id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    record(f"picture:{row.id}", "keep", by=by, now=now, octets=len(found.data))
    return row


def picture(token: str) -> Picture:
    """Raises NotFound."""
    row = session.scalars(select(Picture).where(Picture.token == token)).first()
    if row is None:
        raise NotFound("There is no such picture.")
    return row


def must_be_known(body: str) -> None:
    """Refuse words that show a picture of ours that we do not have, or under another size."""
    shown = {match[1]: match[0] for match in IN_WORDS.finditer(body)}
    if not shown:
        return
    query = select(Picture).where(among(Picture.token, sorted(shown)))
    known = {row.token: row.path for row in session.scalars(query)}
    for token, path in shown.items():
        if known.get(token) != path:
            raise Refused(
                f"The picture {path} is not stored here; add it again with Picture.", field="body"
            )
