"""Options that guarded commands share: who acts, who agrees, and the public reason."""

from __future__ import annotations

import click

by_option = click.option("--by", "by_", required=True, metavar="EMAIL", help="Who acts.")
approved_option = click.option(
    "--approved-by", required=True, metavar="EMAIL", help="The second person."
)
reason_option = click.option("--reason", required=True, metavar="TEXT", help="Public.")
