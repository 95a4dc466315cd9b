"""Settings of sign-in: what would leave a door open, or shut to everybody, is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifier.errors import Refused
from tests.makers import settings

SINGLE = {
    "oidc_issuer": "https://login.example.org",
    "oidc_client_id": "us",
    "oidc_client_secret": "ours",
    "oidc_roles": "stats=author@waste heads=hop",
}


def test_who_needs_two_steps_unless_the_setting_says_otherwise(tmp_path: Path) -> None:
    needed = settings("sqlite://", tmp_path).two_step_roles
    assert needed == ("approver", "hop", "deputy", "admin")
    assert settings("sqlite://", tmp_path, two_step_roles="none").two_step_roles == ("none",)
    assert settings("sqlite://", tmp_path, two_step_roles="author, hop").two_step_roles == (
        "author",
        "hop",
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"two_step_roles": "boss"}, "TWO_STEP_ROLES holds 'boss'; use author, approver"),
        ({**SINGLE, "oidc_issuer": "http://login.example.org"}, "must be an https address"),
        ({**SINGLE, "oidc_client_secret": ""}, "needs NOTIFIER_OIDC_CLIENT_SECRET too"),
        ({**SINGLE, "oidc_roles": ""}, "needs NOTIFIER_OIDC_ROLES too"),
        ({**SINGLE, "oidc_roles": "stats"}, "holds 'stats'; write group=role"),
        ({**SINGLE, "oidc_roles": "stats=boss"}, "holds 'stats=boss'"),
        ({**SINGLE, "oidc_roles": "=author"}, "holds '=author'"),
        (
            {
                **SINGLE,
                "oidc_issuer": "http://127.0.0.1:1",
                "env": "production",
                "secret_key": "a key that is long enough for production",
            },
            "must be an https address",
        ),
    ],
)
def test_what_is_not_safe_is_refused(tmp_path: Path, given: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        settings("sqlite://", tmp_path, **given)


def test_a_group_with_blanks_and_signs_is_written_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "notifier.toml").write_text(
        'oidc_roles = ["CN=Statistics, OU=Waste=author@waste"]\n', "utf-8"
    )
    given = {name: value for name, value in SINGLE.items() if name != "oidc_roles"}
    found = settings("sqlite://", tmp_path, **given)
    assert found.oidc_roles == ("CN=Statistics, OU=Waste=author@waste",)
