"""What a person sees when something is not there, not allowed, or broken. Never a trace."""

from __future__ import annotations

import structlog
from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from notifier.errors import NotFound, Refused
from notifier.web.refusals import said

log = structlog.get_logger()

KEYS = ("token", "secret", "key", "code")  # parts of addresses that are keys

Answer = tuple[str, int, dict[str, str]]
PAGES = {403: "403", 404: "404", 405: "404", 410: "404", 429: "429", 500: "500"}


def attach(app: Flask) -> None:
    app.register_error_handler(NotFound, not_found)
    app.register_error_handler(Refused, refused)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, broken)


def not_found(error: NotFound) -> Answer:
    return page(404)


def refused(error: Refused) -> tuple[str, int]:
    """A refusal that no page of its own shows: the sentence, plainly."""
    return render_template("pages/errors/refused.html", sentence=said(error)), 400


def stale_form(error: CSRFError) -> tuple[str, int]:
    sentence = "This form was open for too long or came from elsewhere; go back, reload and retry."
    return render_template("pages/errors/refused.html", sentence=said(sentence)), 400


def http(error: HTTPException) -> Answer | tuple[str, int] | HTTPException:
    if error.code == 405:
        return page(405, Allow=", ".join(getattr(error, "valid_methods", None) or ()))
    if error.code == 429:
        after = getattr(error, "retry_after", None)
        return page(429, **({"Retry-After": str(after)} if after else {}))
    if error.code in PAGES:
        return page(error.code)
    if error.code and 400 <= error.code < 500:
        sentence = error.description or "The request could not be understood."
        if error.code == 413:
            sentence = "This is more than a form may hold; shorten it and send it again."
        return render_template("pages/errors/refused.html", sentence=said(sentence)), error.code
    return error


def broken(error: Exception) -> Answer:
    log.exception("a page failed", path=harmless_path(), method=request.method)
    return page(500)


def harmless_path() -> str:
    """The path without what opens somebody's pages: a log is read by more people than they are."""
    path = request.path
    for name, value in (request.view_args or {}).items():
        if name in KEYS:
            path = path.replace(str(value), "…")
    return path


def page(code: int, **headers: str) -> Answer:
    return render_template(f"pages/errors/{PAGES[code]}.html"), code, headers
