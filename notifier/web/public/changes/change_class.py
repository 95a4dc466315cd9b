"""Why so many days were promised: the class in words, how it was derived, whose rule it is."""

from __future__ import annotations

from types import SimpleNamespace

from markupsafe import Markup

from notifier.notices.derive import rows_of
from notifier.notices.leadtime import PROMISES
from notifier.notices.models import ChangeNotice

REGISTER = Markup('<a href="/policy">All that we promise</a>')


def policy(notice: ChangeNotice) -> SimpleNamespace:
    """The row of the truth table that fits, the others, and the longest promise of them."""
    if notice.class_ == "I":
        title, told = "When we tell of corrections", "at once: within one working day"
        text = f"{derivation(notice)} It cannot be told ahead, so it is told {told}."
    else:
        title, text = f"Why {notice.minimum_days} days?", f"{derivation(notice)} {days(notice)}"
    return SimpleNamespace(title=title, text=Markup("<p>{}</p><p>{}.</p>").format(text, REGISTER))


def derivation(notice: ChangeNotice) -> str:
    """ "This is a major change of method (class A), because it breaks the series."."""
    (first, because), *others = rows_of(notice).items()
    if notice.override:
        return chosen(notice, first, because)
    text = f"This is {named(first)}, because {because}."
    for class_, why in others:
        text += f" It is also {named(class_)}, because {why}."
    return text + (" Of several promises the longest counts." if others else "")


def chosen(notice: ChangeNotice, first: str, because: str) -> str:
    """That somebody decided against the table, and why."""
    return (
        f"Judged as {named(notice.class_)}, although the table says {named(first)}, because "
        f"{because}. The reason given: {notice.override_reason}"
    )


def named(class_: str) -> str:
    """ "a minor change of presentation (class F)"."""
    return f"{PROMISES[class_].words} (class {class_})"


def days(notice: ChangeNotice) -> str:
    rule = (notice.policy or {}).get("rule", PROMISES[notice.class_].rule)
    return (
        f"We promise {notice.minimum_days} days and aim for {notice.target_days}. "
        f"The {notice.minimum_days} days rest on {rule}."
    )


def overruled(notice: ChangeNotice) -> str:
    """ "Judged as … although the table says …, because …"; empty where the table decided."""
    if not notice.override:
        return ""
    first, because = next(iter(rows_of(notice).items()))
    return chosen(notice, first, because)
