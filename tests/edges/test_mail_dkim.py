"""Signatures are ones that another library verifies, and they break when the mail is changed."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.errors import Refused
from notifier.mail.compose import Frame, Letter, NotCompilable, Person, compile
from notifier.mail.dkim import sign, signers
from notifier.mail.dkim_keys import Key
from notifier.settings import Settings
from tests.edges.odd_letters import FRAME, LETTER, PEOPLE, STATIC, WORDS, cleo
from tests.edges.odd_letters import ONE_OFF as ONE_OFF_FRAME

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED = ed25519.Ed25519PrivateKey.generate()
MESSAGE = (
    b"From: Defra Statistics <statistics@n.example>\r\nTo: cleo@example.org\r\n"
    b"Subject: A  long\r\n subject\t here \r\nDate: Tue, 08 Dec 2026 09:30:00 +0000\r\n"
    b"Message-ID: <m.1@n.example>\r\nMIME-Version: 1.0\r\n"
    b"List-Id: Air <air.n.example>\r\nList-Unsubscribe: <https://n.example/u/1>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n Hello  there \r\n\r\nBye\r\n\r\n\r\n"
)
ONE_OFF = re.sub(rb"List-[A-Za-z-]+: [^\r]*\r\n", b"", MESSAGE)


def pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


SIGNERS = [Key("s1", "n.example", pem(RSA)), Key("e1", "n.example", pem(ED))]


FRAMES = [FRAME, ONE_OFF_FRAME]


class VerifyKey:
    """PyNaCl's key as dkimpy asks for it, by cryptography: we install one library of the two."""

    def __init__(self, text: bytes, *, encoder: object) -> None:
        self._key = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(text))

    def verify(self, message: bytes, signature: bytes) -> None:
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            raise ValueError from None


@pytest.fixture(autouse=True)
def _dkimpy_knows_ed25519(monkeypatch: pytest.MonkeyPatch) -> None:
    nacl = SimpleNamespace(
        signing=SimpleNamespace(VerifyKey=VerifyKey),
        encoding=SimpleNamespace(Base64Encoder=None),
        exceptions=SimpleNamespace(BadSignatureError=ValueError, ValueError=ValueError),
    )
    monkeypatch.setattr(dkim, "nacl", nacl, raising=False)


def published(name: bytes, timeout: int = 5) -> bytes:
    if name.startswith(b"s1._domainkey.n.example"):
        public = RSA.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    raw = ED.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(raw)


def verified(message: bytes) -> list[bool]:
    """What each signature in the message says of it, by dkimpy."""
    count = message.count(b"DKIM-Signature:")
    found = []
    for number in range(count):
        try:
            found.append(dkim.DKIM(message).verify(number, dnsfunc=published))
        except dkim.DKIMException:
            found.append(False)
    return found


@pytest.mark.parametrize("message", [MESSAGE, ONE_OFF])
def test_both_signatures_verify(message: bytes) -> None:
    signed = sign(message, SIGNERS)
    assert signed.endswith(message)
    assert verified(signed) == [True, True]
    assert all(len(line) <= 78 for line in signed.split(b"\r\n"))
    assert b" l=" not in signed


def test_every_header_of_the_standard_is_covered() -> None:
    tag = re.search(rb"h=([^;]+);", sign(MESSAGE, SIGNERS[:1]))
    assert tag
    assert (
        re.sub(rb"\s", b"", tag[1]).split(b":")
        == (
            b"from subject date mime-version content-type list-id list-unsubscribe-post "
            b"to message-id list-unsubscribe"
        ).split()
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Bye", b"Buy"),
        (b"Subject: A", b"Subject: B"),
        (b"/u/1", b"/u/2"),
        (b"One-Click", b"Two-Clicks"),
        (b"1.0", b"1.1"),
    ],
)
def test_a_change_on_the_way_shows(old: bytes, new: bytes) -> None:
    assert verified(sign(MESSAGE, SIGNERS).replace(old, new)) == [False, False]


def test_a_change_of_white_space_does_not() -> None:
    signed = sign(MESSAGE, SIGNERS)
    assert verified(signed.replace(b"Hello  there", b"Hello there")) == [True, True]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"a", b"=", b"."]), max_size=30))
def test_any_body_verifies(pieces: list[bytes]) -> None:
    body = b"".join([*pieces, b"\r\n"])
    signed = sign(MESSAGE.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body, SIGNERS[1:])
    assert verified(signed) == [True]


@settings(max_examples=100, deadline=None)
@given(subject=STATIC, text=WORDS, html=WORDS, person=PEOPLE, frame=st.sampled_from(FRAMES))
def test_a_compiled_letter_is_given_the_signatures_of_its_whole_message(
    subject: str, text: str, html: str, person: Person, frame: Frame
) -> None:
    letter = Letter(subject, text, html)
    try:
        sealed = compile(letter, frame, SIGNERS[1:])
    except NotCompilable:
        return
    assert sealed.splice(person) == sign(compile(letter, frame).splice(person), SIGNERS[1:])


@pytest.mark.parametrize("frame", FRAMES)
def test_a_sealed_letter_verifies_for_everybody(frame: Frame) -> None:
    sealed = compile(LETTER, frame, SIGNERS)
    for name in ("Cleo", "Siân  Ŵyn\t", "a" * 300, ""):
        signed = sealed.splice(cleo(name=name))
        assert verified(signed) == [True, True]
        assert verified(signed.replace(b"cleo@", b"leo@")) == [False, False]


def test_the_settings_name_the_keys() -> None:
    none = Settings(instance=Path())
    assert signers(none) == []
    with pytest.raises(Refused, match="no key"):
        signers(replace(none, dkim_domain="n.example"))
    both = replace(
        none,
        dkim_domain="n.example",
        dkim_selector="s1",
        dkim_key=pem(RSA),
        dkim_ed25519_selector="e1",
        dkim_ed25519_key=pem(ED),
    )
    assert signers(both) == SIGNERS
    assert [signer.algorithm for signer in SIGNERS] == ["rsa-sha256", "ed25519-sha256"]


def test_a_key_that_cannot_sign_is_refused_without_showing_it() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    curve = ec.generate_private_key(ec.SECP256R1())
    for key in (pem(short), pem(curve), "secret", ""):
        with pytest.raises(Refused, match="DKIM key s1") as refusal:
            Key("s1", "n.example", key)
        assert "secret" not in str(refusal.value)
    with pytest.raises(Refused, match="selector"):
        Key("", "n.example", pem(ED))
    assert "PRIVATE" not in repr(SIGNERS)
