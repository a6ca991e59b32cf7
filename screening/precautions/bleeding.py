"""Precaution 11: abnormal bleeding tendency."""

from collections.abc import Iterator

from screening.precautions.questions import Message, Text, YesNo, _, after
from screening.precautions.vocabulary import (
    Case,
    Origin,
    Outcome,
    Precaution,
    Reason,
    Requirement,
    Scope,
    Statement,
    Trigger,
)

BLOOD_THINNER = YesNo(
    code="blood-thinner",
    text=_("Do you take a medicine that thins your blood?"),
    hint=_("For example warfarin, apixaban, rivaroxaban, dabigatran or heparin."),
    why=_("A small bleed can last longer. Keep taking your medicine as usual; we choose where and how we work."),
)
BLOOD_THINNER_DETAILS = Text(
    code="blood-thinner-details",
    lines=2,
    text=_("Which medicine is it, and how much do you take?"),
    hint=_("Copy it from the box if you have it with you. Keep taking it as usual."),
    follows=(after(BLOOD_THINNER),),
)
BLOOD_TEST = Text(
    code="blood-thinner-test",
    text=_("When was your last blood test for it?"),
    hint=_("For example: last Tuesday, INR 2.4"),
    follows=(after(BLOOD_THINNER),),
)
ANTIPLATELET = YesNo(
    code="antiplatelet",
    text=_("Do you take aspirin every day, or a medicine like it?"),
    hint=_("For example low-dose aspirin or clopidogrel. Keep taking it as usual."),
    why=_("You may bruise more easily. We press longer after each needle."),
)
BLEEDS_EASILY = YesNo(
    code="bleeds-easily",
    text=_("Do you bleed or bruise very easily?"),
    hint=_("For example nosebleeds that last, or large bruises from small bumps."),
    why=_("Then we press longer, and choose places that we can press."),
)
CLOTTING = YesNo(
    code="clotting-illness",
    text=_("Do you have a blood clotting illness or a low number of platelets?"),
    hint=_("For example haemophilia or thrombocytopenia."),
    child=_("Do you have an illness of the blood that makes it hard to stop bleeding?"),
    child_hint=_("For example haemophilia, or too few platelets."),
    why=_("A small bleed can last longer. We choose where and how we work."),
)

WITH_CAUTION = Statement(
    part="11a",
    says=_(
        "People who bleed more easily, for example on blood thinners or with few platelets, are needled with caution."
    ),
    outcome=Outcome.CAUTION,
    requires=(Requirement.MEASURES,),
)
DEEP_MUSCLES = Statement(
    part="11b",
    says=_(
        "For them, deep muscles that direct pressure cannot reach, such as psoas major or the lateral pterygoid, may have to be left out."
    ),
    outcome=Outcome.AVOID_REGION,
    scope=Scope.MUSCLES,
    requires=(Requirement.OVERRIDE,),
    overridable=True,
)
ANTIPLATELET_ALONE = Statement(
    part="11+",
    says=_("Daily aspirin or a similar medicine is weighed by the clinician."),
    outcome=Outcome.CAUTION,
    requires=(Requirement.MEASURES,),
    origin=Origin.PRACTICE,
)


def rule(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(BLOOD_THINNER, BLEEDS_EASILY, CLOTTING):
        yield WITH_CAUTION.because(*reasons)
        if deep := [site.code for site in case.plan.muscles if not site.muscle.compressible]:
            yield DEEP_MUSCLES.because(
                *reasons, Reason(Message(_("Direct pressure cannot reach the planned muscle."))), at=deep
            )
    if reasons := case.unclear(ANTIPLATELET):
        yield ANTIPLATELET_ALONE.because(*reasons)


BLEEDING = Precaution(
    number=11,
    code="bleeding",
    title=_("Bleeding"),
    questions=(BLOOD_THINNER, BLOOD_THINNER_DETAILS, BLOOD_TEST, ANTIPLATELET, BLEEDS_EASILY, CLOTTING),
    each_visit=True,
    statements=(WITH_CAUTION, DEEP_MUSCLES, ANTIPLATELET_ALONE),
    rule=rule,
    for_patient=_(
        "You may bleed or bruise a little more. We will press longer after each needle and choose places we can press. Keep taking your medicines."
    ),
    for_clinician=_(
        "Record the medicine, the last test and the pressure time. Choose muscles that pressure can reach, or give a reason. Never advise stopping a medicine."
    ),
    measures=(
        "Superficial only, in muscles that pressure can reach",
        "Press for 60 seconds after each needle, then look again",
        "Last blood test seen and in range",
        "Told to watch for bruising or swelling and to call us",
        "Medicine goes on unchanged",
    ),
)
