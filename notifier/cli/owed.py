"""The board of what must still be said, and who holds it."""

from __future__ import annotations

from typing import Any

import click

from notifier.cli.door import Door, pass_door
from notifier.cli.notice_rows import row
from notifier.cli.notices import notices
from notifier.cli.options import json_option
from notifier.clock import london_date
from notifier.notices.owed import owed as what_is_owed


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: these are more verbs of ``notices``."""


@notices.command("owed")
@json_option
@pass_door
def owed(door: Door) -> None:
    """What must still be said, most urgent first, and who holds it."""
    with door.app.app_context():
        rows: list[dict[str, Any]] = []
        for line in what_is_owed(now=door.now()):
            state = "withheld" if line.what == "release" else "no notice yet"
            base = (
                row(line.notice, london_date(door.now()))
                if line.notice is not None
                else {"reference": None, "headline": None, "state": state}
            )
            if base["headline"] is None and line.release is not None and not door.json:
                base["headline"] = line.release.title
            rows.append(
                {
                    **base,
                    "release": line.release.title if line.release is not None else None,
                    "days_left": line.days_left,
                    "publish_by": line.publish_by.isoformat() if line.publish_by else None,
                    "holder": line.holder,
                }
            )
    door.show(rows, "days_left", "publish_by", "reference", "state", "holder", "headline")
