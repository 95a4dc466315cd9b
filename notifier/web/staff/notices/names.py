"""What the slugs and numbers of a notice's form are called."""

from __future__ import annotations

from notifier.catalogue import queries as catalogue
from notifier.notices.models import ChangeNotice
from notifier.web.staff.notices.fields import Typed
from notifier.web.staff.notices.ghost import releases_of
from notifier.web.staff.notices.said import Names


def names_in(notice: ChangeNotice | None, typed: Typed) -> Names:
    series = {each.slug: each for each in catalogue.all_series()}
    chosen = [series[slug] for slug in typed.get("series", []) if slug in series]
    return Names(
        {slug: each.name for slug, each in series.items()},
        releases_of(chosen, notice),
        {each.slug: each.name for each in catalogue.user_types()},
    )
