"""The frame's words around what a notice says of its scope, its causes and its alternatives.

As in ``phrases``: the Welsh waits for a speaker's review.
"""

from __future__ import annotations

NOTICES: dict[str, tuple[str, str]] = {
    "stage_correction": ("Correction", "Cywiriad"),
    "corrected": ("Corrected", "Cywirwyd"),
    "what_corrected": ("What is corrected", "Beth sy'n cael ei gywiro"),
    "stage_last_edition": ("The last edition before the change", "Y rhifyn olaf cyn y newid"),
    "stage_open": ("Open for comment", "Ar agor i sylwadau"),
    "event_split": (
        "A part of this change is now a notice of its own:",
        "Mae rhan o'r newid hwn bellach yn hysbysiad ar wahân:",
    ),
    "with_data": ("{day}, with data for {period}", "{day}, gyda data ar gyfer: {period}"),
    "unconsulted": ("No consultation was held", "Ni chynhaliwyd ymgynghoriad"),
    "in_short": ("In short", "Yn gryno"),
    "driver": ("What led to it", "Beth arweiniodd ato"),
    "instead": ("What to use instead", "Beth i'w ddefnyddio yn lle hynny"),
    "scope": ("What it covers", "Beth mae'n ei gynnwys"),
    "geographies": ("Places", "Lleoedd"),
    "breakdowns": ("Breakdowns", "Dadansoddiadau"),
    "datasets": ("Datasets", "Setiau data"),
    "reference_from": ("Data from", "Data o"),
    "history_from": ("Earlier data revised from", "Diwygir data cynharach o"),
    "user_types": ("For", "Ar gyfer"),
}
