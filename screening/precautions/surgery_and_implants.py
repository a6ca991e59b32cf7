"""Precaution 15: opened joints, implanted devices and cosmetic implants."""

from collections.abc import Iterator

from screening.precautions.questions import Choice, Option, Text, Where, YesNo, _, after
from screening.precautions.vocabulary import Case, Origin, Outcome, Precaution, Requirement, Scope, Statement, Trigger

JOINT = YesNo(
    code="joint-surgery",
    text=_("Have you had an operation inside a joint?"),
    hint=_("A keyhole operation and a new joint, such as a new knee or hip, count too."),
    child_hint=_("For example inside your knee, hip or shoulder. A keyhole operation counts too."),
    why=_("We never point a needle toward a joint that was opened."),
)
JOINT_WHERE = Where(code="joint-where", text=_("Which joint, and on which side?"), follows=(after(JOINT),))
JOINT_WHEN = Text(
    code="joint-when",
    lines=2,
    text=_("What was done, and when?"),
    hint=_("For example: new knee, 2019"),
    follows=(after(JOINT),),
)
DEVICE = YesNo(
    code="device",
    text=_("Do you have a medical device inside your body?"),
    hint=_("For example a pacemaker, defibrillator, pump, port or nerve stimulator."),
    why=_("We never needle where a device is."),
)
DEVICE_WHICH = Choice(
    code="device-which",
    text=_("Which device is it?"),
    follows=(after(DEVICE),),
    options=(
        Option("pacemaker", _("Pacemaker")),
        Option("defibrillator", _("Defibrillator")),
        Option("pump", _("Medicine or insulin pump")),
        Option("port", _("Port for infusions")),
        Option("stimulator", _("Nerve stimulator")),
        Option("other", _("Another device, or more than one")),
        Option("unsure", _("I am not sure")),
    ),
)
DEVICE_WHERE = Where(
    code="device-where",
    text=_("Where in your body is the device?"),
    hint=_("Mark wires and tubes too, if you know where they run."),
    follows=(after(DEVICE),),
)
COSMETIC = YesNo(
    code="cosmetic-implant",
    text=_("Do you have a cosmetic implant?"),
    hint=_("For example a breast, chin, buttock or calf implant."),
    why=_("We never needle where an implant is."),
)
COSMETIC_WHERE = Where(code="cosmetic-where", text=_("Where is the implant?"), follows=(after(COSMETIC),))
OTHER_IMPLANT = YesNo(
    code="other-implant",
    text=_("Do you have plates, screws, rods or anything else put in by surgery?"),
    hint=_("Not a new joint, a device or a cosmetic implant: we asked about those already."),
    child=_("Do you have plates, screws, rods or anything else in your body from an operation?"),
    child_hint=_("For example after a broken bone."),
    why=_("We never point a needle toward it."),
)
OTHER_WHERE = Where(code="other-implant-where", text=_("Where are they?"), follows=(after(OTHER_IMPLANT),))

OPENED_JOINT = Statement(
    part="15a",
    says=_(
        "After surgery that opened a joint there is caution: the needle never points toward the joint or the implant."
    ),
    outcome=Outcome.CAUTION,
    scope=Scope.REGIONS,
    requires=(Requirement.MEASURES,),
)
IMPLANTED = Statement(
    part="15b",
    says=_(
        "Where there is an implanted device, a pacemaker or a cosmetic implant, dry needling in that area is contraindicated."
    ),
    outcome=Outcome.CONTRAINDICATED,
    scope=Scope.REGIONS,
    requires=(Requirement.PLAN_FREE,),
)
OTHER_METALWORK = Statement(
    part="15+",
    says=_("Plates, screws and other implants that the source does not name are treated like an opened joint."),
    outcome=Outcome.CAUTION,
    scope=Scope.REGIONS,
    requires=(Requirement.MEASURES,),
    origin=Origin.PRACTICE,
)


def rule(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(JOINT):
        yield OPENED_JOINT.because(*reasons, at=case.places(JOINT_WHERE))
    if reasons := case.unclear(DEVICE, COSMETIC):
        which = [case.reason(DEVICE_WHICH)] if case.shows(DEVICE_WHICH) else []
        yield IMPLANTED.because(*reasons, *which, at=case.places(DEVICE_WHERE, COSMETIC_WHERE))
    if reasons := case.unclear(OTHER_IMPLANT):
        yield OTHER_METALWORK.because(*reasons, at=case.places(OTHER_WHERE))


SURGERY_AND_IMPLANTS = Precaution(
    number=15,
    code="surgery-and-implants",
    title=_("Surgery and implants"),
    questions=(
        JOINT,
        JOINT_WHERE,
        JOINT_WHEN,
        DEVICE,
        DEVICE_WHICH,
        DEVICE_WHERE,
        COSMETIC,
        COSMETIC_WHERE,
        OTHER_IMPLANT,
        OTHER_WHERE,
    ),
    each_visit=True,
    statements=(OPENED_JOINT, IMPLANTED, OTHER_METALWORK),
    rule=rule,
    for_patient=_("We will keep needles away from your implant or the joint that was operated on."),
    for_clinician=_(
        "Never toward an opened joint; never in the area of a device or cosmetic implant. This clinic adds: no electrical stimulation near a device without its team's advice."
    ),
    measures=(
        "Needles point away from the joint and implant",
        "No sign of infection at the joint",
        "Superficial only, a hand's width from the scar",
        "No electrical stimulation",
    ),
)
