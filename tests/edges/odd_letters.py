"""Letters, frames and people as odd as they come, for tests of how mail is put together."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from notifier.mail.compose import Frame, Letter, Person
from notifier.render import slots
from notifier.render.slots import slot

DATE = datetime(2026, 12, 8, 9, 30, tzinfo=UTC)
FRAME = Frame(
    from_address="statistics@notifier.example",
    from_name="Defra: Ystadegau aer ŵ",
    date=DATE,
    reply_to="air@defra.example",
    list_id="emissions-air-pollutants.notifier.example",
    list_id_phrase="Emissions of air pollutants",
)
ONE_OFF = Frame(
    from_address="no-reply@notifier.example", from_name="Notifier", date=DATE, one_off=True
)
LETTER = Letter(
    subject="Method change: ammonia — from March 2027",
    text=f"Dear {slot('name')},\n\n{slot('reasons_text')}\n.dot\nLeave: {slot('unsubscribe_url')}",
    html=(
        f"<p>Dear {slot('name')}</p>{slot('reasons_html')}"
        f'<a href="{slot("unsubscribe_url")}">Leave</a> {slot("address")}'
    ),
)


def cleo(**changes: str) -> Person:
    values = {
        "name": "Cleo",
        "reasons_text": "You chose Air.",
        "reasons_html": "<p>You chose Air.</p>",
        "preferences_url": "https://notifier.example/preferences/abc",
        "got_it_url": "https://notifier.example/got-it/abc",
    }
    return Person(
        address=changes.pop("address", "cleo@example.org"),
        message_id="<m.00ff@notifier.example>",
        unsubscribe_url=changes.pop("unsubscribe_url", "https://notifier.example/u/00ff"),
        values={**values, **changes},
    )


TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("ŵŷé–—'’\"=.<>& \t\nאבعر🧪👩‍🔬\u202e\ue000\ue001\r\0\x0b\x85\u2028_?"),
        st.characters(),
    ),
    max_size=200,
)
STATIC = TEXTS.map(slots.scrub)
NAMES = st.sampled_from(["name", "address", "unsubscribe_url", "preferences_url", "reasons_text"])
WORDS = st.lists(st.one_of(STATIC, NAMES.map(slot)), max_size=12).map("".join)
SPELT = "ABCabc019-._~:/?#@!$&'()*+,;=%"
PEOPLE = st.builds(
    cleo,
    name=TEXTS,
    reasons_text=TEXTS,
    reasons_html=TEXTS,
    unsubscribe_url=st.text(SPELT, min_size=1, max_size=160).map("https://n.example/{}".format),
    preferences_url=st.text(SPELT, min_size=1, max_size=160).map("http://127.0.0.1/{}".format),
    address=st.sampled_from(
        ["cleo@example.org", "o'neil+x=y@example.org", "cleo@ffermŵyr.example", "ŵyn@example.org"]
    ),
)
