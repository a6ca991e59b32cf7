"""Precaution 8: local lymphedema."""

from collections.abc import Iterator

from screening.precautions.questions import Where, YesNo, _, after
from screening.precautions.vocabulary import Case, Origin, Outcome, Precaution, Requirement, Scope, Statement, Trigger

LYMPHEDEMA = YesNo(
    code="lymphedema",
    text=_("Has a doctor told you that you have lymphedema?"),
    hint=_("Lymphedema is swelling, often of an arm or leg, because fluid does not drain away well."),
    why=_("We look at the swelling first, and tell you what is known about it."),
)
NODES_REMOVED = YesNo(
    code="lymph-nodes",
    text=_("Have you had lymph nodes removed?"),
    hint=_("For example in the armpit, as part of breast cancer treatment."),
    child=_("Have you had an operation that took out lymph nodes?"),
    child_hint=_("Lymph nodes are small lumps that fight germs, for example in your neck or armpit."),
)
WHERE = Where(
    code="lymphedema-where",
    text=_("Which parts of your body does it affect?"),
    follows=(after(LYMPHEDEMA), after(NODES_REMOVED)),
)
SWELLING = YesNo(
    code="swelling",
    text=_("Do you have a swelling that is new, hot, painful, or that nobody has explained?"),
    why=_("We want to look at it before anything is done."),
)
SWELLING_WHERE = Where(code="swelling-where", text=_("Where is the swelling?"), follows=(after(SWELLING),))

NO_HARM_KNOWN = Statement(
    part="8a",
    says=_("Lymphedema is not a contraindication: nothing shows that dry needling causes it or makes it worse."),
    outcome=Outcome.INFORMATIONAL,
    scope=Scope.REGIONS,
)
AVOID_BY_POLICY = NO_HARM_KNOWN.stricter(Outcome.AVOID_REGION, Requirement.PLAN_FREE)
UNEXPLAINED_SWELLING = Statement(
    part="8+",
    says=_("A swelling that is new, hot, painful or unexplained is looked at before any needling."),
    outcome=Outcome.CAUTION,
    scope=Scope.REGIONS,
    requires=(Requirement.INSPECTION,),
    origin=Origin.PRACTICE,
)


def rule(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(LYMPHEDEMA, NODES_REMOVED):
        yield NO_HARM_KNOWN.because(*reasons, at=case.places(WHERE))
    if reasons := case.unclear(SWELLING):
        yield UNEXPLAINED_SWELLING.because(*reasons, at=case.places(SWELLING_WHERE))


def stricter(case: Case) -> Iterator[Trigger]:
    if case.policy.avoid_lymphedema_region and (reasons := case.unclear(LYMPHEDEMA, NODES_REMOVED)):
        yield AVOID_BY_POLICY.because(*reasons, at=case.places(WHERE))


LYMPHEDEMA_PRECAUTION = Precaution(
    number=8,
    code="lymphedema",
    title=_("Lymphedema and swelling"),
    questions=(LYMPHEDEMA, NODES_REMOVED, WHERE, SWELLING, SWELLING_WHERE),
    statements=(NO_HARM_KNOWN, UNEXPLAINED_SWELLING),
    rule=rule,
    stricter=stricter,
    for_patient=_(
        "You told us about swelling. We will look at it and tell you what is known about it and dry needling."
    ),
    for_clinician=_(
        "Known lymphedema does not rule treatment out; tell the patient what is known. Look at any new swelling first."
    ),
    measures=(
        "Told what is known: lymphedema alone does not rule it out",
        "Looked at: long known, unchanged, not hot or painful",
        "Advised to have the new swelling seen first",
    ),
)
