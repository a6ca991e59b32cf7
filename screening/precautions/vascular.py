"""Precaution 14: vascular disease."""

from collections.abc import Iterator

from screening.precautions.questions import Text, Where, YesNo, _, after
from screening.precautions.vocabulary import Case, Origin, Outcome, Precaution, Requirement, Statement, Trigger

VARICOSE = YesNo(
    code="varicose-veins",
    text=_("Do you have varicose veins?"),
    hint=_("Swollen, twisted veins that you can see under the skin, often in the legs."),
    child=_("Do you have swollen, twisted veins that you can see under your skin?"),
    child_hint=_("They are called varicose veins. They are often in the legs."),
    why=_("Needles and ill blood vessels do not go well together. We talk about it with you."),
)
ARTERIES = YesNo(
    code="vessel-disease",
    text=_("Do you have blocked arteries or another illness of the blood vessels?"),
    hint=_("For example narrowed leg arteries, or an aneurysm."),
    child_hint=_("Blood vessels are the tubes that carry your blood."),
)
CLOT_NOW = YesNo(
    code="clot-now",
    text=_("Do you have a blood clot now, or one that is still being treated?"),
    hint=_("For example in a leg or in the lung."),
)
WHERE = Where(
    code="vessel-where",
    text=_("Where in your body is it?"),
    follows=(after(VARICOSE), after(ARTERIES), after(CLOT_NOW)),
)
CLOT_PAST = YesNo(
    code="clot-past",
    text=_("Have you had a blood clot in the past that has healed?"),
    why=_("Your clinician wants to know it before choosing where to work."),
)
CLOT_DETAILS = Text(code="clot-details", text=_("When was it, and where?"), follows=(after(CLOT_PAST),))

VASCULAR_DISEASE = Statement(
    part="14a",
    says=_("Dry needling should not be used when there is vascular disease, varicose veins included."),
    outcome=Outcome.CONTRAINDICATED,
    requires=(Requirement.OVERRIDE,),
    overridable=True,
)
PAST_CLOT = Statement(
    part="14+",
    says=_("A healed blood clot in the past is shown to the clinician."),
    outcome=Outcome.CAUTION,
    requires=(Requirement.MEASURES,),
    origin=Origin.PRACTICE,
)


def rule(case: Case) -> Iterator[Trigger]:
    # The source sets no limit of place: veins in a leg count for a treatment of the neck. The place serves the reason of an override.
    if reasons := case.unclear(VARICOSE, ARTERIES, CLOT_NOW):
        yield VASCULAR_DISEASE.because(*reasons, case.reason(WHERE))
    if reasons := case.unclear(CLOT_PAST):
        yield PAST_CLOT.because(*reasons)


VASCULAR = Precaution(
    number=14,
    code="vascular",
    title=_("Veins and arteries"),
    questions=(VARICOSE, ARTERIES, CLOT_NOW, WHERE, CLOT_PAST, CLOT_DETAILS),
    statements=(VASCULAR_DISEASE, PAST_CLOT),
    rule=rule,
    for_patient=_(
        "You told us about your blood vessels. We will talk with you about whether dry needling is right for you."
    ),
    for_clinician=_(
        "The source rules dry needling out in the presence of vascular disease, wherever it is. Going on needs a reason that names type and site."
    ),
    measures=(
        "Clot healed long ago and no longer treated",
        "Away from the leg concerned",
        "Told to watch for swelling, heat or pain in the calf",
    ),
)
