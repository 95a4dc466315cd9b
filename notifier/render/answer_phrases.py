"""The frame's words about consultations: the mail that confirms an answer, a newsletter's block.

As in ``phrases``: the Welsh waits for a speaker's review.
"""

from __future__ import annotations

ANSWERS: dict[str, tuple[str, str]] = {
    "answer_subject": ("Confirm your answer", "Cadarnhewch eich ateb"),
    "answer_title": ("Confirm your answer", "Cadarnhewch eich ateb"),
    "answer_given": (
        "Somebody, we hope you, gave this address with an answer to our consultation:",
        "Mae rhywun, chi gobeithio, wedi rhoi'r cyfeiriad hwn gydag ateb i'n hymgynghoriad:",
    ),
    "answer_do": (
        "Open the page below and press the button there. The answer counts only after that.",
        "Agorwch y dudalen isod a phwyswch y botwm yno. Ni chaiff yr ateb ei gyfrif cyn hynny.",
    ),
    "answer_button": ("Confirm my answer", "Cadarnhau fy ateb"),
    "answer_only": (
        "It does not sign you up for anything.",
        "Nid yw'n eich cofrestru ar gyfer dim.",
    ),
    "answer_ignore": (
        "If it was not you, do nothing. We delete the answer after 7 days.",
        "Os nad chi oedd hyn, peidiwch â gwneud dim. Byddwn yn dileu'r ateb ar ôl 7 diwrnod.",
    ),
    "asked": ("We ask for your views", "Rydym yn gofyn am eich barn"),
    "asked_until": ("Open until {day}", "Ar agor tan: {day}"),
    # Of a consultation by itself the last message is our response
    "stage_response": ("Our response", "Ein hymateb"),
    "event_response": (
        "This is what was said, and what we do about it.",
        "Dyma'r hyn a ddywedwyd, a'r hyn a wnawn yn ei gylch.",
    ),
}
