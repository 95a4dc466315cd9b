"""A log on a full disk says nothing, and stops nothing."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from notifier.cli.steady import Steady


def test_a_full_disk_is_no_error() -> None:
    said = False
    with contextlib.suppress(OSError), Path("/dev/full").open("w", encoding="utf-8") as full:
        with pytest.raises(OSError, match="No space"):
            print("a line", file=full, flush=True)
        print("a line", file=Steady(full), flush=True)  # type: ignore[arg-type]
        said = True
    assert said


def test_what_can_be_written_is(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w", encoding="utf-8") as file:
        print("a line", file=Steady(file), flush=True)  # type: ignore[arg-type]
        assert (tmp_path / "log").read_text("utf-8") == "a line\n"
