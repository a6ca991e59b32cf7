"""Precaution 4: willingness, younger patients, and the consent of child and guardian."""

from collections.abc import Iterator
from dataclasses import replace

from screening.precautions.questions import NO, YES, Asked, Message, Text, YesNo, _
from screening.precautions.vocabulary import Case, Origin, Outcome, Precaution, Reason, Requirement, Statement, Trigger

SOURCE_MINIMUM_AGE = 12

WANTS_TREATMENT = YesNo(
    code="wants-treatment",
    text=_("Do you want to have dry needling today?"),
    hint=_("It is your choice. If you say no, we will talk about other ways to help you."),
    child_hint=_("You may say no. Nobody will be cross with you, and we will find another way to help."),
    why=_("Nobody is treated who does not want it."),
    clear=(YES,),
)
CHILD_EXPLAINS = YesNo(
    code="child-explains",
    text=_("Does the child say, in their own words, what will happen?"),
    asked=Asked.CLINICIAN,
    minors_only=True,
    clear=(YES,),
)
GUARDIAN_AGREES = YesNo(
    code="guardian-agrees",
    text=_("Parent or guardian: do you agree that this child has dry needling today?"),
    hint=_("You will read about the risks, and sign, after the clinician has talked with you both."),
    asked=Asked.GUARDIAN,
    minors_only=True,
    clear=(YES,),
)
GUARDIAN_NAME = Text(
    code="guardian-name",
    text=_("What is your full name?"),
    hint=_("The name of the parent or guardian."),
    asked=Asked.GUARDIAN,
    minors_only=True,
    needed=True,
)
RELATIONSHIP = Text(
    code="guardian-relationship",
    text=_("What is your relationship to the child?"),
    hint=_("For example: mother, father or legal guardian."),
    asked=Asked.GUARDIAN,
    minors_only=True,
    needed=True,
)

REFUSAL = Statement(
    part="4a",
    says=_("A person may not be willing to have dry needling."),
    outcome=Outcome.CONSENT_STEP,
    requires=(Requirement.WILLINGNESS,),
)
YOUNGER = Statement(
    part="4b",
    says=_("Younger patients are treated with caution."),
    outcome=Outcome.CAUTION,
    requires=(Requirement.MEASURES,),
)
UNDER_TWELVE = Statement(
    part="4c",
    says=_("Dry needling is not recommended for children younger than 12 years."),
    outcome=Outcome.NOT_RECOMMENDED,
    requires=(Requirement.OVERRIDE,),
    overridable=True,
)
UNDER_CLINIC_AGE = replace(UNDER_TWELVE, origin=Origin.POLICY)
BOTH_CONSENT = Statement(
    part="4d",
    says=_(
        "A child is treated only when the parent and the child both consent and the child understands what is done."
    ),
    outcome=Outcome.CONSENT_STEP,
    requires=(Requirement.CHILD_AND_GUARDIAN,),
)


def rule(case: Case) -> Iterator[Trigger]:
    if unwilling := case.unclear(WANTS_TREATMENT):
        yield REFUSAL.because(*unwilling, declines=case[WANTS_TREATMENT] == NO)
    age = Reason(Message(_("The patient is %(age)s years old today."), {"age": case.age}))
    if case.age < case.policy.minimum_age:
        yield (UNDER_TWELVE if case.age < SOURCE_MINIMUM_AGE else UNDER_CLINIC_AGE).because(age)
    elif case.is_minor:
        yield YOUNGER.because(age)
    if case.is_minor and (missing := case.unclear(WANTS_TREATMENT, CHILD_EXPLAINS, GUARDIAN_AGREES)):
        yield BOTH_CONSENT.because(age, *missing)


AGE_AND_WILLINGNESS = Precaution(
    number=4,
    code="age-and-willingness",
    title=_("Age and willingness"),
    questions=(WANTS_TREATMENT, CHILD_EXPLAINS, GUARDIAN_AGREES, GUARDIAN_NAME, RELATIONSHIP),
    each_visit=True,
    statements=(REFUSAL, YOUNGER, UNDER_TWELVE, BOTH_CONSENT),
    rule=rule,
    for_patient=_(
        "The choice is yours. For someone under age, the parent or guardian and the young person both need to agree."
    ),
    for_clinician=_(
        "Nobody is treated against their will. Below majority the child and the guardian both agree and sign, and the child can say what will happen."
    ),
    measures=(
        "Short session, few and superficial needles",
        "Parent or guardian stays in the room",
        "Child shown the needle first; stop signal agreed",
    ),
)
