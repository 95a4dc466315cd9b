"""Says just above pytest's closing line that a check before the tests failed."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("a check before the tests failed: see FAILED at the top", red=True)
