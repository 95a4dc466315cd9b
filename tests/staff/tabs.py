"""What a member of staff does in a browser's tab."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.makers import Clock
from tests.staff.desk import PASSWORD, Telephone


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def set_up(page: Page, clock: Clock) -> Telephone:
    """The second step of somebody whose role asks for it."""
    telephone = Telephone(page.content(), clock)
    page.get_by_label("Six digits").fill(telephone.code())
    page.get_by_role("button", name="Turn on").click()
    return telephone


def authenticator(page: Page) -> None:
    """A computer with a fingerprint reader, as Chromium plays it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
