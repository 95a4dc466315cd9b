"""Which file holds which command: only what is asked for is imported.

All of it takes 40 MB and half a second; a worker needs none of it.
"""

from __future__ import annotations

from importlib import import_module

import click

# The first hangs up the command; the others add more verbs to it.
VERBS = {
    "bounce": ("returned",),
    "check": ("operate",),
    "check-series": ("check_series",),
    "complaints": ("complaints",),
    "demo": ("demo",),
    "evidence": ("evidence",),
    "insight": ("insight",),
    "limits": ("limits",),
    "load": ("content",),
    "migrate": ("operate",),
    "newsletters": ("content",),
    "notices": ("notices", "changes", "notice_ends", "owed", "drafts", "answers", "split"),
    "organisation": ("organisation",),
    "policy": ("policy",),
    "releases": ("releases",),
    "segments": ("segments",),
    "sends": ("sends", "stops", "progress", "corrections", "returned"),
    "series": ("series",),
    "serve": ("operate",),
    "sources": ("sources",),
    "staff": ("people", "duty"),
    "subscribers": ("people", "held", "lists", "bring"),
    "topics": ("topics", "insight"),
    "web": ("operate",),
    "worker": ("working",),
}


class Verbs(click.Group):
    """A group that knows its commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for module in VERBS.get(cmd_name, ()):
            import_module(f"notifier.cli.{module}").attach(self)
        return super().get_command(ctx, cmd_name)
