"""In which language a page speaks: ``?lang=cy``, the field ``lang`` of a form, or the language of
the person whose link opened it; no cookie.

English stands in the code; ``translations/cy/messages.po`` has the Welsh, read as it is: there is
no compiled catalogue to forget. ``bin/words`` writes new English into it; a test fails on a string
without Welsh.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import flask_babel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_domain, refresh
from werkzeug.exceptions import HTTPException

CATALOGUE = Path(__file__).parent / "translations" / "cy" / "messages.po"
LANGUAGES = ("en", "cy")


def attach(app: Flask) -> None:
    """Flask-Babel with both catalogues in its cache, and for templates the filter ``in_language``
    of links and the function ``page_language``."""
    Babel(app, locale_selector=language)
    app.jinja_env.filters["in_language"] = in_language
    app.jinja_env.globals["page_language"] = language
    with app.app_context():
        domain = get_domain()
        domain.cache["en", "messages"] = Translations()
        domain.cache["cy", "messages"] = welsh()


@cache
def welsh() -> Translations:
    """The Welsh catalogue; what has no Welsh yet, or doubtful Welsh, is said in English."""
    compiled = BytesIO()
    with CATALOGUE.open("rb") as source:
        write_mo(compiled, read_po(source, locale="cy"))
    compiled.seek(0)
    return Translations(compiled)


def language() -> str:
    """ "en" or "cy": what this request asks for, or what its reader chose."""
    found = asked() if has_request_context() else ""
    return found if found in LANGUAGES else readers()


def asked() -> str:
    try:
        return request.values.get("lang", "")
    except HTTPException:  # a body that is refused for its size has no fields
        return request.args.get("lang", "")


def readers() -> str:
    """The language of the person whose link opened the page; English for a stranger."""
    return str(g.get("reader", "en")) if has_request_context() else "en"


def speak_to(chosen: str) -> None:
    """From here on this page speaks as its reader chose: en, cy, or both, which is English here.

    Only where the address or the form does not say otherwise.
    """
    g.reader = "cy" if chosen == "cy" else "en"
    refresh()


def in_language(url: str, lang: str | None = None) -> str:
    """A link of ours that stays in the language of the page, or leads to ``lang``."""
    wanted = lang or language()
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and not pair.startswith("lang=")]
    # A Welsh reader's own link speaks Welsh by itself: then English must be said, too.
    if wanted != "en" or readers() != "en":
        kept.append(urlencode({"lang": wanted}))
    return urlunsplit(parts._replace(query="&".join(kept)))


def gettext(text: str, **values: object) -> str:
    """Flask-Babel's, which has no types: the words in the language of the page."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """As ``gettext`` for a number, which the words name as %(num)d."""
    return str(flask_babel.ngettext(one, many, num, **values))
