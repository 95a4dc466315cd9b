"""Builds the app and hands it to the command line."""

from __future__ import annotations

import sys

from notifier import clock
from notifier.app import create_app
from notifier.cli import run


def main() -> None:
    """The ``notifier`` command."""
    sys.exit(run(create_app, sys.argv[1:], now=clock.now))


if __name__ == "__main__":
    main()
