"""Settings come from two places, complete each other, and are refused when they are not safe."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest

from notifier.errors import Refused
from notifier.settings import Settings, load

LONG = "Xk3-unguessable-and-long-enough-0123456789"
SAFE = {"NOTIFIER_ENV": "production", "NOTIFIER_SECRET_KEY": LONG}


def test_development_needs_nothing_and_keeps_the_secrets_it_makes(tmp_path: Path) -> None:
    first, second = load({}, instance=tmp_path), load({}, instance=tmp_path)
    assert first == second
    assert not first.production
    assert first.development_inbox
    assert first.base_url == "http://127.0.0.1:8000"
    assert first.database_url == f"sqlite:///{tmp_path / 'notifier.db'}"
    assert first.mail_from_oneoff == "no-reply@notifier.example"
    assert first.bounce_domain == "notifier.example"
    assert len(first.secret_key) >= 32
    assert first.secret_key != first.suppression_pepper
    assert {p.name for p in tmp_path.iterdir()} == {"secret_key", "suppression_pepper"}
    assert all(p.stat().st_mode & 0o077 == 0 for p in tmp_path.iterdir())


@pytest.mark.parametrize("name", ["SECRET_KEY", "SUPPRESSION_PEPPER"])
@pytest.mark.parametrize("secret", ["", "short", "x" * 31, "x" * 64, "abc" * 20])
def test_production_with_a_default_or_weak_secret_is_refused(
    name: str, secret: str, tmp_path: Path
) -> None:
    environ = {**SAFE, "NOTIFIER_SUPPRESSION_PEPPER": LONG, f"NOTIFIER_{name}": secret}
    with pytest.raises(Refused, match=f"NOTIFIER_{name} must be 32 random characters or more"):
        load(environ, instance=tmp_path)


def test_production_with_secrets_is_taken_and_has_no_inbox(tmp_path: Path) -> None:
    found = load({**SAFE, "NOTIFIER_SUPPRESSION_PEPPER": LONG[::-1]}, instance=tmp_path)
    assert found.production
    assert not found.development_inbox
    assert list(tmp_path.iterdir()) == []


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{LONG}\n", "utf-8")
    found = load({"NOTIFIER_SECRET_KEY_FILE": str(tmp_path / "key")}, instance=tmp_path)
    assert found.secret_key == LONG


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xfa"])
def test_a_secret_file_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refused, match=r"NOTIFIER_SECRET_KEY_FILE names .*, which cannot be read"):
        load({"NOTIFIER_SECRET_KEY_FILE": str(path)}, instance=tmp_path)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "notifier.toml").write_text(
        'base_url = "https://file.example.org/"\nRETENTION_DELIVERY_MONTHS = 5\n'
        'trusted_proxies = ["10.0.0.1", "10.1.0.0/16"]\n',
        "utf-8",
    )
    found = load({"NOTIFIER_BASE_URL": "https://environ.example.org/"}, instance=tmp_path)
    assert found.base_url == "https://environ.example.org"
    assert found.retention_delivery_months == 5
    assert found.trusted_proxies == ("10.0.0.1", "10.1.0.0/16")


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ('secret_kee = "x"', "holds 'secret_kee', which is no setting"),
        ("secret_key = ", "is not valid TOML"),
        ("trusted_proxies = 5", "trusted_proxies in notifier.toml must be texts"),
        ("mail_from = 'A <a@b.example>'", "NOTIFIER_MAIL_FROM must be a bare email address"),
        ("reply_to = 'zz'", "NOTIFIER_REPLY_TO must be a bare email address"),
        ("bounce_domain = 'b d@'", "NOTIFIER_BOUNCE_DOMAIN must be a domain"),
        ("base_url = 'https://x.example/sub'", "without a path"),
        ("dkim_key = 'zz'", "NOTIFIER_DKIM_KEY and NOTIFIER_DKIM_SELECTOR go together"),
        ("retention_delivery_months = 0", "must be 1 or more"),
        ("trusted_proxies = [1]", "trusted_proxies in notifier.toml must be texts"),
        ("mail_from = ['a@example.org']", "mail_from in notifier.toml must be a text"),
        (
            "retention_delivery_months = 'soon'",
            "NOTIFIER_RETENTION_DELIVERY_MONTHS must be a whole number",
        ),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_a_sentence(
    toml: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "notifier.toml").write_text(toml, "utf-8")
    with pytest.raises(Refused, match=sentence):
        load({}, instance=tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENV", "prod"),
        ("BASE_URL", "updates.example.org"),
        ("BASE_URL", "ftp://updates.example.org"),
        ("BASE_URL", "http://["),
        ("BASE_URL", "http://a.example:port"),
        ("BASE_URL", ""),
        ("TRUSTED_PROXIES", "10.0.0.1 everybody"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("MAIL_FROM", "statistics"),
        ("MAIL_FROM", "statistics@"),
        ("RETENTION_DELIVERY_MONTHS", "a week"),
    ],
)
def test_a_malformed_setting_is_refused_by_its_name(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=f"NOTIFIER_{name}"):
        load({f"NOTIFIER_{name}": value}, instance=tmp_path)


def test_lists_are_separated_by_spaces_or_commas(tmp_path: Path) -> None:
    environ = {
        "NOTIFIER_OLD_SECRET_KEYS": "one, two three",
        "NOTIFIER_TRUSTED_PROXIES": "::1,10.0.0.0/8",
        "NOTIFIER_SECRET_KEY": "zero",
    }
    found = load(environ, instance=tmp_path)
    assert found.keys == ("zero", "one", "two", "three")
    assert found.trusted_proxies == ("::1", "10.0.0.0/8")


def test_a_postgresql_url_names_its_driver(tmp_path: Path) -> None:
    for scheme in ("postgres", "postgresql"):
        found = load({"NOTIFIER_DATABASE_URL": f"{scheme}://u:p@db/n"}, instance=tmp_path)
        assert found.database_url == "postgresql+psycopg://u:p@db/n"


def test_the_one_off_address_and_bounces_follow_the_sender(tmp_path: Path) -> None:
    found = load({"NOTIFIER_MAIL_FROM": "stats@defra.example"}, instance=tmp_path)
    assert (found.mail_from_oneoff, found.bounce_domain) == (
        "no-reply@defra.example",
        "defra.example",
    )


def test_the_instance_folder_comes_from_the_environment(tmp_path: Path) -> None:
    assert load({"NOTIFIER_INSTANCE": str(tmp_path)}).instance == tmp_path.resolve()
    assert "NOTIFIER_INSTANCE" not in os.environ


def test_every_setting_says_what_it_is_for() -> None:
    for field in fields(Settings):
        assert field.metadata["doc"]
        if any(w in field.name for w in ("key", "token", "pepper", "url")) and not any(
            w in field.name for w in ("base_url", "selector")
        ):
            assert field.metadata.get("secret"), field.name
