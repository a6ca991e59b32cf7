"""Precaution 12: compromised immune system."""

from collections.abc import Iterator

from screening.precautions.questions import Text, YesNo, _, after
from screening.precautions.vocabulary import Case, Outcome, Precaution, Requirement, Statement, Trigger

WEAK = YesNo(
    code="immune-weak",
    text=_("Is your body less able to fight infections?"),
    hint=_(
        "For example with HIV, chemotherapy, a transplant, no spleen, or steroids and other medicines that calm the immune system."
    ),
    child=_("Is it harder for your body to fight germs than for other children?"),
    child_hint=_("For example with a treatment for cancer, a transplant, no spleen, HIV, or a medicine such as steroids."),
    why=_("We clean your skin with extra care, and tell you what to watch for."),
)
LOW_WHITE_CELLS = YesNo(
    code="low-white-cells",
    text=_("Has a doctor told you that your white blood cells are low?"),
    hint=_("White blood cells fight germs."),
)
DETAILS = Text(
    code="immune-details",
    lines=2,
    text=_("What is the cause, and since when?"),
    follows=(after(WEAK), after(LOW_WHITE_CELLS)),
)

MORE_SUSCEPTIBLE = Statement(
    part="12a",
    says=_(
        "People with a weakened immune system may get infections more easily, though no higher risk from dry needling is documented."
    ),
    outcome=Outcome.CAUTION,
    requires=(Requirement.MEASURES,),
)
STRICT = MORE_SUSCEPTIBLE.stricter(Outcome.NOT_RECOMMENDED, Requirement.OVERRIDE, overridable=True)


def rule(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(WEAK, LOW_WHITE_CELLS):
        yield MORE_SUSCEPTIBLE.because(*reasons)


def stricter(case: Case) -> Iterator[Trigger]:
    if case.policy.advise_against_low_white_cells and (reasons := case.unclear(LOW_WHITE_CELLS)):
        yield STRICT.because(*reasons)


IMMUNITY = Precaution(
    number=12,
    code="immunity",
    title=_("Immune system"),
    questions=(WEAK, LOW_WHITE_CELLS, DETAILS),
    each_visit=True,
    statements=(MORE_SUSCEPTIBLE,),
    rule=rule,
    stricter=stricter,
    for_patient=_(
        "Your body may fight germs less well. We will clean the skin with extra care and tell you what to watch for."
    ),
    for_clinician=_("Record the cause and the skin preparation, and tell the patient the signs of infection."),
    measures=(
        "Skin disinfected and left to dry before each needle",
        "Told the signs of infection and whom to call",
        "Fewer needles, none near the joint",
    ),
)
