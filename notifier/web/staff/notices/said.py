"""Each section of the editor as a sentence, as it stands when it is folded: the page reads as the
notice. Made from what is typed, whether it is saved or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from notifier.notices.parts import NEEDS_NO_IMPACT
from notifier.web.staff.notices import words
from notifier.web.staff.notices.fields import BOXES, FIELDS, ROWS, Field, Typed, names_of, one

LONGEST = 160  # characters of somebody's own words


@dataclass(frozen=True)
class Names:
    """What slugs and numbers of the form mean to people."""

    series: Mapping[str, str]
    releases: Mapping[str, str]
    user_types: Mapping[str, str]


def sentence(section: str, typed: Typed, names: Names) -> tuple[str, str]:
    """What is said strongly, and the rest."""
    return SECTIONS[section](typed, names)


def of_kind(typed: Typed, names: Names) -> tuple[str, str]:
    kind = words.KIND_NAMES.get(one(typed, "type"), "")
    size = {c.slug: c.name for c in words.SIZES}.get(one(typed, "materiality"), "")
    strong = f"{size} change: {kind.lower()}" if kind else "No kind yet"
    series = [names.series.get(slug, slug) for slug in typed.get("series", [])]
    parts = [f", in {listed(series)}." if series else ", in no publication yet."]
    if one(typed, "series_break") == "yes":
        parts.append("It breaks the series.")
    if one(typed, "machine_breaking") == "yes":
        parts.append("Programs that read it will stop.")
    if one(typed, "cut") == "yes":
        parts.append("It cuts coverage or frequency.")
    if one(typed, "class_is"):
        parts.append("Treated otherwise than the rules say.")
    return strong, " ".join(parts)


def of_effect(typed: Typed, names: Names) -> tuple[str, str]:
    kind = one(typed, "effect_kind")
    said = {
        "release": f"With “{names.releases.get(one(typed, 'effect_release'), 'a release')}”",
        "date": one(typed, "effect_date"),
        "reference_period": f"With the data of {one(typed, 'effect_period')}, "
        f"from {one(typed, 'effect_from')}",
        "tbc": "No date yet",
    }
    parts = []
    if one(typed, "next_update_by"):
        parts.append(f"More by {one(typed, 'next_update_by')}.")
    decided = {c.slug: c.name for c in words.DECISIONS}.get(one(typed, "decision"), "")
    if decided and one(typed, "decision") != "decided":
        parts.append(f"{decided}.")
    if one(typed, "consultation_closes"):
        parts.append(f"Answers until {one(typed, 'consultation_closes')}.")
    strong = said.get(kind) or "Not said yet"
    return f"{strong}." if parts else strong, " ".join(parts)


def of_words(typed: Typed, names: Names) -> tuple[str, str]:
    more = []
    if one(typed, "technical"):
        more.append("With words for technical readers.")
    if any(one(typed, name) for name in typed if name.startswith("cy_")):
        more.append("With Welsh.")
    headline = short(one(typed, "headline"))
    rest = " ".join([short(one(typed, "what")), *more]).strip()
    return f"{headline}." if headline else "Nothing yet", rest


def of_figures(typed: Typed, names: Names) -> tuple[str, str]:
    known = {"yes": "Its size is known", "partly": "Its size is partly known"}
    known |= {"no": "Its size is not known yet", "not_applicable": "No effect on the figures"}
    strong = known.get(one(typed, "impact_known"), "Nothing yet")
    parts = [short(one(typed, "impact_text"))]
    if one(typed, "impact_known_by"):
        parts.append(f"More by {one(typed, 'impact_known_by')}.")
    back = {"yes": "There is a back series.", "later": "The back series comes later."}
    back |= {"no": "There is no back series."}
    parts.append(back.get(one(typed, "comparability_back_series"), ""))
    rest = " ".join(filter(None, parts))
    return f"{strong}." if rest else strong, rest


def of_do(typed: Typed, names: Names) -> tuple[str, str]:
    actions = [action.strip() for action in typed.get("todo_action", []) if action.strip()]
    codes = len([line for line in one(typed, "mapping").splitlines() if line.strip()])
    instead = [title.strip() for title in typed.get("alt_title", []) if title.strip()]
    parts = [short("; ".join(actions))]
    if codes:
        parts.append(f"{codes} {'code' if codes == 1 else 'codes'}, old to new.")
    if instead:
        parts.append(f"Instead: {listed(instead)}.")
    rest = " ".join(filter(None, parts))
    number = len(actions)
    if number:
        return f"{number} {'action' if number == 1 else 'actions'}:", rest
    return ("" if rest else "Nothing"), rest or "is asked of anybody."


def of_contact(typed: Typed, names: Names) -> tuple[str, str]:
    links = len([url for url in typed.get("ev_url", []) if url.strip()])
    answer = one(typed, "contact") or "The team’s own address"
    return answer + ".", f"{links} {'link' if links == 1 else 'links'}." if links else "No links."


SECTIONS: dict[str, Callable[[Typed, Names], tuple[str, str]]] = {
    "kind": of_kind,
    "effect": of_effect,
    "words": of_words,
    "figures": of_figures,
    "do": of_do,
    "contact": of_contact,
}


def opened(typed: Typed, class_: str, *, fresh: bool) -> set[str]:
    """The sections that stand open: the words always, the others as kind and class need them."""
    found = {"words"}
    kind = one(typed, "type")
    if fresh or not one(typed, "effect_kind"):
        found.add("effect")
    if class_ in ("B", "K") and not one(typed, "consultation_closes"):
        found.add("effect")
    if class_ in ("A", "C", "D") and kind not in NEEDS_NO_IMPACT:
        found.add("figures")
    if class_ == "E" and not one(typed, "mapping"):
        found.add("do")
    return found


def short(text: str) -> str:
    words_ = " ".join(text.split())
    return words_ if len(words_) <= LONGEST else words_[: LONGEST - 1].rsplit(" ", 1)[0] + " …"


def listed(found: list[str]) -> str:
    """ "Air quality, Water and 2 more"."""
    if len(found) > 3:
        return f"{', '.join(found[:2])} and {len(found) - 2} more"
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def value(typed: Typed, field: Field, names: Names) -> str:
    """One field in words, to be compared with another version of it: a line for each row."""
    if field.name in ROWS:
        return rows(typed, field, names)
    means = {
        "series": names.series,
        "effect_release": names.releases,
        "scope_user_types": names.user_types,
        **dict.fromkeys(("type", "other_types"), words.KIND_NAMES),
        **{name: {c.slug: c.name for c in choices} for name, choices in CHOICES.items()},
    }.get(field.name, {})
    given = [each.strip().replace("\r\n", "\n") for each in typed.get(field.name, [])]
    return "\n".join(means.get(each, each) for each in given if each)


CHOICES = {
    "materiality": words.SIZES,
    "series_break": words.BREAKS,
    "machine_breaking": words.YES_NO,
    "cut": words.YES_NO,
    "class_is": words.CHOSEN,
    "decision": words.DECISIONS,
    "impact_known": words.KNOWN,
    "impact_direction": words.DIRECTIONS,
    "comparability_back_series": words.BACK_SERIES,
    "effect_kind": words.EFFECTS,
}


def rows(typed: Typed, field: Field, names: Names) -> str:
    columns = [typed.get(name, []) for name in ROWS[field.name]]
    found = []
    for number in range(max(map(len, columns), default=0)):
        cells = [column[number].strip() for column in columns if number < len(column)]
        if field.name == "what_to_do":
            types = typed.get(f"{BOXES}{number}", [])
            cells.append(", ".join(names.user_types.get(slug, slug) for slug in types))
        found.append(" · ".join(filter(None, cells)))
    return "\n".join(filter(None, found))


def texts(typed: Typed, names: Names) -> dict[str, str]:
    """Every field that says something, by its label."""
    found = {labelled(field): value(typed, field, names) for field in FIELDS}
    return {label: text for label, text in found.items() if text}


def labelled(field: Field) -> str:
    """A label that says by itself what it is about."""
    return {
        "effect_date": "Takes effect on",
        "effect_from": "Takes effect from",
        "impact_size_low": "Size from",
        "impact_size_high": "Size to",
        "impact_unit": "Unit of the size",
        "impact_text": "What it means, in words",
        "consultation_opens": "Asking users from",
        "consultation_closes": "Asking users until",
        "comparability_from": "The back series begins with",
    }.get(field.name, field.label)


def typed_in(typed: Typed, field: Field) -> bool:
    return any(value.strip() for name in names_of(field) for value in typed.get(name, []))
