"""Precaution 1: needle aversion."""

from collections.abc import Iterator

from screening.precautions.questions import NO, UNSURE, Choice, Option, YesNo, _, after
from screening.precautions.vocabulary import Case, Outcome, Precaution, Requirement, Statement, Trigger

FEAR = Choice(
    code="needle-fear",
    text=_("Are you afraid of needles?"),
    hint=_("Dry needling uses thin needles. There is nothing inside them: no injection."),
    why=_("Many people are. If we know, we can explain more, go slowly, and let you lie down."),
    options=(
        Option(NO, _("No")),
        Option("little", _("A little")),
        Option("lot", _("A lot")),
        Option(UNSURE, _("I am not sure")),
    ),
    clear=(NO,),
)
FAINTED = YesNo(
    code="needle-faint",
    text=_("Have you ever fainted or felt ill because of a needle?"),
    hint=_("For example at a blood test or a vaccination."),
    why=_("If it happened before, we let you lie down and go slowly."),
)
WANTS_EXPLANATION = YesNo(
    code="needle-explain",
    text=_("Would you like us to explain more before you decide?"),
    hint=_("We explain it in a talk, and you can ask anything."),
)
WANTS_TO_TRY = YesNo(
    code="needle-try",
    text=_("After what you have read here, would you like to try dry needling?"),
    hint=_("You can change your mind at any time."),
    each_visit=True,
    follows=(after(FEAR), after(FAINTED), after(WANTS_EXPLANATION)),
    clear=("yes",),
)

EXPLAIN_FIRST = Statement(
    part="1a",
    says=_(
        "A person who is afraid of needles may not want the treatment; after a good explanation they may still choose it."
    ),
    outcome=Outcome.EDUCATE,
    requires=(Requirement.EDUCATION,),
)
STRICT_FEAR = EXPLAIN_FIRST.stricter(Outcome.NOT_RECOMMENDED, Requirement.OVERRIDE, overridable=True)


def rule(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(FEAR, FAINTED, WANTS_EXPLANATION):
        yield EXPLAIN_FIRST.because(*reasons, *case.unclear(WANTS_TO_TRY))


def stricter(case: Case) -> Iterator[Trigger]:
    if case.policy.advise_against_strong_fear and case[FEAR] in {"lot", UNSURE}:
        yield STRICT_FEAR.because(case.reason(FEAR))


NEEDLE_AVERSION = Precaution(
    number=1,
    code="needle-aversion",
    title=_("Needle aversion"),
    questions=(FEAR, FAINTED, WANTS_EXPLANATION, WANTS_TO_TRY),
    statements=(EXPLAIN_FIRST,),
    rule=rule,
    stricter=stricter,
    for_patient=_(
        "You told us about needles. We will explain each step first. It is your choice, and you can stop at any time."
    ),
    for_clinician=_(
        "Explain, then let the patient choose. Record any fainting, offer lying down for the first treatment, and agree a stop signal."
    ),
    measures=(
        "Explained what happens and what it feels like; the patient asked and still wants it",
        "Lying down for the first treatment",
        "Stop signal agreed",
        "One needle first, then ask again",
    ),
)
