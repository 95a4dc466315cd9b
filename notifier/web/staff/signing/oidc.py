"""OpenID Connect: asks the organisation's directory who somebody is, and believes only what it has
signed for us and for this browser. [OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9207]
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from notifier import fetch
from notifier.settings import Settings
from notifier.web.guard import settings

# What a directory signs with its own key; never "none", never our shared secret (HS256).
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "Ed25519", "EdDSA"]
DRIFT = 60  # seconds that its clock may be wrong
REMEMBERED = timedelta(minutes=10)
KINDS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Untrusted(Exception):
    """The directory does not answer as it must; the text is for the log."""


@dataclass(frozen=True)
class Asked:
    """What this browser was sent away with."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def fresh(cls) -> Asked:
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @property
    def challenge(self) -> str:
        """S256 of the verifier. [RFC 7636, 4.2]"""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")


def back_to() -> str:
    return f"{settings().base_url}/staff/single-sign-on/back"


def away(asked: Asked, *, now: datetime) -> str:
    """The address at the directory where somebody says who they are."""
    query = {
        "response_type": "code",
        "client_id": settings().oidc_client_id,
        "redirect_uri": back_to(),
        "scope": "openid email profile",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": asked.challenge,
        "code_challenge_method": "S256",
    }
    where = discovery(now)["authorization_endpoint"]
    return f"{where}{'&' if urlsplit(where).query else '?'}{urlencode(query)}"


def claims(asked: Asked, given: dict[str, str], *, now: datetime) -> dict[str, Any]:
    """What the directory says of who comes back with ``given`` (the address's fields).

    Raises Untrusted for anything that is not as it must be.
    """
    if not hmac.compare_digest(asked.state.encode(), given.get("state", "").encode()):
        raise Untrusted("the state is not the one we gave out")
    if "iss" in given and given["iss"] != settings().oidc_issuer:
        raise Untrusted("it answers for another issuer")
    if not given.get("code"):
        raise Untrusted(f"no code: {given.get('error', '')[:80]!r}")
    form = [
        ("grant_type", "authorization_code"),
        ("code", given["code"]),
        ("redirect_uri", back_to()),
        ("client_id", settings().oidc_client_id),
        ("client_secret", settings().oidc_client_secret),
        ("code_verifier", asked.verifier),
    ]
    found = discovery(now)
    token = read(lambda: fetch.post(found["token_endpoint"], form, allow=allowed()))
    keys = read(lambda: fetch.fetch(found["jwks_uri"], allow=allowed()))
    return checked(str(token.get("id_token", "")), keys, asked.nonce, settings(), now=now)


def checked(
    token: str, keys: dict[str, Any], nonce: str, given: Settings, *, now: datetime
) -> dict[str, Any]:
    """The claims of an ID token: signed by one of the keys, for us, now, for this browser."""
    try:
        found = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=DRIFT,
            iss={"essential": True, "value": given.oidc_issuer},
            aud={"essential": True, "value": given.oidc_client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(found.claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise Untrusted(f"its token is not good: {type(error).__name__}") from error
    audience, party = found.claims["aud"], found.claims.get("azp")
    several = isinstance(audience, list) and len(audience) > 1
    if (several or party is not None) and party != given.oidc_client_id:
        raise Untrusted("its token was made for somebody else")
    return dict(found.claims)


def discovery(now: datetime) -> dict[str, Any]:
    """The directory's own description, remembered for a while: no stranger makes us ask for it
    more often."""
    issuer = settings().oidc_issuer
    kept = current_app.extensions.get("notifier.oidc")
    if kept is not None and kept[0] > now - REMEMBERED:
        return dict(kept[1])
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    found = read(lambda: fetch.fetch(address, allow=allowed()))
    if found.get("issuer") != issuer:
        raise Untrusted("it describes another issuer")
    for kind in KINDS:
        if not isinstance(found.get(kind), str):
            raise Untrusted(f"its description has no {kind}")
    if urlsplit(found[KINDS[0]]).scheme not in allowed_schemes(issuer):
        raise Untrusted("its sign-in page is not https")
    current_app.extensions["notifier.oidc"] = (now, found)
    return found


def allowed_schemes(issuer: str) -> tuple[str, ...]:
    """Over http only where the issuer itself is: on this machine, in development."""
    return ("https", "http") if issuer.startswith("http:") else ("https",)


def allowed() -> tuple[str, ...]:
    return settings().fetch_allow


def read(ask: Any) -> dict[str, Any]:
    """A JSON object of the directory."""
    try:
        answer = ask()
        if answer.status != 200:
            raise Untrusted(f"it answers {answer.status}")
        found = json.loads(answer.body)
    except (fetch.Unreachable, ValueError) as error:
        raise Untrusted(str(error) or type(error).__name__) from error
    if not isinstance(found, dict):
        raise Untrusted("its answer is no object")
    return found
