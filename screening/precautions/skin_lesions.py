"""Precaution 6: local skin lesions."""

from collections.abc import Iterator

from screening.precautions.questions import Where, YesNo, _, after
from screening.precautions.vocabulary import Case, Outcome, Precaution, Requirement, Scope, Statement, Trigger

LESION = YesNo(
    code="skin",
    text=_("Is there a place where your skin is not healthy right now?"),
    hint=_("For example a cut, rash, sore, burn, bruise, a mole that has changed, or a new tattoo."),
    child=_("Is your skin hurt or sore somewhere right now?"),
    child_hint=_("For example a cut, rash, burn, bruise, a mole that looks different, or a new tattoo."),
    why=_("We never put a needle through skin that is hurt or unwell."),
)
WHERE = Where(code="skin-where", text=_("Where is it?"), follows=(after(LESION),))
OPEN = YesNo(
    code="skin-open",
    text=_("Is the skin open there, wet, or does it look infected?"),
    hint=_("For example red, hot, or with pus."),
    follows=(after(LESION),),
)

AVOID_LESION = Statement(
    part="6a",
    says=_("Places where the skin is damaged or diseased are not needled."),
    outcome=Outcome.AVOID_REGION,
    scope=Scope.REGIONS,
    requires=(Requirement.PLAN_FREE, Requirement.INSPECTION),
)


def rule(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(LESION):
        yield AVOID_LESION.because(*reasons, *case.unclear(OPEN), at=case.places(WHERE))


SKIN_LESIONS = Precaution(
    number=6,
    code="skin-lesions",
    title=_("Skin"),
    questions=(LESION, WHERE, OPEN),
    each_visit=True,
    statements=(AVOID_LESION,),
    rule=rule,
    for_patient=_("We will look at the skin you told us about, and keep needles away from there."),
    for_clinician=_("Look at the skin. Place the lesion, make its place narrower, or clear it; then plan elsewhere."),
    measures=(
        "Looked at: intact and dry, kept clear by a hand's width",
        "Looked at: open or inflamed, no needling near it",
        "Advised to have it seen by a doctor",
    ),
)
