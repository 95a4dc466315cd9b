"""Whatever is killed, full, locked or away: everybody gets it, and who gets it twice is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Databases
from tests.faults.every import Fault, short
from tests.faults.ground import ground

CASES = [
    pytest.param(kind, fault, id=f"{fault.name}-{kind}")
    for fault in short()
    for kind in fault.kinds
]


@pytest.mark.parametrize(("kind", "fault"), CASES)
def test_nobody_is_lost(kind: str, fault: Fault, databases: Databases, tmp_path: Path) -> None:
    with ground(databases, kind, fault.people, tmp_path) as made:
        verdict = fault.run(made, 1)
    print(verdict)
    assert verdict.good, str(verdict)
