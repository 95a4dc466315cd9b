"""A notice that is written at the desk: its form as a browser sends it."""

from __future__ import annotations

import html
import re

from notifier.notices import queries
from notifier.notices.models import ChangeNotice
from notifier.store.db import session
from tests.journeys.world import World
from tests.staff.desk import Desk, says

FAY, GIL = "fay@example.org", "gil@example.org"
NEW = "/staff/notices/new"
MINOR = {
    "series": ["monthly-landings"],
    "type": "format_or_layout",
    "materiality": "minor",
    "effect_kind": "date",
    "effect_date": "20 January 2027",
    "headline": "Landings tables get a column for revisions",
    "what": "A column is added at the right.",
    "why": "Users asked to see the size of revisions.",
    "impact_known": "not_applicable",
}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def saved(desk: Desk, **more: object) -> str:
    """A notice that the desk has saved; its reference."""
    desk.post(f"{NEW}/drop")
    page = desk.get(f"{NEW}?series=monthly-landings&type=format_or_layout&materiality=minor")
    answer = desk.post(NEW, urn=hidden(page.text, "urn"), **{**MINOR, **more})
    assert answer.status_code == 303, says(answer)
    return answer.headers["Location"].split("/")[3]


def the(world: World, reference: str) -> ChangeNotice:
    with world.build(now=world.clock).app_context():
        notice = queries.notice(reference)
        session.expunge(notice)
        return notice


def edit_form(desk: Desk, reference: str) -> dict[str, object]:
    """What the editor would send as it stands."""
    page = desk.get(f"/staff/notices/{reference}/edit").text
    if "Drop it" in page:  # what was typed before is not what is wanted here
        desk.post(f"/staff/notices/{reference}/drop")
        page = desk.get(f"/staff/notices/{reference}/edit").text
    form = page[page.index('id="notice"') :]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form[: form.index("</form>")]):
        name = re.search(r'name="([^"]+)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        ticked = "checked" in tag or (kind and kind[1] in ("text", "hidden"))
        if name and ticked:
            found.setdefault(name[1], []).append(unescaped(value[1] if value else ""))
    form = form[: form.index("</form>")]
    for name, words in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S
    ):
        found.setdefault(name, []).append(unescaped(words))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = [chosen[1] if chosen else ""]
    return dict(found)


def unescaped(text: str) -> str:
    return html.unescape(text)
