"""In which language a page speaks: ``?lang=cy``, or the field ``lang`` of a form; no cookie.

English stands in the code; ``translations/cy/messages.po`` has the Welsh, read as it is: there is
no compiled catalogue to forget. ``bin/words`` writes new English into it; a test fails on a string
without Welsh.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel, get_domain

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


def welsh() -> Translations:
    """The Welsh catalogue; what has no Welsh yet, or doubtful Welsh, is said in English."""
    compiled = BytesIO()
    with CATALOGUE.open("rb") as source:
        write_mo(compiled, read_po(source, locale="cy"))
    compiled.seek(0)
    return Translations(compiled)


def language() -> str:
    """ "en" or "cy": what this request asks for."""
    asked = request.values.get("lang", "") if has_request_context() else ""
    return asked if asked in LANGUAGES else "en"


def in_language(url: str, lang: str | None = None) -> str:
    """A link of ours that stays in the language of the page, or leads to ``lang``."""
    wanted = lang or language()
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and not pair.startswith("lang=")]
    if wanted != "en":
        kept.append(urlencode({"lang": wanted}))
    return urlunsplit(parts._replace(query="&".join(kept)))
