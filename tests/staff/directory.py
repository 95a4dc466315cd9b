"""An organisation's directory with OpenID Connect, small and real: it signs people in, gives each
code out once, and checks who redeems it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tests.makers import Clock

CLIENT, SECRET = "notifier-client", "the secret of the client, long enough"


class Directory:
    """``who`` signs in next, as claims. ``spoil`` changes the claims that are signed; ``signs`` is
    the key that signs them."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.url = clock, ""
        self.key = self.signs = ECKey.generate_key("P-256", {"kid": "one"}, auto_kid=False)
        self.who: dict[str, Any] = {}
        self.spoil: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "ES256", "kid": "one"}
        self.codes: dict[str, dict[str, str]] = {}
        self.redeemed: list[dict[str, str]] = []

    def description(self) -> dict[str, str]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes back to, with a code."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        query = urlencode({"code": code, "state": asked["state"], "iss": self.url})
        return f"{asked['redirect_uri']}?{query}"

    def redeem(self, form: dict[str, str]) -> dict[str, str] | None:
        """The tokens for a code: once, for the client that asked, with its verifier."""
        self.redeemed.append(form)
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proved = urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
        if not proved or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        at = int(self.clock().timestamp())
        claims = {
            **{"iss": self.url, "aud": CLIENT, "iat": at, "exp": at + 300},
            **{"nonce": asked["nonce"], **self.who, **self.spoil},
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode(self.header, kept, self.signs, algorithms=["ES256", "HS256"])
        return {"access_token": "x", "token_type": "Bearer", "id_token": token}


@contextmanager
def open_directory(clock: Clock) -> Iterator[Directory]:
    directory = Directory(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", directory.authorize(asked))
                self.end_headers()
            elif parts.path == "/keys":
                self.says(200, KeySet([directory.key]).as_dict(private=False))
            else:
                self.says(200, directory.description())

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            fields = parse_qs(self.rfile.read(length).decode())
            found = directory.redeem({name: values[0] for name, values in fields.items()})
            self.says(200 if found else 400, found or {"error": "invalid_grant"})

        def says(self, status: int, what: Any) -> None:
            body = json.dumps(what).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    directory.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield directory
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
