"""What a browser is asked for a passkey: the challenge, and whose site this is.

A challenge is given out with its instant and kept in the signed cookie of the browser that asked;
each passkey answers an instant only once. [WebAuthn Level 2, 7.1 and 7.2]
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta

from flask import session
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from notifier.accounts.models import Staff
from notifier.catalogue.queries import organisation
from notifier.web.guard import settings
from notifier.web.staff.security import now

CHALLENGE = "notifier.challenge"
ANSWER_WITHIN = timedelta(minutes=5)


def site_id() -> str:
    """The relying party's id: our host. "" where passkeys cannot be: browsers want a name."""
    host = settings().host_name
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    return ""


def asking() -> str:
    """Options (JSON) for signing in with whatever passkey is at hand; "" where there are none."""
    if not site_id():
        return ""
    options = generate_authentication_options(
        rp_id=site_id(), user_verification=UserVerificationRequirement.REQUIRED
    )
    keep(options.challenge)
    return options_to_json(options)


def offering(person: Staff) -> str:
    """Options (JSON) for a new passkey of this person; "" where there are none."""
    if not site_id():
        return ""
    house = organisation()
    options = generate_registration_options(
        rp_id=site_id(),
        rp_name=house.name if house else site_id(),
        user_name=person.email,
        user_display_name=person.name or person.email,
        user_id=f"staff:{person.id}".encode(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential))
            for row in person.passkeys
        ],
    )
    keep(options.challenge)
    return options_to_json(options)


def keep(challenge: bytes) -> None:
    session[CHALLENGE] = [bytes_to_base64url(challenge), int(now().timestamp() * 1_000_000)]


def asked() -> tuple[bytes, int] | None:
    """The challenge that this browser was given and when, in µs; it is good for one answer, within
    five minutes."""
    kept = session.pop(CHALLENGE, None)
    if not kept or now().timestamp() * 1_000_000 - kept[1] > ANSWER_WITHIN.total_seconds() * 1e6:
        return None
    return base64url_to_bytes(kept[0]), int(kept[1])
