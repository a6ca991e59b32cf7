"""Precaution 10: allergy to metals in the needle."""

from collections.abc import Iterator

from screening.precautions.questions import UNSURE, Choice, Option, Text, YesNo, _, after
from screening.precautions.vocabulary import Case, Outcome, Precaution, Requirement, Statement, Trigger

RASH = YesNo(
    code="metal-rash",
    text=_("Do metals give you a rash?"),
    hint=_("For example cheap earrings, a watch, a belt buckle, or a jeans button."),
    child=_("Does metal on your skin make it itch or go red?"),
    why=_("Most needles contain nickel and chromium. We have other needles."),
)
METAL = Choice(
    code="metal-which",
    text=_("Which metal gives you a rash?"),
    follows=(after(RASH),),
    options=(
        Option("nickel", _("Nickel")),
        Option("chromium", _("Chromium")),
        Option("nickel_chromium", _("Nickel and chromium")),
        Option("other", _("Another metal")),
        Option(UNSURE, _("I am not sure")),
    ),
)
TESTED = Text(
    code="metal-tested",
    lines=2,
    text=_("Has a doctor tested this, and what was found?"),
    hint=_("If it is another metal, please name it here."),
    follows=(after(RASH),),
)

OTHER_NEEDLES = Statement(
    part="10a",
    says=_(
        "Some people are allergic to metals in the needle, such as nickel or chromium; silver or gold plated needles solve it."
    ),
    outcome=Outcome.MODIFY_EQUIPMENT,
    requires=(Requirement.NEEDLES,),
)


def rule(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(RASH):
        yield OTHER_NEEDLES.because(*reasons, *([case.reason(METAL)] if case.shows(METAL) else []))


METAL_ALLERGY = Precaution(
    number=10,
    code="metal-allergy",
    title=_("Metal allergy"),
    questions=(RASH, METAL, TESTED),
    statements=(OTHER_NEEDLES,),
    rule=rule,
    for_patient=_("You told us about a rash from metal. We will use needles of another material."),
    for_clinician=_(
        "Use silver or gold plated needles, or another material free of the named metal. Record material, brand and lot."
    ),
)
