"""The door of a mail service that reports bounces and complaints over HTTP."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import structlog
from flask import Blueprint, Response, abort, current_app, json, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from notifier.delivery.bounces import WEAK
from notifier.errors import Refused
from notifier.mail.dsn import WHOLE
from notifier.web.guard import csrf, public, settings
from notifier.web.hooks.batch import Told, read
from notifier.web.public.frame import now
from notifier.worker.returns import Desk, heed, proved, take

blueprint = Blueprint("hooks", __name__)

log = structlog.get_logger()

SIGNATURE = "X-Signature"
LETTER = "message/rfc822"


@blueprint.url_value_preprocessor
def room_for_a_letter(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """People answer with pictures: whoever has signed in may give as much as a mailbox may hold."""
    if request.mimetype == LETTER and holds_token():
        request.max_content_length = WHOLE


@blueprint.post("/hooks/bounces")
@csrf.exempt  # type: ignore[untyped-decorator]
@public
def bounces() -> Response:
    """202 with what was concluded; the same again changes nothing. 404 while there is no secret.

    ``message/rfc822`` is one returned message as it came; ``application/json`` a batch, see
    ``batch.read``. 400, 401, 413 and 415 carry a sentence, and change nothing.
    """
    if not settings().bounce_hook_secret:
        abort(404)
    body = request.get_data(cache=False)
    if request.content_length is None and len(body) >= most():
        return (
            too_large()
        )  # of a body in chunks Werkzeug would give the beginning as if it were all
    if not may_tell(body):
        return problem("Sign in with the bearer token, or sign the body with it.", 401)
    if request.mimetype == LETTER:
        return message(body)
    if request.mimetype == "application/json":
        return batch(body)
    return problem("Send message/rfc822 or application/json, and say which.", 415)


def may_tell(body: bytes) -> bool:
    """Whether the caller knows the secret: it gives it, or ``sha256=`` and the body's HMAC."""
    secret = settings().bounce_hook_secret.encode()
    signed = f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}".encode()
    given = request.headers.get(SIGNATURE, "").lower().encode()
    return holds_token() or hmac.compare_digest(given, signed)


def holds_token() -> bool:
    secret = settings().bounce_hook_secret.encode()
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    return bool(secret) and hmac.compare_digest(token, secret)


def most() -> int:
    """Octets of the body."""
    return int(request.max_content_length or 0)


def message(body: bytes) -> Response:
    if not body.strip():
        return problem("The body is empty; send the returned message as it came.", 400)
    outcome = take(desk(), body)
    return answer([outcome])


def batch(body: bytes) -> Response:
    try:
        entries = read(body, now=now())
    except Refused as refusal:
        return problem(str(refusal), 400)
    outcomes = [concluded(entry) for entry in entries]
    log.info("returned mail", outcomes=len(outcomes))
    return answer(outcomes)


def concluded(entry: Told) -> str:
    """What one entry leads to. Who tells it is known; it must prove its delivery all the same."""
    report, house = entry.report, desk()
    proof = proved(house, report)
    if proof is not None:
        by_id = proof.source == WEAK
        proof = proof._replace(source="hook_message_id" if by_id else "hook")
    return heed(house, [report], proof, at=entry.at)


def desk() -> Desk:
    return Desk(settings(), current_app.config["NOW"])


def answer(outcomes: list[str]) -> Response:
    return shaped({"taken": len(outcomes), "outcomes": outcomes}, 202, "application/json")


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: HTTPException | None = None) -> Response:
    return problem(f"The body is larger than {most():,} octets; send less at once.", 413)


def problem(sentence: str, status: int) -> Response:
    """RFC 9457."""
    found = shaped({"status": status, "detail": sentence}, status, "application/problem+json")
    if status == 401:
        found.headers["WWW-Authenticate"] = "Bearer"
    return found


def shaped(thing: dict[str, object], status: int, mimetype: str) -> Response:
    return Response(json.dumps(thing), status, mimetype=mimetype)
