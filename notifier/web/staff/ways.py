"""Where things have their page on the desk; what has none leads to its public one, or nowhere."""

from __future__ import annotations

from flask import current_app, g
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect


def leads(path: str) -> str:
    """The path when some view answers it, else "": what is built later is linked by itself."""
    known: dict[str, str] = g.setdefault("known_ways", {})
    if path not in known:
        known[path] = path if exists(path) else ""
    return known[path]


def exists(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def notice(reference: str, *, public: bool, own: bool = True) -> str:
    """``own``: its page on the desk is for who asks; another team's leads to the public one."""
    desk = leads(f"/staff/notices/{reference}") if own else ""
    return desk or (f"/changes/{reference}" if public else "")


def release(number: int, *, public: bool, own: bool = True) -> str:
    desk = leads(f"/staff/releases/{number}") if own else ""
    return desk or (f"/releases/{number}" if public else "")


def newsletter(number: int, slug: str, *, public: bool, own: bool = True) -> str:
    desk = leads(f"/staff/newsletters/{slug or number}") if own else ""
    return desk or (f"/newsletters/{slug}" if public else "")


def send(number: int) -> str:
    return f"/staff/sends/{number}"
