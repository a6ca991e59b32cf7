"""Who must sign a consent before it can be sealed, from the rows of the visit."""

from dataclasses import asdict, dataclass

from consent.models import SignerRole
from screening.models import Screening
from screening.precautions.age_and_willingness import GUARDIAN_NAME, RELATIONSHIP
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


def signers(screening: Screening, stands: Standings) -> list[Signer]:
    """Everybody who signs, in order, the clinician last."""
    visit = screening.visit
    patient = Signer(SignerRole.PATIENT, visit.patient.name)
    found: list[Signer] = []
    if is_minor(screening):
        guardian = [str(screening.replies[question.code]) for question in (GUARDIAN_NAME, RELATIONSHIP)]
        found += [patient, Signer(SignerRole.GUARDIAN, *guardian)]
    elif not lacks_capacity(screening):
        found.append(patient)
    if lacks_capacity(screening) and stands.representative:
        details = stands.representative.details
        if details.get("patient_signs") and patient not in found:
            found.append(patient)
        found.append(Signer(SignerRole.REPRESENTATIVE, details["name"], details["authority"]))
    if stands.communication and stands.communication.details.get("mode") == PRESENT:
        details = stands.communication.details
        found.append(Signer(SignerRole.INTERPRETER, details["name"], details["language"]))
    decided_by = screening.review.by
    found.append(Signer(SignerRole.CLINICIAN, decided_by.printed_name, decided_by.title))
    return found
