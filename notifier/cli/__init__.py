"""The command line: ``notifier VERB``. Exit 0 done; 1 refused, one sentence; 2 usage."""

from __future__ import annotations

import os
import sys
from typing import TextIO, cast

import click
import structlog
from sqlalchemy.exc import SQLAlchemyError

from notifier.cli.door import Build, Door
from notifier.cli.steady import Steady
from notifier.cli.terminal import one_line
from notifier.cli.verbs import Verbs
from notifier.clock import Now, Sleep, sleep
from notifier.errors import Refused


@click.group(name="notifier", cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def notifier() -> None:
    """Tell the users of official statistics about changes before they happen."""


def run(
    build: Build, arguments: list[str], *, now: Now, sleep: Sleep = sleep, alone: bool = False
) -> int:
    """Run one command; returns its exit status. Tests pass a clock and a way to let time pass;
    ``alone`` when the process does nothing else."""
    configure_log()
    try:
        notifier.main(
            args=arguments,
            prog_name="notifier",
            obj=Door(build, now, sleep, alone),
            standalone_mode=False,
        )
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        return 130
    except Refused as refusal:
        click.echo(one_line(str(refusal)), err=True)
        return 1
    except (SQLAlchemyError, ModuleNotFoundError) as fault:
        reason = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        click.echo(f"The database cannot be used ({reason}); see: bin/notifier check.", err=True)
        return 1
    except BrokenPipeError:
        # Whoever read our output has gone (| head); Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 0


def configure_log() -> None:
    """Log lines go to standard error, so that standard output stays the command's answer."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *([] if sys.stderr.isatty() else [structlog.processors.format_exc_info]),
            structlog.dev.ConsoleRenderer()
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(),
        ],
        # Looked up at each line: whoever runs commands in-process may have replaced it since.
        logger_factory=lambda *args: structlog.PrintLogger(cast(TextIO, Steady(sys.stderr))),
    )
