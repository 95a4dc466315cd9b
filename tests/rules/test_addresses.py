"""Addresses are taken as RFC 5321 and 6531 allow, and nothing else; masks and variants add up."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.audience.rules import (
    MASK_BITS,
    MASKED_TOPICS,
    address,
    fold,
    masks,
    suppression_key,
    variant,
    variant_words,
)
from notifier.catalogue.rules import DEPTHS, LANGUAGES, with_ancestors
from notifier.errors import Refused

DOMAIN_185 = ".".join(["d" * 61] * 3)  # 185 octets


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("cleo@example.org", "cleo@example.org"),
        ("  cleo@example.org\t", "cleo@example.org"),
        ("Cleo.Case@Example.ORG", "Cleo.Case@example.org"),
        ("cleo+statistics@example.org", "cleo+statistics@example.org"),
        ("cleo_o-neil@sub.example.co.uk", "cleo_o-neil@sub.example.co.uk"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("cleo@bücher.example", "cleo@bücher.example"),
        ("cleo@xn--bcher-kva.example", "cleo@bücher.example"),
        ("siân@example.org", "siân@example.org"),
        ("sia\u0302n@example.org", "siân@example.org"),  # decomposed
        ("a" * 64 + "@example.org", "a" * 64 + "@example.org"),
        (f"{'a' * 64}@{DOMAIN_185}.org", f"{'a' * 64}@{DOMAIN_185}.org"),  # 254 octets
    ],
)
def test_an_address_is_kept_as_it_will_be_written_to(typed: str, kept: str) -> None:
    assert address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "cleo",
        "cleo@",
        "@example.org",
        "cleo@example",
        "cleo@@example.org",
        "cleo@example.org@example.org",
        "cleo@example..org",
        ".cleo@example.org",
        "cleo.@example.org",
        "cl..eo@example.org",
        "cleo@-example.org",
        "cleo@example-.org",
        "cleo@example.org.",
        "cleo @example.org",
        "cleo@exam ple.org",
        "cleo@example.org, dan@example.org",
        "cleo@example.org;dan@example.org",
        "Cleo <cleo@example.org>",
        '"cleo smith"@example.org',
        "cleo@[127.0.0.1]",
        "cleo@127.0.0.1",
        "cleo@example.123",
        "cleo@localhost",
        "cleo@printer.local",
        "cleo@example.org\r\nBcc: dan@example.org",
        "cleo@example.org\nDATA",
        "cl\reo@example.org",
        "cl\x00eo@example.org",
        "cleo@exa\x00mple.org",
        "cl\u200beo@example.org",
        "cl\u202eeo@example.org",
        "cleo@xn--.example",
        "cleo@xn--bcher-kva8445foa.example\u2024com",
        "cleo＠example.org",
        "\ud800@example.org",
        "a" * 65 + "@example.org",
        f"{'a' * 65}@{DOMAIN_185}.org",
        f"{'a' * 64}@{DOMAIN_185}.info",  # 255 octets
        "é" * 33 + "@example.org",  # 66 octets before the @
        "cleo@" + "é" * 63 + ".example",
        "a" * 1_000_000,
        "a@" * 500_000,
        "a." * 500_000 + "@example.org",
        "a@" + "a-" * 500 + "!",
        " " * 1_000_000 + "cleo@example.org",
    ],
    ids=lambda typed: ascii(typed[:30]),
)
def test_what_is_no_address_is_refused_for_the_form(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        address(typed)
    assert refusal.value.field == "email"
    assert str(refusal.value) == (
        "Enter an email address in the correct format, like name@example.com."
    )


@given(st.text(max_size=80) | st.emails() | st.emails().map(str.upper))
def test_whatever_is_kept_has_no_break_and_is_kept_again_as_it_is(typed: str) -> None:
    try:
        kept = address(typed)
    except Refused:
        return
    assert kept.count("@") == 1
    assert kept.isprintable()
    assert len(kept.encode()) <= 254
    assert address(kept) == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cleo@example.org", "CLEO@example.org"),
        ("SIÂN@example.org", "siân@example.org"),
        ("cleo@bücher.example", "cleo@xn--bcher-kva.example"),
    ],
)
def test_letter_case_and_spelling_of_the_domain_make_no_second_person(one: str, other: str) -> None:
    assert fold(address(one)) == fold(address(other))
    assert suppression_key(address(one), "pepper") == suppression_key(address(other), "pepper")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cleo@example.org", "cleo+x@example.org"),
        ("cleo@example.org", "c.leo@example.org"),
        ("cleo@example.org", "сlео@example.org"),  # Cyrillic с and о
        ("cleo@apple.example", "cleo@аpple.example"),  # Cyrillic а
        ("cleo@strasse.example", "cleo@straße.example"),  # two domains, RFC 5891
        ("file@example.org", "ﬁle@example.org"),  # a ligature
        ("sian@example.org", "siân@example.org"),
    ],
)
def test_look_alikes_are_other_people(one: str, other: str) -> None:
    assert fold(one) != fold(address(other))
    assert suppression_key(one, "pepper") != suppression_key(other, "pepper")


def test_a_suppression_key_says_nothing_without_its_pepper() -> None:
    key = suppression_key("cleo@example.org", "pepper")
    assert len(key) == 64
    assert "cleo" not in key
    assert key != suppression_key("cleo@example.org", "other pepper")


def test_variants_are_one_small_number_each() -> None:
    pairs = [(d, lang) for d in DEPTHS for lang in LANGUAGES]
    assert [variant(*pair) for pair in pairs] == list(range(9))
    assert [variant_words(n) for n in range(9)] == pairs


@given(st.sets(st.integers(0, 200)))
def test_masks_hold_each_topic_bit_once_in_signed_64_bit_numbers(bits: set[int]) -> None:
    t0, t1 = masks(bits)
    assert 0 <= t0 < 2**63
    assert 0 <= t1 < 2**63
    held = {b for b in range(63) if t0 >> b & 1} | {63 + b for b in range(63) if t1 >> b & 1}
    assert held == {b for b in bits if b < MASKED_TOPICS}
    assert MASK_BITS * 2 == MASKED_TOPICS == 126


def test_who_follows_a_topic_gets_what_stands_below_it() -> None:
    parents = {1: None, 2: 1, 3: 2, 4: None}
    assert with_ancestors([3], parents) == {1, 2, 3}
    assert with_ancestors([1, 4], parents) == {1, 4}
    assert with_ancestors([], parents) == set()


def test_a_ring_of_topics_ends() -> None:
    ring: dict[int, int | None] = defaultdict(lambda: None, {1: 2, 2: 1})
    assert with_ancestors([1], ring) == {1, 2}
