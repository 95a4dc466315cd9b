"""What axe finds on a page. Its own wrapper also fetches each rule that passed: 40% of the time."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

SCRIPT = Axe().axe_script


def barriers(page: Page, **options: Any) -> list[dict[str, Any]]:
    """The violations of axe's rules; ``options`` are those of ``axe.run``."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    # What stands in a sandboxed frame has no script to answer axe.
    asked = {"resultTypes": ["violations"], "iframes": False, **options}
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(options).then(results => results.violations)", asked
    )
    return found
