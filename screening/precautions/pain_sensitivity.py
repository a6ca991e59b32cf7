"""Precaution 9: severe hyperalgesia or allodynia."""

from collections.abc import Iterator

from screening.precautions.questions import Where, YesNo, _, after
from screening.precautions.vocabulary import Case, Outcome, Precaution, Requirement, Scope, Statement, Trigger

TOUCH_HURTS = YesNo(
    code="touch-hurts",
    text=_("Does a light touch hurt you?"),
    hint=_("For example clothes or a bed sheet on your skin."),
    why=_("Then we test very gently first, or choose another place."),
)
SMALL_BUMPS = YesNo(
    code="bumps-hurt",
    text=_("Do small bumps hurt you far more than they should?"),
    hint=_("For example when somebody brushes against you."),
)
WHERE = Where(
    code="sensitive-where", text=_("Where are you so sensitive?"), follows=(after(TOUCH_HURTS), after(SMALL_BUMPS))
)

MAY_INTERFERE = Statement(
    part="9a",
    says=_("Severe pain sensitivity may make dry needling difficult, but does not rule it out."),
    outcome=Outcome.CAUTION,
    scope=Scope.REGIONS,
    requires=(Requirement.MEASURES,),
)


def rule(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(TOUCH_HURTS, SMALL_BUMPS):
        yield MAY_INTERFERE.because(*reasons, at=case.places(WHERE))


PAIN_SENSITIVITY = Precaution(
    number=9,
    code="pain-sensitivity",
    title=_("Sensitivity to pain"),
    questions=(TOUCH_HURTS, SMALL_BUMPS, WHERE),
    statements=(MAY_INTERFERE,),
    rule=rule,
    for_patient=_(
        "You told us that touch can hurt a lot. We will test gently first, and may choose another place or fewer needles."
    ),
    for_clinician=_("Test touch first; consider another site or a gentler dose."),
    measures=(
        "Touch tested first; tolerated at the planned sites",
        "Gentler dose: fewer needles, shorter time",
        "Planned at another site, away from the sensitive one",
    ),
)
