"""Who must sign a consent before it can be sealed, from the rows of the visit."""

from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from consent.models import SignerRole
from screening.models import Screening
from screening.precautions.age_and_willingness import RELATIONSHIP
from screening.standing import Standings

PRESENT = "interpreter_present"


@dataclass(frozen=True)
class Signer:
    """One required signature: the role, the printed name, and by what standing the person signs."""

    role: str
    name: str
    standing: str = ""

    @property
    def label(self) -> str:
        return str(SignerRole(self.role).label)

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def is_minor(screening: Screening) -> bool:
    """Below majority there is always finding 4b or 4c: the age line."""
    return any(finding.part in {"4b", "4c"} for finding in screening.findings.all())


def lacks_capacity(screening: Screening) -> bool:
    return any(finding.part in {"2a", "5a"} for finding in screening.findings.all())


def split_relationship(text: str) -> tuple[str, str]:
    """Name and standing from "mother, Ann Keogh"; the whole text as standing where there is no comma."""
    standing, comma, name = text.partition(",")
    return (name.strip(), standing.strip()) if comma else ("", text.strip())


def signers(screening: Screening, stands: Standings) -> list[Signer]:
    """Everybody who signs, in order, the clinician last."""
    visit = screening.visit
    patient = Signer(SignerRole.PATIENT, visit.patient.name)
    found: list[Signer] = []
    if is_minor(screening):
        name, relationship = split_relationship(str(screening.replies.get(RELATIONSHIP.code, "")))
        found += [patient, Signer(SignerRole.GUARDIAN, name or _("Parent or guardian"), relationship)]
    elif not lacks_capacity(screening):
        found.append(patient)
    if lacks_capacity(screening) and stands.representative:
        details = stands.representative.details
        found.append(Signer(SignerRole.REPRESENTATIVE, details["name"], details["authority"]))
    if stands.communication and stands.communication.details.get("mode") == PRESENT:
        details = stands.communication.details
        found.append(Signer(SignerRole.INTERPRETER, details["name"], details["language"]))
    decided_by = screening.review.by
    found.append(Signer(SignerRole.CLINICIAN, decided_by.printed_name, decided_by.title))
    return found
