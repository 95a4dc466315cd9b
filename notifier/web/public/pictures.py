"""The pictures of newsletters, for mail programs and pages: whoever knows the name may look."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from notifier.errors import NotFound
from notifier.newsletters import pictures
from notifier.web.guard import public

blueprint = Blueprint("pictures", __name__)

TYPES = {"png": "image/png", "jpg": "image/jpeg"}


@blueprint.get("/pictures/<token>/<name>")
@public
def one(token: str, name: str) -> Response:
    """The same for ever: another picture has another name."""
    try:
        found = pictures.picture(token[:100])
    except NotFound:
        abort(404)
    if not found.path.endswith(f"/{name}"):
        abort(404)
    answer = Response(found.data, mimetype=TYPES[found.kind])
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # mail in a browser shows it
    answer.set_etag(found.token)
    return answer
