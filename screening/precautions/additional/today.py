"""Additional groups A6, A9 and A11: medicines, an earlier bad reaction, eating before treatment."""

from collections.abc import Iterator

from screening.precautions.questions import YES, Text, YesNo, _, after
from screening.precautions.vocabulary import (
    BEYOND,
    Case,
    Origin,
    Outcome,
    Precaution,
    Requirement,
    Statement,
    Trigger,
)

ALL_MEDICINES = Text(
    code="all-medicines",
    group="A6",
    lines=4,
    text=_("Which medicines do you take?"),
    hint=_("All of them, from the doctor or from the shop. Copy the names from the boxes if you can."),
    child_hint=_("You may ask your parent or carer."),
    why=_("So that your clinician knows them. Keep taking them as usual."),
)
REACTED = YesNo(
    code="bad-reaction",
    group="A9",
    text=_("Have you ever had a bad reaction to dry needling or acupuncture?"),
    hint=_("For example you were very unwell, or had to see a doctor."),
    child=_("Did needles for sore muscles ever make you very ill?"),
    child_hint=_("For example you had to see a doctor."),
    why=_("We find out what happened before we decide together."),
)
REACTED_HOW = Text(
    code="bad-reaction-details",
    group="A9",
    lines=2,
    text=_("What happened, and when?"),
    follows=(after(REACTED),),
)
ATE = YesNo(
    code="eaten",
    group="A11",
    text=_("Have you eaten in the last two hours?"),
    why=_("On an empty stomach people faint more easily."),
    clear=(YES,),
)

REVIEW_FIRST = Statement(
    part="A9",
    says=_("After a bad reaction to needling it is not recommended until a clinician has looked into what happened."),
    outcome=Outcome.NOT_RECOMMENDED,
    requires=(Requirement.OVERRIDE,),
    overridable=True,
    origin=Origin.PRACTICE,
)
EAT_FIRST = Statement(
    part="A11",
    says=_("Who has not eaten in the last two hours is offered something before treatment."),
    outcome=Outcome.INFORMATIONAL,
    origin=Origin.PRACTICE,
)


def medicines(case: Case) -> Iterator[Trigger]:
    # A list to read: medicines that count have questions of their own.
    return iter(())


def bad_reaction(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(REACTED):
        yield REVIEW_FIRST.because(*reasons)


def eaten(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(ATE):
        yield EAT_FIRST.because(*reasons)


MEDICINES = Precaution(
    number=BEYOND + 6,
    code="all-medicines",
    title=_("All medicines"),
    questions=(ALL_MEDICINES,),
    each_visit=True,
    statements=(),
    rule=medicines,
    for_patient=_("Your clinician reads which medicines you take."),
    for_clinician=_("A list to read; it raises nothing by itself. Never advise stopping a medicine."),
)
BAD_REACTION = Precaution(
    number=BEYOND + 9,
    code="bad-reaction",
    title=_("Earlier bad reaction"),
    questions=(REACTED, REACTED_HOW),
    statements=(REVIEW_FIRST,),
    rule=bad_reaction,
    for_patient=_("You had a bad reaction before, or are not sure. We talk about it before we decide together."),
    for_clinician=_(
        "Find out what happened, how deep and where. Going on needs a reason that says why it is safe enough now."
    ),
)
EATEN = Precaution(
    number=BEYOND + 11,
    code="eaten",
    title=_("Eating before treatment"),
    questions=(ATE,),
    each_visit=True,
    statements=(EAT_FIRST,),
    rule=eaten,
    for_patient=_("We may offer you something to eat and drink first."),
    for_clinician=_("Offer something to eat and drink, and treat lying down."),
)
