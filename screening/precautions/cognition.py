"""Precaution 2: cognitive impairment."""

from collections.abc import Iterator

from screening.precautions.questions import YES, Asked, Text, YesNo, _, after
from screening.precautions.vocabulary import Case, Outcome, Precaution, Requirement, Statement, Trigger

TROUBLE = YesNo(
    code="memory-trouble",
    text=_("Do you have trouble with memory, learning or understanding?"),
    hint=_("For example after a stroke, or with dementia or a learning disability."),
    child=_("Is it hard for you to remember, to learn or to understand things?"),
    child_hint=_("For example at school, or when somebody explains something new."),
    why=_("We want to explain the treatment in a way that works for you."),
)
HELPER = Text(
    code="health-helper",
    text=_("Who helps you with choices about your health?"),
    hint=_("For example your partner, a daughter or a carer."),
    child_hint=_("For example your mother, your father or a carer."),
    follows=(after(TROUBLE),),
)


def _checked(code: str, text: str) -> YesNo:
    return YesNo(code=code, text=text, asked=Asked.CLINICIAN, follows=(after(TROUBLE),), clear=(YES,))


TEACH_BACK = _checked("cognition-teach-back", _("Does the patient say back, in their own words, what will happen?"))
UNDERSTANDS = _checked("cognition-understands", _("Does the patient understand the information?"))
RETAINS = _checked("cognition-retains", _("Does the patient remember it long enough to decide?"))
WEIGHS = _checked("cognition-weighs", _("Does the patient weigh it up to decide?"))
COMMUNICATES = _checked("cognition-communicates", _("Does the patient tell us the decision, in any way?"))
SHOWN = (TEACH_BACK, UNDERSTANDS, RETAINS, WEIGHS, COMMUNICATES)

MAY_NOT_UNDERSTAND = Statement(
    part="2a",
    says=_(
        "A person with a significant cognitive impairment may find it hard to understand what the treatment involves."
    ),
    outcome=Outcome.CONSENT_STEP,
    requires=(Requirement.CAPACITY_OR_REPRESENTATIVE,),
)


def rule(case: Case) -> Iterator[Trigger]:
    # A diagnosis alone, with understanding shown, raises nothing.
    if (trouble := case.unclear(TROUBLE)) and (not_shown := case.unclear(*SHOWN)):
        yield MAY_NOT_UNDERSTAND.because(*trouble, *not_shown)


COGNITION = Precaution(
    number=2,
    code="cognition",
    title=_("Memory and understanding"),
    questions=(TROUBLE, HELPER, *SHOWN),
    statements=(MAY_NOT_UNDERSTAND,),
    rule=rule,
    for_patient=_("We will take time to explain, and check together that it is clear to you."),
    for_clinician=_(
        "Check understanding with support and teach-back. A representative with authority releases treatment where it is not shown."
    ),
)
