"""Every setting of the program, read once."""

from notifier.settings.guards import DOMAIN, per_second
from notifier.settings.keep import make_folder
from notifier.settings.model import Settings
from notifier.settings.read import PREFIX, load

__all__ = ["DOMAIN", "PREFIX", "Settings", "load", "make_folder", "per_second"]
