"""What a change covers, and what one can use instead, for its page."""

from __future__ import annotations

from types import SimpleNamespace

from markupsafe import Markup

from notifier.catalogue import queries as catalogue
from notifier.notices.models import ChangeNotice
from notifier.render.notice_facts import instead as what_instead
from notifier.render.notice_facts import scope as what_it_covers
from notifier.render.passages import contact, link
from notifier.web.public.shapes import Link, Words


def scope(notice: ChangeNotice) -> list[tuple[str, Words]]:
    """Labels and words, only of what the team said; datasets link to where they are."""
    kinds = {kind.slug: kind for kind in catalogue.user_types()}
    datasets = [dataset(each) for each in (notice.scope or {}).get("identifiers", [])]
    rows: list[tuple[str, Words]] = []
    for label, words in what_it_covers(notice, "en", kinds):
        rows.append((label, Markup(", ").join(datasets) if label == "Datasets" else words.text))
    return rows


def dataset(entry: dict[str, str]) -> Markup:
    shown = Markup("{} <code>{}</code>").format(entry.get("scheme", ""), entry.get("value", ""))
    found = link(entry.get("url"), "")
    return (
        Markup('<a href="{}">{}</a>').format(found.url, shown.strip()) if found else shown.strip()
    )


def instead(notice: ChangeNotice) -> list[Link]:
    """Each with its address, or with none where it has none."""
    return [
        Link(each.title.text, each.link.url if each.link else "") for each in what_instead(notice)
    ]


def ask(notice: ChangeNotice) -> SimpleNamespace:
    """Who answers: the notice's own contact, else the team's."""
    own = notice.series[0].team
    found = contact(notice.contact or own.contact)
    shown = Link(found.label, found.url) if found else None
    return SimpleNamespace(name=own.name, contact=shown, phone=own.phone)
