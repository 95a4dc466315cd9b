"""Links that carry a proof: made for mail, read by pages."""

from __future__ import annotations
from notifier.render.letters import Site
def site_for(settings) -> Site: ...
