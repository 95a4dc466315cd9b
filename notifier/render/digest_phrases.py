"""The frame's words of the daily and weekly digest.

As in ``phrases``: the Welsh waits for a speaker's review.
"""

from __future__ import annotations

DIGEST: dict[str, tuple[str, str]] = {
    "digest_daily": ("Daily digest", "Crynodeb dyddiol"),
    "digest_weekly": ("Weekly digest", "Crynodeb wythnosol"),
    "digest_early": ("Before your weekly digest", "Cyn eich crynodeb wythnosol"),
    "digest_daily_from": ("Daily digest from {organisation}", "Crynodeb dyddiol: {organisation}"),
    "digest_weekly_from": (
        "Weekly digest from {organisation}",
        "Crynodeb wythnosol: {organisation}",
    ),
    "digest_kicker": ("{digest}, {day}", "{digest}, {day}"),
    "digest_title": ("{count} updates for you", "Diweddariadau i chi: {count}"),
    "digest_title_one": ("1 update for you", "Diweddariadau i chi: 1"),
    "digest_subject": ("{count} updates: {headline}", "Diweddariadau ({count}): {headline}"),
    "digest_contents": ("In this email", "Yn yr e-bost hwn"),
    "digest_changes": ("Changes", "Newidiadau"),
    "digest_consultations": ("Consultations", "Ymgyngoriadau"),
    "digest_releases": ("What came out", "Beth ddaeth allan"),
    "digest_newsletters": ("Newsletters", "Cylchlythyrau"),
    "digest_newsletter_of": ("Newsletter from {team}", "Cylchlythyr: {team}"),
    "digest_read_release": ("See this release", "Gweld y cyhoeddiad hwn"),
    "digest_read_newsletter": ("Read this newsletter", "Darllen y cylchlythyr hwn"),
    "digest_note_daily": (
        "What can wait comes together in this email, at most once a day. "
        "What is urgent comes at once.",
        "Daw'r hyn a all aros gyda'i gilydd yn yr e-bost hwn, unwaith y dydd ar y mwyaf. "
        "Daw'r hyn sydd ar frys ar unwaith.",
    ),
    "digest_note_weekly": (
        "What can wait comes together in this email, once a week. What is urgent comes at once.",
        "Daw'r hyn a all aros gyda'i gilydd yn yr e-bost hwn, unwaith yr wythnos. "
        "Daw'r hyn sydd ar frys ar unwaith.",
    ),
    "digest_note_early": (
        "Your weekly digest would have told you this too late, so it comes now. "
        "It is not told again there.",
        "Byddai eich crynodeb wythnosol wedi dweud hyn wrthych yn rhy hwyr, felly daw nawr. "
        "Ni chaiff ei ailadrodd yno.",
    ),
    "digest_english": ("", "Mae rhai o eiriau'r timau yn Saesneg."),
    "digest_below": ("", "Mae geiriau'r timau sydd yn Saesneg yn unig isod."),
}
