"""Phrases of the letters that go with people over time, in English and Welsh.

Welsh: for review by a speaker.
"""

from __future__ import annotations

PEOPLE = {
    # Catch-up
    "catch_up_return_why": (
        "These changes were announced, or have changed, while you were away. "
        "The soonest comes first.",
        "Cyhoeddwyd y newidiadau hyn, neu maent wedi newid, tra oeddech i ffwrdd. "
        "Y cynharaf sydd gyntaf.",
    ),
    "catch_up_known_one": (
        "You were told of 1 other change before you left; it is on our page of all changes",
        "Cawsoch wybod am 1 newid arall cyn ichi adael; mae ar ein tudalen o'r holl newidiadau",
    ),
    "catch_up_known": (
        "You were told of {count} other changes before you left; they are on our page of all "
        "changes",
        "Cawsoch wybod am {count} newid arall cyn ichi adael; maent ar ein tudalen o'r holl "
        "newidiadau",
    ),
    # A change that takes effect within days of joining
    "now_lead": (
        "This change was announced before you joined. It takes effect so soon that we send it to "
        "you at once.",
        "Cyhoeddwyd y newid hwn cyn ichi ymuno. Gan ei fod yn dod i rym mor fuan, rydym yn ei "
        "anfon atoch ar unwaith.",
    ),
    # After a pause
    "back_subject": ("Your updates have started again", "Mae eich diweddariadau wedi ailddechrau"),
    "back_title": ("Your updates have started again", "Mae eich diweddariadau wedi ailddechrau"),
    "back_lead": (
        "Your pause is over. You get what we send from now on, and nothing from the time between.",
        "Mae eich saib ar ben. Byddwch yn cael yr hyn a anfonwn o hyn ymlaen, a dim o'r cyfnod "
        "rhwng hynny.",
    ),
    "back_missed": ("What you have not been told of", "Yr hyn na chawsoch wybod amdano"),
    "back_missed_why": (
        "These changes were announced, or have changed, while you paused. The soonest comes first.",
        "Cyhoeddwyd y newidiadau hyn, neu maent wedi newid, yn ystod eich saib. "
        "Y cynharaf sydd gyntaf.",
    ),
    "back_ended": (
        "What will not happen as announced",
        "Yr hyn na fydd yn digwydd fel y cyhoeddwyd",
    ),
    "back_ended_why": (
        "You were told of these changes before your pause.",
        "Cawsoch wybod am y newidiadau hyn cyn eich saib.",
    ),
    "back_nothing": (
        "No new change that concerns you was announced meanwhile.",
        "Ni chyhoeddwyd unrhyw newid newydd sy'n berthnasol ichi yn y cyfamser.",
    ),
    # A topic that ends
    "topic_merged_subject": (
        "{old} becomes part of {new} on {day}",
        "{old}: yn dod yn rhan o {new}. Dyddiad: {day}",
    ),
    "topic_retired_subject": ("{old} ends on {day}", "{old}: yn dod i ben. Dyddiad: {day}"),
    "topic_kicker": ("A topic you follow changes", "Mae pwnc yr ydych yn ei ddilyn yn newid"),
    "topic_merged_title": ("{old} becomes part of {new}", "{old}: yn dod yn rhan o {new}"),
    "topic_retired_title": ("{old} comes to an end", "{old}: yn dod i ben"),
    "topic_when": ("From {day}", "O'r dyddiad hwn ymlaen: {day}"),
    "topic_ends_when": ("On {day}", "Dyddiad: {day}"),
    "topic_until": ("Until then nothing changes.", "Nid oes dim yn newid tan hynny."),
    "topic_happens": ("What happens", "Beth fydd yn digwydd"),
    "topic_merged_happens": (
        "Everything that stands under {old} moves to {new}, with its statistics, its changes and "
        "its releases.",
        "Bydd popeth sydd o dan {old} yn symud i {new}, gyda'r ystadegau, y newidiadau a'r "
        "cyhoeddiadau.",
    ),
    "topic_retired_happens": (
        "{old} is no longer a topic that one can follow.",
        "Ni fydd modd dilyn {old} mwyach.",
    ),
    "topic_you": ("What you get from then on", "Yr hyn a gewch o hynny ymlaen"),
    "topic_merged_you": (
        "If you follow {old}, you follow {new} from that day. You do not have to do anything.",
        "Os ydych yn dilyn {old}, byddwch yn dilyn {new} o'r diwrnod hwnnw. Nid oes angen ichi "
        "wneud dim.",
    ),
    "topic_merged_you_follow": (
        "You follow {old}. On {day} it becomes part of {new}, and you follow {new} from then on. "
        "You do not have to do anything.",
        "Rydych yn dilyn {old}. Bydd yn dod yn rhan o {new} (dyddiad: {day}), a byddwch yn dilyn "
        "{new} o hynny ymlaen. Nid oes angen ichi wneud dim.",
    ),
    "topic_retired_you_follow": (
        "You follow {old}. That ends on {day}; your other choices stay as they are. If you follow "
        "nothing else, emails from us end then.",
        "Rydych yn dilyn {old}. Daw hynny i ben (dyddiad: {day}); bydd eich dewisiadau eraill yn "
        "aros fel y maent. Os nad ydych yn dilyn dim arall, bydd ein negeseuon yn dod i ben bryd "
        "hynny.",
    ),
    "topic_merged_above": (
        "If you follow {names} and want to go on hearing of these statistics, choose {new} too.",
        "Os ydych yn dilyn {names} ac am barhau i glywed am yr ystadegau hyn, dewiswch {new} "
        "hefyd.",
    ),
    "topic_retired_you": (
        "If you follow {old}, that ends on that day; your other choices stay as they are. If you "
        "follow nothing else, emails from us end then.",
        "Os ydych yn dilyn {old}, daw hynny i ben y diwrnod hwnnw; bydd eich dewisiadau eraill yn "
        "aros fel y maent. Os nad ydych yn dilyn dim arall, bydd ein negeseuon yn dod i ben bryd "
        "hynny.",
    ),
    "topic_choose": (
        "Choose again with the link at the foot of this email until that day, or at any time on "
        "our sign-up page.",
        "Dewiswch eto drwy'r ddolen ar waelod y neges hon tan y diwrnod hwnnw, neu unrhyw bryd ar "
        "ein tudalen gofrestru.",
    ),
    "topic_others": (
        "Its statistics go on under:",
        "Bydd yr ystadegau'n parhau o dan:",
    ),
    "topic_change": (
        "Rather something else? Change what you get with the link at the foot of this email.",
        "Rhywbeth arall yn well gennych? Newidiwch yr hyn a gewch drwy'r ddolen ar waelod y neges "
        "hon.",
    ),
    "topic_feeds": (
        "Feeds and calendars of {old} lead to those of {new} by themselves.",
        "Bydd ffrydiau a chalendrau {old} yn arwain at rai {new} ohonynt eu hunain.",
    ),
    "topic_feeds_end": (
        "Feeds and calendars of {old} end with it.",
        "Bydd ffrydiau a chalendrau {old} yn dod i ben gydag ef.",
    ),
    "topic_button_merged": ("See what is in {new}", "Gweld yr hyn sydd yn {new}"),
    "topic_button_retired": ("Choose topics", "Dewis pynciau"),
}
