"""Settings of how staff sign in that would leave a door open, or shut to everybody."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from notifier.errors import Refused
from notifier.settings.model import Settings

STAFF_ROLES = ("author", "approver", "hop", "deputy", "admin")
GROUP = re.compile(r".+=(author|approver|hop|deputy|admin)(@[a-z0-9-]+)?")


def guard_sign_in(settings: Settings) -> None:
    """Refuse what would leave a door of the staff open, or shut to everybody."""
    for word in settings.two_step_roles:
        if word not in (*STAFF_ROLES, "none"):
            raise Refused(
                f"NOTIFIER_TWO_STEP_ROLES holds {word!r}; use {', '.join(STAFF_ROLES)} or none."
            )
    if not settings.oidc_issuer:
        return
    here = urlsplit(settings.oidc_issuer).hostname in ("127.0.0.1", "localhost")
    if not settings.oidc_issuer.startswith("https://") and (settings.production or not here):
        raise Refused("NOTIFIER_OIDC_ISSUER must be an https address; ask who runs the issuer.")
    for name in ("oidc_client_id", "oidc_client_secret", "oidc_roles"):
        if not getattr(settings, name):
            raise Refused(f"NOTIFIER_OIDC_ISSUER needs NOTIFIER_{name.upper()} too.")
    for word in settings.oidc_roles:
        if not GROUP.fullmatch(word):
            raise Refused(
                f"NOTIFIER_OIDC_ROLES holds {word!r}; write group=role or group=role@team, such as "
                "statistics-waste=author@waste."
            )
