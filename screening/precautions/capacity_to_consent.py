"""Precaution 5: capacity to consent today."""

from collections.abc import Iterator

from screening.precautions.questions import YES, Asked, YesNo, _
from screening.precautions.vocabulary import Case, Outcome, Precaution, Requirement, Statement, Trigger

ABLE_TODAY = YesNo(
    code="able-today",
    text=_("Do you feel able to make your own decisions today?"),
    hint=_("Strong pain medicine, alcohol, little sleep or being very upset can make this hard."),
    child=_("Do you feel well enough to decide about this today?"),
    child_hint=_("It is hard to decide when you are very tired, very upset, or have had strong medicine."),
    why=_("You can only agree to a treatment when you feel clear enough to decide."),
    clear=(YES,),
)
CAN_DECIDE = YesNo(
    code="can-decide", text=_("Can the patient decide about this treatment now?"), asked=Asked.CLINICIAN, clear=(YES,)
)

MUST_CONSENT = Statement(
    part="5a",
    says=_("The patient must be able to give consent to the treatment."),
    outcome=Outcome.CONSENT_STEP,
    requires=(Requirement.CAPACITY_OR_REPRESENTATIVE,),
)


def rule(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(ABLE_TODAY, CAN_DECIDE):
        yield MUST_CONSENT.because(*reasons)


CAPACITY_TO_CONSENT = Precaution(
    number=5,
    code="capacity-to-consent",
    title=_("Being able to decide"),
    questions=(ABLE_TODAY, CAN_DECIDE),
    each_visit=True,
    statements=(MUST_CONSENT,),
    rule=rule,
    for_patient=_("We will check together that today is a good day for you to decide."),
    for_clinician=_(
        "Confirm that the patient can decide now, by teach-back. Otherwise a representative with authority consents, or treatment waits."
    ),
)
