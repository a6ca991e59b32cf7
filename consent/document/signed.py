"""The signatures of a record, and those who did not agree."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from clinic.languages import ORIGINAL, status_words
from consent.document.told import Asked, asked
from consent.document.words import Clock, direction_of
from consent.models import Ceremony, Signature, SignerRole
from consent.wording import words_in

STANDINGS = {
    SignerRole.GUARDIAN: lazy("Relationship"),
    SignerRole.REPRESENTATIVE: lazy("Authority"),
    SignerRole.INTERPRETER: lazy("Language"),
    SignerRole.CLINICIAN: lazy("Profession"),
}
type_of_strokes = Sequence[Sequence[Sequence[float]]]


@dataclass(frozen=True)
class Signed:
    """One signature as printed: `path` when it was drawn, `typed` when it was typed.

    `meaning` is what stood above the pad; `original` the same in the clinic's language, where it was another.
    """

    role: str
    name: str
    standing_label: str
    standing: str
    meaning: str
    language: str
    direction: str
    status: str
    original: str
    path: str
    typed: str
    when: str


@dataclass(frozen=True)
class Shown:
    """A consent that was shown and not completed: who signed it, who did not agree and in which words."""

    opened: str
    opened_by: str
    wording: str
    digest: str
    signed: tuple[Signed, ...]
    refused_role: str
    refused_name: str
    refused_when: str
    words: str
    asked: tuple[Asked, ...]


def signature_path(strokes: type_of_strokes) -> str:
    """One SVG path for all strokes, curved through the middles as the pad draws them; a dot stays a dot."""
    return "".join(stroke_path(stroke) for stroke in strokes if stroke)


def stroke_path(stroke: Sequence[Sequence[float]]) -> str:
    start = f"M{number(stroke[0][0])} {number(stroke[0][1])}"
    if len(stroke) == 1:
        return f"{start}h.1"
    curves = [
        f"Q{number(x1)} {number(y1)} {number((x1 + x2) / 2)} {number((y1 + y2) / 2)}"
        for (x1, y1), (x2, y2) in itertools.pairwise(stroke)
    ]
    return f"{start}{''.join(curves)}L{number(stroke[-1][0])} {number(stroke[-1][1])}"


def number(value: float) -> str:
    """At most one decimal; anything but a number is an error, so nothing else can get into the path."""
    return f"{float(value):.1f}".removesuffix(".0")


def signed(row: Signature, clock: Clock) -> Signed:
    role, shown = SignerRole(row.role), row.ceremony.shown
    original = words_in(shown, ORIGINAL)["meanings"].get(row.role, "") if row.language != ORIGINAL else ""
    return Signed(
        role=str(role.label), name=row.name, standing_label=str(STANDINGS.get(role, "")), standing=row.standing,
        meaning=row.meaning, language=row.language, direction=direction_of(row.language),
        status=status_words(row.language, words_in(shown, row.language)["checked"]), original=original,
        path=signature_path(row.strokes or []), typed=row.typed, when=clock.moment(row.created_at),
    )  # fmt: skip


def in_order(rows: Sequence[Signature], clock: Clock) -> tuple[Signed, ...]:
    """As they were given, the clinician's last."""
    ordered = sorted(rows, key=lambda row: (row.role == SignerRole.CLINICIAN, row.created_at))
    return tuple(signed(row, clock) for row in ordered)


def uncompleted(visit: Any, ceremony: Ceremony | None, clock: Clock) -> tuple[Shown, ...]:
    """Every other consent that was shown in this visit, in order."""
    rows = visit.ceremonies.select_related("opened_by", "refusal").prefetch_related("signatures", "comprehension")
    rows = rows.order_by("created_at")
    return tuple(shown(row, clock) for row in rows if ceremony is None or row.pk != ceremony.pk)


def shown(row: Ceremony, clock: Clock) -> Shown:
    refusal = getattr(row, "refusal", None)
    names = {signer["role"]: signer["name"] for signer in row.roles}
    return Shown(
        opened=clock.time(row.created_at), opened_by=row.opened_by.printed_name,
        wording=row.wording_version, digest=row.shown_digest,
        signed=in_order(list(row.signatures.all()), clock),
        refused_role=str(SignerRole(refusal.role).label) if refusal else "",
        refused_name=names.get(refusal.role, "") if refusal else "",
        refused_when=clock.moment(refusal.created_at) if refusal else "",
        words=refusal.words if refusal else "", asked=asked(row, clock),
    )  # fmt: skip
