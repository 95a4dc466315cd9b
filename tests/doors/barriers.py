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


def amiss(page: Page, name: str, width: int) -> dict[str, str]:
    """What is wrong with the page that is open: barriers, and whether it scrolls sideways at
    ``width`` pixels, on a telephone's at 320, too. ``name`` is what the page is called."""
    found = {}
    for violation in barriers(page):
        targets = [node["target"] for node in violation["nodes"]][:3]
        found[f"{name}: {violation['id']}"] = f"{violation['help']}: {targets}"
    for narrow in {width, 320 if width < 400 else width}:
        page.set_viewport_size({"width": narrow, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > narrow:
            found[f"{name} at {narrow}"] = "scrolls sideways"
    page.set_viewport_size({"width": width, "height": 800})
    return found
