"""The versions of questions and rules: when, under which digest, and what changed. Plain Python."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Version:
    """`digest` is that over all that is asked; `rules` the version of what is made of the answers."""

    questions: str
    rules: str
    day: datetime.date
    digest: str
    changes: tuple[str, ...]


VERSIONS = (
    Version(
        "2026.3",
        "2026.3",
        datetime.date(2026, 11, 25),
        "ea550541fb9f014d4dafac3fc69a66825c940cb963fd05ecf5cb191dd1bab2ca",
        (
            "Eleven additional groups, A1 to A11, each asked only where a clinic switches it on.",
            "Questions and findings of the fifteen are as before.",
        ),
    ),
    Version(
        "2026.2",
        "2026.1",
        datetime.date(2026, 11, 25),
        "0b75602e287e14fa441ad5e2201bfa8969ce8e980faecd76bff0febe1f794d0b",
        (
            "Words for children where the others are hard; a part for the guardian.",
            "Illness, skin, pregnancy, medicines, willingness and capacity are asked anew at every visit.",
        ),
    ),
    Version(
        "2026.1",
        "2026.1",
        datetime.date(2026, 11, 24),
        "77c2eb1cdcc31599baa5718bca0bd73b9c3368c3f90b05af7095abab8338e228",
        ("The fifteen precautions, first version.",),
    ),
)
