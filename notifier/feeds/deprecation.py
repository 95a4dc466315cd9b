"""What the address of a dataset says of itself once its shape is to change: header fields.

Deprecation (RFC 9745): when the change was announced. Sunset (RFC 8594): when it takes effect.
Links lead to the notice and to what takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime

from notifier.feeds.addresses import page
from notifier.feeds.characters import one_line, uri
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import OPEN

Fields = list[tuple[str, str]]
INSIDE_QUOTES = str.maketrans({"$": "%24", "'": "%27", '"': "%22", "\\": "%5C", "`": "%60"})


def breaks(notice: ChangeNotice) -> bool:
    """Whether programs that read the data must be changed for it, and that is decided and ahead."""
    kinds = {notice.type, *notice.other_types}
    must = notice.machine_breaking or "access_or_api" in kinds
    return must and notice.decision == "decided" and notice.state in OPEN


def fields(notices: Iterable[ChangeNotice], *, base_url: str) -> Fields:
    """Header fields, names and values, for a dataset that these notices concern; none where no
    announced change breaks programs. Several: the first announcement, the first effect."""
    found = [each for each in notices if breaks(each)]
    told = [each.first_public_at for each in found if each.first_public_at is not None]
    if not told:
        return []
    effects = [each.effect_at for each in found if each.effect_at is not None]
    # RFC 9745 section 4: a Sunset is not before its Deprecation.
    values = [("Deprecation", structured(min([*told, *effects])))]
    if effects:
        values.append(("Sunset", format_datetime(min(effects).astimezone(UTC), usegmt=True)))
    return [*values, *(("Link", link) for each in found for link in links(each, base_url))]


def lines(notices: Iterable[ChangeNotice], *, base_url: str) -> list[str]:
    """The same as they stand in an answer: "Sunset: Mon, 01 Mar 2027 09:30:00 GMT"."""
    return [f"{name}: {value}" for name, value in fields(notices, base_url=base_url)]


def structured(instant: datetime) -> str:
    """A Date of RFC 9651 section 3.3.7: "@1793527800"."""
    return f"@{int(instant.timestamp())}"


def links(notice: ChangeNotice, base_url: str) -> list[str]:
    about = page(base_url, "changes", notice.reference)
    data = page(base_url, "notices", f"{notice.reference}.json")
    found = [
        f'<{about}>; rel="deprecation"; type="text/html"',
        f'<{about}>; rel="sunset"; type="text/html"',
        f'<{data}>; rel="deprecation"; type="application/json"',
    ]
    for each in notice.alternatives or []:
        if address := target(str(each.get("url") or "")):
            found.append(f'<{address}>; rel="successor-version"')
    return found


def target(url: str) -> str:
    """An address that can stand between < and > and, in nginx, between quotes."""
    return uri(url).translate(INSIDE_QUOTES)


def nginx(notices: Iterable[ChangeNotice], *, url: str, base_url: str) -> str:
    """Lines for the ``location`` that answers for ``url``; one comment where there is nothing."""
    found = fields(notices, base_url=base_url)
    if not found:
        return f"# No announced change breaks programs that read {one_line(uri(url))}\n"
    head = [
        f"# For the location that answers for {one_line(uri(url))}",
        "# nginx drops the add_header lines of outer levels here: repeat those that you need.",
    ]
    said = [f"add_header {name} {quoted(value)} always;" for name, value in found]
    return "\n".join([*head, *said]) + "\n"


def quoted(value: str) -> str:
    """In single quotes; nginx has no escape for a dollar sign, so none may be in it."""
    return f"'{value.replace('$', '%24').replace(chr(39), '%27')}'"
