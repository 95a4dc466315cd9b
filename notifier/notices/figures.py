"""Numbers that look like results: a notice before its release must not tell any. Pure.

The Code asks for equality of access: before the release nobody outside is told a figure of it. How
big the effect of a new method is may be said, and is said under the size of the change.
"""

from __future__ import annotations

import re

# A number that counts or measures: 4.2%, £3.1 billion, 12,400 tonnes; no year, no code.
_NUMBER = (
    r"(?:£\s?\d[\d,.]*(?:\s?(?:million|billion|m|bn|k)\b)?"
    r"|\d[\d,.]*\s?(?:%|per cent\b|percentage points?\b|million\b|billion\b|thousand\b"
    r"|tonnes?\b|kilotonnes?\b|kt\b|hectares?\b|litres?\b|Ml\b)"
    r"|\d{1,3}(?:,\d{3})+)"
)
# What somebody says of a result: in the past, or as a comparison.
_RESULT = (
    r"\b(?:rose|fell|grew|dropped|declined|increased|decreased|reached|totalled|averaged|stood at"
    r"|was|were|has risen|have risen|has fallen|have fallen|up|down|higher than|lower than"
    r"|compared with|of which)\b"
)
# Words of what is to come, or of the method: no result of a release.
_AHEAD = re.compile(
    r"\b(?:will|would|expect(?:ed)?|estimat(?:e|es|ed)|plan(?:s|ned)?|aims?|(?-i:may)|could|might"
    r"|revis(?:e|ed|ion|ions)|method|sample|panel|threshold|respond(?:ed|ents)|weights?)\b",
    re.I,
)
_EITHER = re.compile(rf"{_RESULT}[^.!?]{{0,60}}?{_NUMBER}|{_NUMBER}[^.!?]{{0,40}}?{_RESULT}", re.I)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\d)[^.!?\n]+)*[.!?]?")
LONGEST = 20_000


def results(text: str) -> list[str]:
    """The sentences that seem to tell a result."""
    found = []
    for sentence in _SENTENCE.findall(text[:LONGEST]):
        if len(sentence) <= 600 and _EITHER.search(sentence) and not _AHEAD.search(sentence):
            found.append(" ".join(sentence.split()))
    return found
