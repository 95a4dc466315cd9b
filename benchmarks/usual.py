"""The usual way to mail subscribers from Flask: for each of them two Jinja2 templates, an
EmailMessage, and smtplib on a connection kept open. No ledger, no retries. Started by delivery.py
where a notice has been frozen; its words are what that letter says.
"""

from __future__ import annotations

import re
import smtplib
from email.message import EmailMessage
from urllib.parse import urlsplit

from flask import Flask, render_template_string
from sqlalchemy import create_engine, text

from notifier.settings import load

SLOT = re.compile("\ue000([a-z_]+)\ue001")
LINKS = ("unsubscribe_url", "preferences_url", "got_it_url")


def main() -> None:
    """Mail the one letter of the Send to everybody on its ledger."""
    settings = load()
    address = urlsplit(settings.mail_url)
    app = Flask("usual")
    with create_engine(settings.database_url).connect() as connection, app.app_context():
        letter = connection.execute(text("SELECT subject, text, html FROM letter")).one()
        plain, rich = (SLOT.sub(r"{{ \1 }}", words) for words in (letter.text, letter.html))
        rich = rich.replace("{{ reasons_html }}", "{{ reasons_html|safe }}")
        people = connection.execute(
            text(
                "SELECT id, email, name FROM subscriber JOIN delivery ON subscriber_id = id"
                " ORDER BY id"
            )
        )
        with smtplib.SMTP(address.hostname or "", address.port or 25) as server:
            for person in people:
                values = {name: f"{settings.base_url}/{name}/{person.id:052x}" for name in LINKS}
                values |= {"name": person.name, "reasons_text": "You follow Air quality."}
                values["reasons_html"] = "<p>You follow <b>Air quality</b>.</p>"
                message = EmailMessage()
                message["From"] = settings.mail_from
                message["To"] = person.email
                message["Subject"] = letter.subject
                message["List-Unsubscribe"] = f"<{values['unsubscribe_url']}>"
                message.set_content(render_template_string(plain, **values))
                message.add_alternative(render_template_string(rich, **values), subtype="html")
                server.send_message(message)


if __name__ == "__main__":
    main()
