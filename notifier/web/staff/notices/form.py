"""The notice editor as its page needs it: choices, rows, sentences, and what stands open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.notices.derive import policy_of
from notifier.notices.fields import WELSH
from notifier.notices.leadtime import PROMISES
from notifier.notices.models import ChangeNotice
from notifier.notices.write import LONGEST_HEADLINE
from notifier.web.public.shapes import Choice, Error
from notifier.web.staff.notices import words
from notifier.web.staff.notices.fields import BOXES, BY_NAME, FIELDS, MOST_ROWS, ROWS, Typed, one
from notifier.web.staff.notices.ghost import releases_of
from notifier.web.staff.notices.said import Names, opened, sentence
from notifier.web.staff.notices.shared import mine
from notifier.web.staff.security import now

HEADS = {
    "kind": "The kind of change",
    "effect": "When it takes effect",
    "words": "The words",
    "figures": "What it means for the figures",
    "do": "What people should do",
    "plan": "What we will tell people, and when",
    "contact": "Contact and evidence",
}


@dataclass(frozen=True)
class Section:
    """``strong`` and ``rest`` are the sentence that a folded section shows."""

    slug: str
    number: int
    head: str
    strong: str
    rest: str
    open: bool


@dataclass(frozen=True)
class Group:
    name: str
    choices: list[Choice]


@dataclass(frozen=True)
class Form:
    typed: Typed
    errors: list[Error]
    sections: list[Section]
    series: list[Group]
    releases: list[Choice]
    user_types: list[Choice]
    by_rules: str
    more: str = ""  # of which rows one more is shown
    kinds: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=lambda: words.KINDS)
    words = words
    longest = LONGEST_HEADLINE
    none_yet = Choice("", "Choose one")
    chosen_classes = (Choice("", "As the rules say"), *words.CHOSEN)

    @property
    def types(self) -> list[Choice]:
        return [Choice(slug, name) for slug, name in words.KIND_NAMES.items()]

    def v(self, name: str) -> str:
        return one(self.typed, name)

    def raw(self, name: str) -> str:
        """As it was typed, also the tab that begins a line."""
        return "\n".join(self.typed.get(name, []))

    def all(self, name: str) -> list[str]:
        return self.typed.get(name, [])

    def label(self, name: str) -> str:
        return BY_NAME[name].label

    def rows(self, name: str) -> list[dict[str, object]]:
        """Each row by the names of its fields, and its boxes; one that is empty at the end."""
        columns = {part: self.typed.get(part, []) for part in ROWS[name]}
        count = max(map(len, columns.values()), default=0)
        count += 1 if self.more == name or not count else 0
        return [
            {
                "number": number,
                **{
                    p: column[number] if number < len(column) else ""
                    for p, column in columns.items()
                },
                "boxes": self.typed.get(f"{BOXES}{number}", []),
            }
            for number in range(min(count, MOST_ROWS))
        ]

    @property
    def small(self) -> bool:
        return self.v("materiality") == "minor"

    @property
    def welsh(self) -> int:
        """How many of the texts have Welsh."""
        return sum(bool(self.v(f"cy_{key}")) for key in WELSH if key != "follows")

    def wrong(self, start: str) -> bool:
        return any(error.field.startswith(start) for error in self.errors)

    def who(self, boxes: Collection[str]) -> str:
        """Names of the user types that are ticked; "everybody" for none."""
        return ", ".join(c.name for c in self.user_types if c.slug in boxes) or "everybody"

    def said(self, *names: str) -> bool:
        """Whether any of these fields says something, or is wrong."""
        wrong = {error.field for error in self.errors}
        return any(self.v(name) or name in wrong for name in names)


def form(
    typed: Typed,
    errors: Iterable[Error],
    *,
    notice: ChangeNotice | None,
    ghost: ChangeNotice | None,
    more: str = "",
) -> Form:
    """``ghost`` is the notice as it would be, where what is typed makes one."""
    found = list(errors)
    chosen = set(typed.get("series", []))
    offered = {series.id: series for series in [*mine(), *(notice.series if notice else [])]}
    series = list(offered.values())
    releases = releases_of([s for s in series if s.slug in chosen], notice)
    types = [Choice(each.slug, each.name) for each in catalogue.user_types()]
    names = Names(
        {each.slug: each.name for each in series},
        releases,
        {each.slug: each.name for each in types},
    )
    shown = ghost or notice
    class_ = shown.class_ if shown is not None else ""
    return Form(
        typed=typed,
        errors=found,
        sections=sections(typed, names, found, class_, fresh=notice is None, more=more),
        series=groups(series, chosen),
        releases=[Choice(number, title) for number, title in releases.items()],
        user_types=types,
        by_rules=by_rules(shown),
        more=more,
    )


def sections(
    typed: Typed, names: Names, errors: list[Error], class_: str, *, fresh: bool, more: str
) -> list[Section]:
    wide = opened(typed, class_, fresh=fresh)
    named = {**BY_NAME, **{part: BY_NAME[name] for name, parts in ROWS.items() for part in parts}}
    wide |= {named[error.field].section for error in errors if error.field in named}
    wide |= {BY_NAME[more].section} if more else set()
    slugs = [slug for slug in HEADS if slug != "plan" or not fresh]
    return [
        Section(
            slug, number, HEADS[slug], *told(slug, typed, names), slug in wide or slug == "plan"
        )
        for number, slug in enumerate(slugs, start=1)
    ]


def told(slug: str, typed: Typed, names: Names) -> tuple[str, str]:
    if slug == "plan":
        return "", "Every message of this notice, and its day."
    return sentence(slug, typed, names)


def groups(series: Iterable[Series], chosen: Collection[str] = ()) -> list[Group]:
    """By team, in the order of their names; first the teams of what is chosen."""
    found: dict[str, list[Choice]] = {}
    for each in sorted(series, key=lambda s: (s.team.name, s.slug not in chosen, s.name)):
        found.setdefault(each.team.name, []).append(Choice(each.slug, each.name))
    made = [Group(name, choices) for name, choices in found.items()]
    return sorted(made, key=lambda group: all(c.slug not in chosen for c in group.choices))


def by_rules(notice: ChangeNotice | None) -> str:
    """ "a major change of method: 90 days", of what the rules make of it."""
    if notice is None:
        return ""
    found = policy_of(notice, london_date(now()))
    return f"{PROMISES[found.derived or found.class_].words}"


def names_of_all() -> list[str]:
    """Every name that a form of the editor may hold."""
    plain = [each.name for each in FIELDS if each.name not in ROWS]
    rows = [part for parts in ROWS.values() for part in parts]
    return [*plain, *rows, *(f"{BOXES}{number}" for number in range(MOST_ROWS))]
