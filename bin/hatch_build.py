"""Builds the front-end assets before they are packed, since they are not committed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """hatchling finds the hook as the only subclass in this file."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        script = Path(self.root) / "bin" / "assets.py"
        subprocess.run([sys.executable, str(script)], check=True, stdout=sys.stderr)  # noqa: S603
