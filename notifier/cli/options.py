"""Options that commands share: --json, what is meant, who acts, who agrees, the public reason."""

from __future__ import annotations

from pathlib import Path

import click

from notifier.cli.door import NUMBER

reference_argument = click.argument("reference")
number_argument = click.argument("number", type=NUMBER)
file_type = click.Path(exists=True, dir_okay=False, path_type=Path)
file_option = click.option("--from", "file", required=True, type=file_type)
by_option = click.option("--by", "by_", required=True, metavar="EMAIL", help="Who acts.")
approved_option = click.option(
    "--approved-by", required=True, metavar="EMAIL", help="The second person."
)
hop_option = click.option(
    "--approved-by", metavar="EMAIL", help="The Head of Profession who agreed."
)
reason_option = click.option("--reason", required=True, metavar="TEXT", help="Public.")
short_notice_option = click.option(
    "--short-notice-reason", default="", metavar="TEXT", help="Public; said in full."
)


def remember(context: click.Context, _: click.Parameter, asked: bool) -> None:
    context.obj.json = asked


json_option = click.option(
    "--json", is_flag=True, expose_value=False, callback=remember, help="Print JSON."
)
