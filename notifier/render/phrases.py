"""The frame's own words in English and Welsh: labels, footers and sentences around people's words.

The Welsh was written with care but not by a speaker: one must review it before the first letter in
Welsh goes out. Where Welsh would mutate a date or a name, the label stands before a colon.
"""

from __future__ import annotations

from notifier.render.address_phrases import ADDRESSES
from notifier.render.answer_phrases import ANSWERS
from notifier.render.complaint_phrases import COMPLAINTS
from notifier.render.correction_phrases import CORRECTIONS
from notifier.render.digest_phrases import DIGEST
from notifier.render.event_phrases import EVENTS
from notifier.render.invitation_phrases import INVITATIONS
from notifier.render.notice_phrases import NOTICES
from notifier.render.people_phrases import PEOPLE
from notifier.render.week_phrases import WEEK

PHRASES: dict[str, tuple[str, str]] = {
    # Footer
    "preferences": ("Change what you get", "Newid yr hyn a gewch"),
    "unsubscribe": ("Unsubscribe", "Dad-danysgrifio"),
    "pass_on": ("Pass this on", "Rhannwch hyn"),
    "sent_to": ("Sent to {address}.", "Anfonwyd at {address}."),
    "from": ("From {organisation}.", "Oddi wrth {organisation}."),
    "licence": ("Licence:", "Trwydded:"),
    "counted": (
        "Days are counted in London time from {day}.",
        "Cyfrifir y diwrnodau yn amser Llundain. Dyddiad cyfrif: {day}.",
    ),
    # A change: dates and promises
    "takes_effect": ("Takes effect", "Yn dod i rym"),
    "would_take_effect": ("Would take effect", "Byddai'n dod i rym"),
    "took_effect": ("Took effect", "Daeth i rym"),
    "comes_with": ("Comes with", "Yn dod gyda"),
    "notice_given": ("Notice given", "Rhybudd a roddwyd"),
    "told": ("Told {days} ahead", "Rhoddwyd gwybod {days} ymlaen llaw"),
    "promised": ("; {minimum} promised", "; addawyd {minimum}"),
    "aim": ("We aim for {target}.", "Ein nod yw {target}."),
    "told_same_day": ("Told on the day", "Rhoddwyd gwybod ar y diwrnod"),
    "told_after": ("Told after it happened", "Rhoddwyd gwybod ar ôl iddo ddigwydd"),
    "short_notice": ("Short notice", "Rhybudd byr"),
    "first_announced": ("First announced {day}", "Cyhoeddwyd gyntaf: {day}"),
    "next_update": ("Next update by {day}", "Diweddariad nesaf erbyn: {day}"),
    "decision": ("Decision", "Penderfyniad"),
    "under_consideration": (
        "Being considered, not decided",
        "Yn cael ei ystyried, heb ei benderfynu",
    ),
    "proposed": ("Proposed, not decided", "Cynnig, heb ei benderfynu"),
    "consulting": ("Proposed, open for comment", "Cynnig, ar agor i sylwadau"),
    "decided": ("Decided", "Wedi'i benderfynu"),
    "decided_on": ("Decided on {day}", "Penderfynwyd: {day}"),
    # A change: its sections
    "about": ("About:", "Ynghylch:"),
    "what": ("What is changing", "Beth sy'n newid"),
    "what_proposed": ("What would change", "Beth fyddai'n newid"),
    "not_changing": ("What is not changing", "Beth nad yw'n newid"),
    "why": ("Why", "Pam"),
    "impact": ("How big it is", "Pa mor fawr ydyw"),
    "impact_none": (
        "The figures themselves do not change.",
        "Nid yw'r ffigurau eu hunain yn newid.",
    ),
    "impact_unknown": ("The size is not known yet.", "Nid yw'r maint yn hysbys eto."),
    "impact_more": ("More will be known by {day}.", "Bydd rhagor yn hysbys erbyn: {day}."),
    "impact_late": (
        "More was to be known by {day}; it is late.",
        "Roedd rhagor i fod yn hysbys, ac mae'n hwyr. Dyddiad: {day}.",
    ),
    "impact_size": ("Expected change: {size}.", "Newid disgwyliedig: {size}."),
    "impact_page": (
        "The size is given on the page of this change.",
        "Rhoddir y maint ar dudalen y newid hwn.",
    ),
    "down": ("down", "i lawr"),
    "up": ("up", "i fyny"),
    "range": ("{low} to {high}", "{low} i {high}"),
    "compare": ("Can you still compare over time?", "A allwch gymharu dros amser o hyd?"),
    "compare_yes": (
        "Yes: a continuous series back in time is published.",
        "Gallwch: cyhoeddir cyfres ddi-dor yn ôl mewn amser.",
    ),
    "compare_from": (
        "Yes: a continuous series is published from {start}.",
        "Gallwch: cyhoeddir cyfres ddi-dor. Man cychwyn: {start}.",
    ),
    "compare_later": (
        "Not at first: the back series follows later.",
        "Ddim i ddechrau: bydd yr ôl-gyfres yn dilyn.",
    ),
    "compare_no": (
        "No: figures before and after cannot be compared.",
        "Na allwch: ni ellir cymharu ffigurau cyn ac ar ôl y newid.",
    ),
    "break_possible": ("There may be a break in the series.", "Efallai fod toriad yn y gyfres."),
    "break": ("There is a break in the series.", "Mae toriad yn y gyfres."),
    "do": ("What to do", "Beth i'w wneud"),
    "do_by": ("By {day}", "Erbyn: {day}"),
    "everyone": ("Everyone", "Pawb"),
    "everyone_else": ("Everyone else", "Pawb arall"),
    "nothing": ("Nothing.", "Dim byd."),
    "nothing_to_do": (
        "You do not need to do anything.",
        "Nid oes angen i chi wneud unrhyw beth.",
    ),
    "others_do": (
        "These readers have something to do: {who}; see the page of this change.",
        "Mae gan y darllenwyr hyn rywbeth i'w wneud: {who}; gweler tudalen y newid hwn.",
    ),
    "mapping": ("From old to new", "O'r hen i'r newydd"),
    "old": ("Until now", "Hyd yma"),
    "new": ("From the change on", "O'r newid ymlaen"),
    "mapping_more": (
        "{count} more rows are on the page of this change.",
        "Rhesi eraill ar dudalen y newid hwn: {count}.",
    ),
    "technical": ("Technical detail", "Manylion technegol"),
    "identifiers": ("Identifiers", "Dynodwyr"),
    "reference": ("Notice", "Hysbysiad"),
    "evidence": ("Evidence", "Tystiolaeth"),
    "ask": ("Ask the team", "Gofynnwch i'r tîm"),
    "add_date": ("Add this date to your calendar", "Ychwanegu'r dyddiad hwn at eich calendr"),
    "read_notice": ("Read the full notice", "Darllenwch yr hysbysiad llawn"),
    "say_page": ("Read the proposal and comment", "Darllenwch y cynnig a rhowch sylwadau"),
    "consultation": ("Have your say", "Dweud eich dweud"),
    "opens": ("Opens {day}", "Yn agor: {day}"),
    "closes": ("Closes {day}", "Yn cau: {day}"),
    "closed": ("Closed {day}", "Wedi cau: {day}"),
    # Not "since our last message": who joined meanwhile never got it.
    "since": ("What is new", "Beth sy'n newydd"),
    "since_nothing": ("Nothing has changed since {day}.", "Nid oes dim wedi newid. Ers: {day}."),
    "release_moved": ("{title} has a new date.", "Mae gan {title} ddyddiad newydd."),
    "was": ("It was: {day}", "Cynt: {day}"),
    "details_english": (
        "",
        "Mae'r manylion yn Saesneg am y tro. Bydd y fersiwn Gymraeg ar dudalen y newid hwn "
        "pan fydd yn barod.",
    ),
    "details_follow": (
        "",
        "Mae'r manylion yn Saesneg am y tro. Bydd y fersiwn Gymraeg ar dudalen y newid hwn. "
        "Erbyn: {day}.",
    ),
    "details_below": (
        "",
        "Mae'r manylion yn Saesneg isod. Bydd y fersiwn Gymraeg ar dudalen y newid hwn "
        "pan fydd yn barod.",
    ),
    "details_below_follow": (
        "",
        "Mae'r manylion yn Saesneg isod. Bydd y fersiwn Gymraeg ar dudalen y newid hwn. "
        "Erbyn: {day}.",
    ),
    # A change: which message of it this is
    "stage_announce": ("A change is coming", "Mae newid ar ddod"),
    "stage_proposal": ("A change is proposed", "Mae newid yn cael ei gynnig"),
    "stage_before": ("Reminder", "Nodyn atgoffa"),
    "stage_day": ("Now in effect", "Mewn grym nawr"),
    "stage_after": ("After the change", "Ar ôl y newid"),
    "stage_midpoint": (
        "Halfway through the time to comment",
        "Hanner ffordd drwy'r cyfnod sylwadau",
    ),
    "stage_close": ("Last days to comment", "Dyddiau olaf i roi sylwadau"),
    "stage_updated": ("Updated", "Diweddarwyd"),
    "stage_moved": ("Moved", "Dyddiad newydd"),
    "subject_announce": ("Change coming on {day}", "Newid i ddod ar {day}"),
    "subject_undated": ("Change coming", "Newid i ddod"),
    "subject_proposal": ("Proposed change", "Newid arfaethedig"),
    "comment_do": (
        "Tell us what you think by {day}, on the page of this change.",
        "Dywedwch eich barn ar dudalen y newid hwn. Erbyn: {day}.",
    ),
    "subject_comment": ("{left} to comment", "{left} i roi sylwadau"),
    "day_words": ("This change is now in effect.", "Mae'r newid hwn bellach mewn grym."),
    "after_words": (
        "This change is now in the published figures. What came of it is kept on its page.",
        "Mae'r newid hwn bellach yn y ffigurau cyhoeddedig. Cedwir y canlyniad ar ei dudalen.",
    ),
    # Sign-up
    "confirm_subject": ("Confirm your email address", "Cadarnhewch eich cyfeiriad e-bost"),
    "confirm_title": ("Confirm your email address", "Cadarnhewch eich cyfeiriad e-bost"),
    "confirm_asked": (
        "Somebody, we hope you, asked for updates about:",
        "Mae rhywun, chi gobeithio, wedi gofyn am ddiweddariadau am:",
    ),
    "confirm_do": (
        "Open the page below and press the button there. You get nothing from us before that.",
        "Agorwch y dudalen isod a phwyswch y botwm yno. Ni chewch ddim gennym cyn hynny.",
    ),
    "confirm_button": ("Confirm and start updates", "Cadarnhau a dechrau diweddariadau"),
    "confirm_until": ("The link works until {day}.", "Mae'r ddolen yn gweithio tan: {day}."),
    "confirm_ignore": (
        "If it was not you, do nothing. We delete the request after 7 days.",
        "Os nad chi oedd hyn, peidiwch â gwneud dim. Byddwn yn dileu'r cais ar ôl 7 diwrnod.",
    ),
    "welcome_subject": ("You now get updates from {organisation}", "Diweddariadau: {organisation}"),
    "welcome_title": ("You now get updates", "Byddwch yn cael diweddariadau o hyn ymlaen"),
    "welcome_follow": ("You follow", "Rydych yn dilyn"),
    "welcome_how": ("You get", "Rydych yn cael"),
    "headline": ("the headline of each change", "pennawd pob newid"),
    "detail": ("each change in detail", "manylion pob newid"),
    "technical_depth": (
        "each change in full technical detail",
        "manylion technegol llawn pob newid",
    ),
    "immediate": ("as soon as it is announced", "cyn gynted ag y caiff ei gyhoeddi"),
    "only_breaking": (
        "but only those that break scripts",
        "ond dim ond y rhai sy'n torri sgriptiau",
    ),
    "off": (
        "other things that you chose, but no changes to statistics by email",
        "pethau eraill a ddewisoch, ond dim newidiadau i ystadegau drwy e-bost",
    ),
    "daily": ("once a day", "unwaith y dydd"),
    "weekly": ("once a week", "unwaith yr wythnos"),
    "catch_up": ("Already announced", "Wedi'i gyhoeddi eisoes"),
    "catch_up_why": (
        "These changes were announced before you joined. The soonest comes first.",
        "Cyhoeddwyd y newidiadau hyn cyn i chi ymuno. Y cynharaf sydd gyntaf.",
    ),
    # Link to preferences
    "magic_subject": ("Your link to change what you get", "Eich dolen i newid yr hyn a gewch"),
    "magic_title": ("Change what you get", "Newid yr hyn a gewch"),
    "magic_do": (
        "Somebody, we hope you, asked for this link on our site.",
        "Mae rhywun, chi gobeithio, wedi gofyn am y ddolen hon ar ein gwefan.",
    ),
    "magic_button": ("Open my choices", "Agor fy newisiadau"),
    "magic_until": (
        "The link works for 10 minutes, until {time}.",
        "Mae'r ddolen yn gweithio am 10 munud, tan {time}.",
    ),
    "magic_ignore": (
        "If it was not you, do nothing: nothing has changed.",
        "Os nad chi oedd hyn, peidiwch â gwneud dim: nid oes dim wedi newid.",
    ),
    # Newsletter
    "read_web": ("Read this on our site", "Darllenwch hwn ar ein gwefan"),
    "body_english": ("", "Mae'r cylchlythyr hwn yn Saesneg."),
    "coming_out": ("What comes out next", "Beth fydd yn dod allan nesaf"),
    "coming_changes": ("What will change", "Beth fydd yn newid"),
    "recent": ("What came out lately", "Beth ddaeth allan yn ddiweddar"),
    "no_releases": ("No dates are announced yet.", "Nid oes dyddiadau wedi'u cyhoeddi eto."),
    "no_changes": ("No changes are announced.", "Nid oes newidiadau wedi'u cyhoeddi."),
    "no_recent": (
        "Nothing came out in the last three months.",
        "Ni ddaeth dim allan yn y tri mis diwethaf.",
    ),
    "confirmed": ("Confirmed", "Wedi'i gadarnhau"),
    "provisional": ("Provisional", "Dros dro"),
    "postponed_tbc": ("Postponed", "Wedi'i ohirio"),
    "events": ("Take part", "Cymryd rhan"),
    "event_between": ("From {first} to {last}", "O {first} i {last}"),
    "event_on": ("Begins {first}", "Yn dechrau: {first}"),
    "no_events": ("Nothing is planned now.", "Nid oes dim wedi'i gynllunio nawr."),
    "feedback": ("Tell us what you think:", "Dywedwch eich barn wrthym:"),
    "feedback_reply": (
        "Tell us what you think: reply to this email.",
        "Dywedwch eich barn wrthym: atebwch yr e-bost hwn.",
    ),
    **EVENTS,
    **INVITATIONS,
    **PEOPLE,
    **ANSWERS,
    **DIGEST,
    **ADDRESSES,
    **COMPLAINTS,
    **NOTICES,
    **WEEK,
    **CORRECTIONS,
}


def say(key: str, language: str, **values: object) -> str:
    """The phrase ``key`` in ``language`` (en or cy) with its values; KeyError if there is none."""
    english, welsh = PHRASES[key]
    return (welsh if language == "cy" else english).format(**values)
