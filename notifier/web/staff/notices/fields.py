"""The fields of the notice editor: their names, what an entry calls them, and where they stand."""

from __future__ import annotations

from typing import NamedTuple

from notifier.notices.fields import WELSH

Typed = dict[str, list[str]]  # what a form says: the values of each field


class Field(NamedTuple):
    """``path`` is the entry's key, dotted below a mapping; ``kind`` says how it is written: line,
    text, lines (one of a list on each), day, moment, number, choice, choices or rows."""

    name: str
    path: str
    label: str
    kind: str
    section: str


def _fields(section: str, *rows: tuple[str, str, str, str]) -> list[Field]:
    return [Field(*row, section) for row in rows]


# Of a notice in Welsh, in the order of the English ones.
WELSH_LABELS = {
    "headline": "Headline in Welsh",
    "brief": "In a sentence, in Welsh",
    "what": "What is changing, in Welsh",
    "why": "Why, in Welsh",
    "not_changing": "What stays the same, in Welsh",
    "technical": "For technical readers, in Welsh",
    "driver": "What made it necessary, in Welsh",
    "follows": "When the Welsh follows",
}
FIELDS = (
    *_fields(
        "kind",
        ("series", "series", "Publications", "choices"),
        ("type", "type", "What kind of change", "choice"),
        ("other_types", "other_types", "Is it of another kind, too?", "choices"),
        ("materiality", "materiality", "How big is it for users?", "choice"),
        ("series_break", "series_break", "Does it break the series?", "choice"),
        ("machine_breaking", "machine_breaking", "Will programs that read it stop?", "choice"),
        ("cut", "cut", "Does it cut coverage or frequency?", "choice"),
        ("class_is", "class.is", "Treat it as", "choice"),
        ("class_because", "class.because", "Why the rules do not fit", "text"),
        ("scope_geographies", "scope.geographies", "Only these areas", "lines"),
        ("scope_breakdowns", "scope.breakdowns", "Only these breakdowns", "lines"),
        ("scope_reference_from", "scope.reference_from", "From the data of", "line"),
        ("scope_history_from", "scope.history_from", "Past figures are revised from", "line"),
        ("identifiers", "scope.identifiers", "Files and data sets", "rows"),
        ("scope_user_types", "scope.user_types", "Whom it matters to most", "choices"),
    ),
    *_fields(
        "effect",
        ("effect_kind", "effect", "When does it take effect?", "choice"),
        ("effect_release", "effect.release", "Which release", "choice"),
        ("effect_date", "effect.date", "On", "moment"),
        ("effect_period", "effect.reference_period", "The data of", "line"),
        ("effect_from", "effect.from", "Published from", "moment"),
        ("next_update_by", "next_update_by", "When will you say more?", "day"),
        ("decision", "decision", "Is it decided?", "choice"),
        ("consultation_opens", "consultation.opens", "Asking from", "day"),
        ("consultation_closes", "consultation.closes", "Until", "day"),
        ("consultation_response_due", "consultation.response_due", "Answer promised by", "day"),
        ("consultation_url", "consultation.url", "Page with more about it", "line"),
        ("consultation_questions", "consultation.questions", "Questions", "lines"),
        ("consultation_reason", "consultation.reason", "If nobody is asked: why not", "text"),
    ),
    *_fields(
        "words",
        ("headline", "headline", "Headline", "line"),
        ("what", "what", "What is changing", "text"),
        ("why", "why", "Why", "text"),
        ("not_changing", "not_changing", "What stays the same", "text"),
        ("brief", "brief", "In a sentence, for people who read headlines", "text"),
        ("technical", "technical", "For technical readers", "text"),
        ("driver", "driver", "What made it necessary", "text"),
        *((f"cy_{key}", f"cy.{key}", WELSH_LABELS[key], "text") for key in WELSH_LABELS),
    ),
    *_fields(
        "figures",
        ("impact_known", "impact.known", "Is the size known?", "choice"),
        ("impact_direction", "impact.direction", "Direction", "choice"),
        ("impact_size_low", "impact.size_low", "From", "number"),
        ("impact_size_high", "impact.size_high", "To", "number"),
        ("impact_unit", "impact.unit", "Unit", "line"),
        ("impact_text", "impact.text", "In words", "text"),
        ("impact_known_by", "impact.known_by", "When will you know more?", "day"),
        (
            "comparability_back_series",
            "comparability.back_series",
            "Is there a back series?",
            "choice",
        ),
        ("comparability_from", "comparability.from", "It begins with, or comes", "line"),
        ("comparability_reason", "comparability.reason", "What one can compare", "text"),
    ),
    *_fields(
        "do",
        ("what_to_do", "what_to_do", "What people should do", "rows"),
        ("mapping", "mapping", "Old and new codes", "lines"),
        ("alternatives", "alternatives", "What they can use instead", "rows"),
    ),
    *_fields(
        "contact",
        ("contact", "contact", "Who answers questions", "line"),
        ("evidence", "evidence", "Evidence and further reading", "rows"),
    ),
)
BY_NAME = {field.name: field for field in FIELDS}
BY_PATH = {field.path: field for field in FIELDS}
# The fields of one row, and in ``what_to_do`` a list of boxes numbered by the row.
ROWS = {
    "identifiers": ("id_scheme", "id_value", "id_url"),
    "what_to_do": ("todo_action", "todo_by"),
    "alternatives": ("alt_title", "alt_url"),
    "evidence": ("ev_title", "ev_url"),
}
BOXES = "todo_types_"
MOST_ROWS = 50
assert set(WELSH_LABELS) == set(WELSH)  # noqa: S101 (the room's list is the rule)


def names_of(field: Field) -> tuple[str, ...]:
    """What the form calls the parts of one field."""
    if field.name == "what_to_do":
        return (*ROWS["what_to_do"], *(f"{BOXES}{number}" for number in range(MOST_ROWS)))
    return ROWS.get(field.name, (field.name,))


def part(typed: Typed, field: Field) -> Typed:
    """What is typed in one field, without what is empty."""
    found = {}
    for name in names_of(field):
        values = [value.strip().replace("\r\n", "\n") for value in typed.get(name, [])]
        while values and not values[-1]:
            values.pop()
        if values:
            found[name] = values
    return found


def same(one: Typed, other: Typed) -> bool:
    """Whether two forms say the same."""
    return all(part(one, field) == part(other, field) for field in FIELDS)


def one(typed: Typed, name: str) -> str:
    """The only value of a field, "" where there is none."""
    values = typed.get(name, [])
    return values[0].strip().replace("\r\n", "\n") if values else ""
