"""Two people typed into the same notice: whatever each of them changed, nothing is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notifier.web.staff.notices.clash import marks, merged
from notifier.web.staff.notices.fields import FIELDS, Typed, part

WORDS = st.sampled_from(["", "a", "b", "a b", "<b>", "é\r\nü", "  a "])
FORMS = st.dictionaries(
    st.sampled_from(["headline", "what", "why", "series", "todo_action", "todo_by", "ev_title"]),
    st.lists(WORDS, max_size=3),
    max_size=5,
)


@given(FORMS, FORMS, FORMS)
def test_every_field_is_mine_theirs_or_asked_about(was: Typed, mine: Typed, theirs: Typed) -> None:
    found = merged(mine, theirs, marks(was))
    asked = {clash.field.name: clash for clash in found.clashes}
    for field in FIELDS:
        began, here, there = (part(form, field) for form in (was, mine, theirs))
        kept = part(found.typed, field)
        if field.name in asked:
            assert here not in (began, there)
            assert there != began
            assert (asked[field.name].mine, asked[field.name].theirs) == (here, there)
            assert kept == here
        elif here == began:
            assert kept == there  # only they changed it, or nobody
        else:
            assert kept == here
    assert {field.name for field in found.taken}.isdisjoint(asked)


@given(FORMS, FORMS)
def test_a_form_that_says_nothing_of_how_it_began_takes_nothing_by_itself(
    mine: Typed, theirs: Typed
) -> None:
    """Marks may be forged or lost: then everything that both say differently is asked about."""
    found = merged(mine, theirs, "")
    asked = {clash.field.name for clash in found.clashes}
    for field in FIELDS:
        here, there = part(mine, field), part(theirs, field)
        if here and there and here != there:
            assert field.name in asked
