"""Doors that belong to no team: signing in, one's own account, the team's page, the desk."""

from __future__ import annotations

EVERYBODY = "-2PPPPP"
STAGES = "-PHHHHH"
ADMINISTRATOR = "-2----P"

LOOK = {
    "/staff": "L2PPPPP",
    "/staff/": "L2PPPPP",
    **dict.fromkeys(
        (
            *("/staff/account", "/staff/password", "/staff/prove", "/staff/two-step"),
            *("/staff/passkeys", "/staff/team", "/staff/team/1", "/staff/going", "/staff/search"),
        ),
        EVERYBODY,
    ),
    "/staff/code": STAGES,
    "/staff/recovery-code": STAGES,
    "/staff/team/999": "-2-----",
    "/staff/team/99999999999": "-------",
}
ACT = {
    "/staff/sign-out": "-PPPPPP",
    "/staff/account/name": EVERYBODY,
    "/staff/sessions/end": EVERYBODY,
    "/staff/sessions/999/end": "-2-----",
    "/staff/passkeys/999/delete": "-2-----",
    "/staff/team/add": ADMINISTRATOR,
    "/staff/team/1/invite": ADMINISTRATOR,
    "/staff/team/1/leave": ADMINISTRATOR,
    "/staff/team/1/back": ADMINISTRATOR,
    "/staff/team/1/two-step": ADMINISTRATOR,
    "/staff/team/1/roles/1/take": ADMINISTRATOR,
    "/staff/team/1/away": EVERYBODY,
    "/staff/team/1/here": EVERYBODY,
    "/staff/search": EVERYBODY,
}
