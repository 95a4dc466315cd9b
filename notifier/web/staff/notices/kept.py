"""On return to a form: what was typed and not saved, and the choice to go on with it or drop it.

The form comes after the choice: to type over what is kept would lose it.
"""

from __future__ import annotations

from typing import Any

from notifier.accounts.models import Unsaved
from notifier.notices.models import ChangeNotice
from notifier.render import compare
from notifier.web.staff.frame import page
from notifier.web.staff.notices import words
from notifier.web.staff.notices.names import names_in
from notifier.web.staff.notices.read import typed_of
from notifier.web.staff.notices.said import texts
from notifier.web.staff.notices.shared import NOTICES, path
from notifier.web.staff.security import now


def kept_page(kept: Unsaved, notice: ChangeNotice | None) -> Any:
    typed = {name: values for name, values in kept.fields.items() if name not in ("was", "urn")}
    saved = texts(typed_of(notice), names_in(notice, typed_of(notice))) if notice else {}
    return page(
        "notice_kept",
        notice=notice,
        at=words.moment(kept.at, now()),
        url=path(notice) if notice is not None else f"{NOTICES}/new",
        on=f"{path(notice, 'edit') if notice is not None else f'{NOTICES}/new'}?kept=1",
        parts=compare.parts(saved, texts(typed, names_in(notice, typed))),
    )
