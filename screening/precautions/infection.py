"""Precaution 7: local or systemic infection."""

from collections.abc import Iterator

from screening.precautions.questions import YES, Text, Where, YesNo, _, after
from screening.precautions.vocabulary import Case, Outcome, Precaution, Requirement, Statement, Trigger

ILL_TODAY = YesNo(
    code="ill-today",
    text=_("Do you have a fever, a cold, a cough, flu, a sore throat or a stomach bug today?"),
    hint=_("A common cold counts."),
    why=_("While your body fights an infection, it is better to wait with needles."),
)
INFECTED = YesNo(
    code="infection",
    text=_("Do you have an infection anywhere in or on your body now?"),
    hint=_("For example of the skin, a tooth, the bladder or the blood."),
    child_hint=_("For example of the skin, a tooth or an ear, or when it burns to pee."),
    why=_("Germs in one place can travel. Most often it is better to wait until you are well."),
)
INFECTED_WHERE = Where(code="infection-where", text=_("Where is the infection?"), follows=(after(INFECTED),))
ANTIBIOTICS = YesNo(
    code="antibiotics",
    text=_("Are you taking antibiotics now?"),
    hint=_("Also those you are nearly finished with."),
    child_hint=_("Antibiotics are medicine against germs. Those you are nearly finished with count too."),
)
DETAILS = Text(
    code="infection-details",
    lines=2,
    text=_("What is it, and since when?"),
    hint=_("Tell us your temperature too, if you measured it."),
    follows=(after(ILL_TODAY), after(INFECTED), after(ANTIBIOTICS)),
)
ILL_LATELY = YesNo(
    code="infection-lately",
    text=_("Did you have an infection or a cold in the last two weeks?"),
    why=_("If it has gone completely, that is fine. We only want to be sure."),
)
GONE = YesNo(
    code="infection-gone",
    text=_("Has it gone completely?"),
    hint=_("You feel well again and take no medicine for it."),
    follows=(after(ILL_LATELY),),
    clear=(YES,),
)

INFECTION_PRESENT = Statement(
    part="7a",
    says=_("An infection, in one place or in the whole body, generally rules dry needling out."),
    outcome=Outcome.CONTRAINDICATED,
    requires=(Requirement.OVERRIDE,),
    overridable=True,
)


def rule(case: Case) -> Iterator[Trigger]:
    # An illness that has gone completely raises nothing, so the question about lately counts only through GONE.
    if reasons := case.unclear(ILL_TODAY, INFECTED, ANTIBIOTICS, GONE):
        yield INFECTION_PRESENT.because(*reasons)


INFECTION = Precaution(
    number=7,
    code="infection",
    title=_("Infection"),
    questions=(ILL_TODAY, INFECTED, INFECTED_WHERE, ANTIBIOTICS, DETAILS, ILL_LATELY, GONE),
    each_visit=True,
    statements=(INFECTION_PRESENT,),
    rule=rule,
    for_patient=_(
        "You told us about an infection or a recent illness. We will talk about whether it is better to wait."
    ),
    for_clinician=_(
        "Postpone until it has gone completely. Record which infection and the temperature; going on needs a reason."
    ),
)
