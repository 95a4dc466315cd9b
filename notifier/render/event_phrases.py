"""The frame's words for what happens after an announcement, to a change or to a release.

As in ``phrases``: the Welsh waits for a speaker's review.
"""

from __future__ import annotations

EVENTS: dict[str, tuple[str, str]] = {
    # A change: which message of it this is
    "stage_held": ("On hold", "Wedi'i oedi"),
    "stage_resumed": ("Going ahead again", "Yn mynd yn ei flaen eto"),
    "stage_cancelled": ("Cancelled", "Wedi'i ganslo"),
    "stage_retracted": ("Taken back", "Wedi'i dynnu'n ôl"),
    "stage_superseded": ("Replaced", "Wedi'i ddisodli"),
    "stage_early": ("In effect early", "Mewn grym yn gynnar"),
    "stage_outcome": ("What came of it", "Beth ddaeth ohono"),
    "stage_decision": ("Decision on", "Penderfyniad ar"),  # a headline follows: "We propose to…"
    "stage_impact": ("Size now known", "Maint bellach yn hysbys"),
    "stage_impact_partly": ("More known about the size", "Rhagor yn hysbys am y maint"),
    "stage_late": ("Already in effect, told late", "Eisoes mewn grym, dywedwyd yn hwyr"),
    # A change: what happened to it
    "event_held": (
        "We have put this change on hold, because:",
        "Rydym wedi oedi'r newid hwn.",
    ),
    "event_resumed": ("This change goes ahead again.", "Mae'r newid hwn yn mynd yn ei flaen eto."),
    "event_cancelled": (
        "This change will not happen, because:",
        "Ni fydd y newid hwn yn digwydd.",
    ),
    "event_retracted": (
        "This notice was published in error. We take it back, because:",
        "Cyhoeddwyd yr hysbysiad hwn mewn camgymeriad. Rydym yn ei dynnu'n ôl.",
    ),
    "event_superseded": (
        "Another notice takes the place of this one.",
        "Mae hysbysiad arall yn cymryd lle'r un hwn.",
    ),
    "event_early": (
        "This change took effect early, on {day}.",
        "Daeth y newid hwn i rym yn gynnar. Dyddiad: {day}.",
    ),
    "event_early_due": ("It was due on {day}.", "Dyddiad a gyhoeddwyd: {day}."),
    "event_late": (
        "This change took effect on {day}, before we told you. We did not tell you earlier, "
        "because:",
        "Daeth y newid hwn i rym cyn i ni ddweud wrthych. Dyddiad: {day}.",
    ),
    "event_updated": ("This is what has changed:", "Mae'r hysbysiad hwn wedi newid."),
    "event_decision": ("This change is now decided.", "Mae'r newid hwn bellach wedi'i benderfynu."),
    "event_impact": (
        "We now know how big this change is.",
        "Rydym bellach yn gwybod pa mor fawr yw'r newid hwn.",
    ),
    "event_impact_partly": (
        "We now know more about how big this change is.",
        "Rydym bellach yn gwybod rhagor am faint y newid hwn.",
    ),
    "outcome_implemented_as_announced": (
        "It happened as announced.",
        "Digwyddodd fel y cyhoeddwyd.",
    ),
    "outcome_implemented_modified": (
        "It happened, but not quite as announced.",
        "Digwyddodd, ond nid yn union fel y cyhoeddwyd.",
    ),
    "outcome_deferred": ("It was put off.", "Cafodd ei ohirio."),
    "outcome_dropped": ("It did not happen.", "Ni ddigwyddodd."),
    "outcome_took_effect_early": ("It happened early.", "Digwyddodd yn gynnar."),
    "release_undated": (
        "{title} has no date for now.",
        "Nid oes gan {title} ddyddiad ar hyn o bryd.",
    ),
    "consultation_over": ("Consultation", "Ymgynghoriad"),
    # A change: in place of the days left
    "status_held": ("On hold", "Wedi'i oedi"),
    "status_cancelled": ("Will not happen", "Ni fydd yn digwydd"),
    "status_retracted": ("Taken back", "Wedi'i dynnu'n ôl"),
    "status_superseded": ("Replaced", "Wedi'i ddisodli"),
    "status_deferred": ("Put off", "Wedi'i ohirio"),
    "status_dropped": ("Will not happen", "Ni fydd yn digwydd"),
    "was_to_take_effect": ("Was to take effect", "Roedd i ddod i rym"),
    "what_announced": ("What was announced", "Beth a gyhoeddwyd"),
    "what_past": ("What changed", "Beth newidiodd"),
    "what_changed": ("What has changed", "Beth sydd wedi newid"),
    "words_some": ("", "Mae rhai o eiriau'r tîm yn Saesneg."),
    "words_below": ("", "Mae geiriau'r tîm yn Saesneg isod."),
    "got_it": ("Got it", "Wedi deall"),
    "got_it_words": (
        "Read it, done it? Press “Got it” to stop reminders; we still tell you if the date or "
        "the content changes, and on the day.",
        "Wedi'i ddarllen, wedi'i wneud? Pwyswch “Wedi deall” i atal nodiadau atgoffa; byddwn yn "
        "dal i ddweud wrthych os bydd y dyddiad neu'r cynnwys yn newid, ac ar y diwrnod.",
    ),
    # A release: which message of it this is
    "release_moved_kicker": ("New date", "Dyddiad newydd"),
    "release_forward_kicker": ("Brought forward", "Wedi'i ddwyn ymlaen"),
    "release_postponed_kicker": ("Postponed", "Wedi'i ohirio"),
    "release_cancelled_kicker": ("Cancelled", "Wedi'i ganslo"),
    "release_none_kicker": ("No release today", "Dim cyhoeddiad heddiw"),
    "release_moved_subject": ("Moved to {day}", "Dyddiad newydd {day}"),
    "release_vaguer_kicker": ("Less exact date", "Dyddiad llai pendant"),
    "release_firmer_kicker": ("More exact date", "Dyddiad mwy pendant"),
    "release_now_subject": ("Now {when}", "Nawr {when}"),
    "release_forward_subject": ("Brought forward to {day}", "Wedi'i ddwyn ymlaen i {day}"),
    # A release: what happened to it
    "release_later_words": (
        "This release comes out {days} later than we said.",
        "Bydd y cyhoeddiad hwn yn dod allan {days} yn hwyrach nag a ddywedwyd gennym.",
    ),
    "release_earlier_words": (
        "This release comes out {days} earlier than we said.",
        "Bydd y cyhoeddiad hwn yn dod allan {days} yn gynharach nag a ddywedwyd gennym.",
    ),
    "release_moved_words": (
        "This release has a new date.",
        "Mae gan y cyhoeddiad hwn ddyddiad newydd.",
    ),
    "release_vaguer_words": (
        "The date of this release is less exact than before.",
        "Mae dyddiad y cyhoeddiad hwn yn llai pendant nag o'r blaen.",
    ),
    "release_firmer_words": (
        "The date of this release is more exact than before.",
        "Mae dyddiad y cyhoeddiad hwn yn fwy pendant nag o'r blaen.",
    ),
    "release_again_words": (
        "This release has a date again.",
        "Mae gan y cyhoeddiad hwn ddyddiad eto.",
    ),
    "release_forward_words": (
        "This release comes out earlier than we said.",
        "Bydd y cyhoeddiad hwn yn dod allan yn gynharach nag a ddywedwyd gennym.",
    ),
    "release_postponed_words": (
        "This release does not come out on the day we gave.",
        "Ni fydd y cyhoeddiad hwn yn dod allan ar y diwrnod a roddwyd gennym.",
    ),
    "release_cancelled_words": (
        "This release is cancelled.",
        "Mae'r cyhoeddiad hwn wedi'i ganslo.",
    ),
    "release_none_words": (
        "You may be expecting this release today. It does not come out today.",
        "Efallai eich bod yn disgwyl y cyhoeddiad hwn heddiw. Ni fydd yn dod allan heddiw.",
    ),
    "release_withdrawn_kicker": ("Taken back", "Wedi'i dynnu'n ôl"),
    "release_withdrawn_words": (
        "These statistics came out and have been taken back. Do not use them.",
        "Cafodd yr ystadegau hyn eu cyhoeddi ac maent wedi'u tynnu'n ôl. Peidiwch â'u defnyddio.",
    ),
    "came_out": ("Came out", "Daeth allan"),
    "comes_out": ("Comes out", "Yn dod allan"),
    "no_date": ("No date for now", "Dim dyddiad ar hyn o bryd"),
    "will_not_come": ("Will not come out", "Ni fydd yn dod allan"),
    "date_was": ("Was", "Cynt"),
    "was_expected": ("Was expected", "Disgwyliwyd"),
    "changes_moved": ("Changes that move with it", "Newidiadau sy'n symud gydag ef"),
    "changes_waiting": (
        "Changes that are on hold with it",
        "Newidiadau sydd wedi'u hoedi gydag ef",
    ),
    "changes_fare": (
        "What becomes of the changes in it",
        "Beth fydd yn digwydd i'r newidiadau ynddo",
    ),
    "all_dates": ("Every date we gave before", "Pob dyddiad a roddwyd gennym o'r blaen"),
    "see_release": ("See this release", "Gweld y cyhoeddiad hwn"),
    # A release that is out
    "out_kicker": ("Out now", "Allan nawr"),
    "out_subject": ("Out now", "Allan nawr"),
    "out_changes": ("What changed in this edition", "Beth sydd wedi newid yn y rhifyn hwn"),
    "out_announced": ("As announced on {day}:", "Fel y cyhoeddwyd ar {day}:"),
    "out_points": ("Main points", "Prif bwyntiau"),
    "out_read": ("Read the statistics", "Darllen yr ystadegau"),
    "out_when": ("Published at {when}.", "Cyhoeddwyd: {when}."),
    "out_late": ("That is {days} late.", "Dyddiau'n hwyr: {days}."),
    "out_next": ("What comes next", "Beth sy'n dod nesaf"),
    "out_english": ("", "Mae geiriau'r tîm yn Saesneg."),
    "out_below": ("", "Mae geiriau'r tîm yn Saesneg isod."),
    "reason_english": ("", "Mae'r rheswm yn Saesneg."),
    "reason_below": ("", "Mae'r rheswm yn Saesneg isod."),
}
