"""Phrases of the invitation, and of the welcome to who was brought, in English and Welsh.

Welsh: for review by a speaker.
"""

from __future__ import annotations

INVITATIONS = {
    "invitation_subject": (
        "An invitation to get updates: {team}",
        "Gwahoddiad i gael diweddariadau: {team}",
    ),
    "invitation_title": (
        "Would you like to hear about changes before they happen?",
        "Hoffech chi glywed am newidiadau cyn iddynt ddigwydd?",
    ),
    "invitation_who": (
        "{team} at {organisation} invites you to get emails about:",
        "Mae {team} yn {organisation} yn eich gwahodd i gael e-byst am y canlynol:",
    ),
    "invitation_what": (
        "You would be told before a method, a source or a date changes, and when new figures are "
        "out. You choose how often, and can stop at any time.",
        "Byddech yn cael gwybod cyn i ddull, ffynhonnell neu ddyddiad newid, a phan fydd ffigurau "
        "newydd ar gael. Chi sy'n dewis pa mor aml, a gallwch roi'r gorau iddi ar unrhyw adeg.",
    ),
    "invitation_button": ("Yes, send me updates", "Ie, anfonwch ddiweddariadau ataf"),
    "invitation_ignore": (
        "If you do nothing you hear no more of this: there is no reminder, and your address is "
        "deleted when the link stops working.",
        "Os na wnewch chi ddim, ni fyddwch yn clywed rhagor am hyn: ni fydd nodyn atgoffa, a "
        "chaiff eich cyfeiriad ei ddileu pan fydd y ddolen yn peidio â gweithio.",
    ),
    "invitation_privacy": (
        "What we do with your address, and your rights",
        "Beth a wnawn â'ch cyfeiriad, a'ch hawliau",
    ),
    "invitation_ask": ("Questions? Reply to this email.", "Cwestiynau? Atebwch yr e-bost hwn."),
    "brought_source": (
        "They have your address from this source: {source}.",
        "Daeth eich cyfeiriad o'r ffynhonnell hon: {source}.",
    ),
    "brought_title": ("Why you get this", "Pam rydych yn cael hwn"),
    "brought_task": (
        "{team} added you to this list as part of its public task: {note}",
        "Ychwanegodd {team} chi at y rhestr hon fel rhan o'i dasg gyhoeddus: {note}",
    ),
    "brought_leave": (
        "You did not have to agree to this, and you may object: the unsubscribe link below stops "
        "these emails at once.",
        "Nid oedd angen eich cytundeb ar gyfer hyn, a chewch wrthwynebu: mae'r ddolen "
        "dad-danysgrifio isod yn atal yr e-byst hyn ar unwaith.",
    ),
}
