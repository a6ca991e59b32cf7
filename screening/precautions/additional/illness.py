"""Additional groups A1 to A4: infections passed on by blood, the heart, diabetes, fainting and fits."""

from collections.abc import Iterator

from screening.body import AREAS
from screening.precautions.questions import YES, YesNo, _, after
from screening.precautions.vocabulary import (
    BEYOND,
    Case,
    Origin,
    Outcome,
    Precaution,
    Requirement,
    Scope,
    Statement,
    Trigger,
)

# What people call legs and feet: from the thigh down, not hip or buttock.
LEG_REGIONS = frozenset(
    {"front_thigh", "inner_thigh", "back_thigh", "knee", "shin", "calf", "ankle_foot_top", "heel_sole"}
)
LEGS_AND_FEET = frozenset(code for code, area in AREAS.items() if area.region.code in LEG_REGIONS)

INFECTED_BLOOD = YesNo(
    code="blood-borne",
    group="A1",
    text=_("Do you have an infection that is passed on by blood?"),
    hint=_("For example hepatitis B, hepatitis C or HIV. It does not stop your treatment."),
    child=_("Do you have an illness that others can catch from your blood?"),
    why=_("We use new needles and the same protection for everybody. Knowing it helps us to take care of you."),
)
HEART_ILLNESS = YesNo(
    code="heart-illness",
    group="A2",
    text=_("Do you have an illness of the heart?"),
    hint=_("For example angina, heart failure, an irregular heartbeat or a heart valve illness."),
    child=_("Is there something wrong with your heart?"),
    why=_("Then we watch more closely how you feel during treatment."),
)
BLOOD_PRESSURE = YesNo(
    code="blood-pressure",
    group="A2",
    text=_("Do you have high or low blood pressure?"),
    hint=_("Say yes too when a medicine keeps it normal."),
    child_hint=_("Blood pressure is measured with a band around your arm. It can be too high or too low."),
)
DIABETIC = YesNo(
    code="diabetes",
    group="A3",
    text=_("Do you have diabetes?"),
    child_hint=_("With diabetes there is too much sugar in the blood."),
    why=_("With diabetes, skin can heal more slowly and feel less, most of all at the legs and feet."),
)
EATEN_AS_USUAL = YesNo(
    code="diabetes-eaten",
    group="A3",
    text=_("Have you eaten as usual today?"),
    each_visit=True,
    follows=(after(DIABETIC),),
    clear=(YES,),
)
FAINTED = YesNo(
    code="fainted-lately",
    group="A4",
    text=_("Have you fainted in the last year?"),
    why=_("Then you lie down for the treatment, and we stay with you."),
)
FITS = YesNo(
    code="fits",
    group="A4",
    text=_("Do you have epilepsy, or have you ever had a fit?"),
    child=_("Have you ever had a fit?"),
    child_hint=_("In a fit the body shakes or goes stiff, and one does not notice what happens around."),
)

BLOOD_IS_INFECTED = Statement(
    part="A1",
    says=_("An infection passed on by blood is known to staff. It is no reason to refuse or to change treatment."),
    outcome=Outcome.INFORMATIONAL,
    origin=Origin.PRACTICE,
)
HEART_WITH_CAUTION = Statement(
    part="A2",
    says=_("With an illness of the heart or a blood pressure that is not normal, needling is done with caution."),
    outcome=Outcome.CAUTION,
    requires=(Requirement.MEASURES,),
    origin=Origin.PRACTICE,
)
DIABETES_WITH_CAUTION = Statement(
    part="A3",
    says=_("With diabetes, legs and feet are needled with caution, and nobody is treated on an empty stomach."),
    outcome=Outcome.CAUTION,
    scope=Scope.REGIONS,
    requires=(Requirement.MEASURES,),
    origin=Origin.PRACTICE,
)
LIE_DOWN = Statement(
    part="A4",
    says=_("Who faints or has fits is treated lying down, with caution and not alone."),
    outcome=Outcome.CAUTION,
    requires=(Requirement.MEASURES,),
    origin=Origin.PRACTICE,
)


def blood_borne(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(INFECTED_BLOOD):
        yield BLOOD_IS_INFECTED.because(*reasons)


def heart(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(HEART_ILLNESS, BLOOD_PRESSURE):
        yield HEART_WITH_CAUTION.because(*reasons)


def diabetes(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(DIABETIC):
        yield DIABETES_WITH_CAUTION.because(*reasons, *case.unclear(EATEN_AS_USUAL), at=LEGS_AND_FEET)


def fainting(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(FAINTED, FITS):
        yield LIE_DOWN.because(*reasons)


BLOOD_BORNE = Precaution(
    number=BEYOND + 1,
    code="blood-borne",
    title=_("Infection passed on by blood"),
    questions=(INFECTED_BLOOD,),
    statements=(BLOOD_IS_INFECTED,),
    rule=blood_borne,
    for_patient=_("It does not stop your treatment. We use new needles and the same protection for everybody."),
    for_clinician=_("No ban. Gloves, sharps and hygiene as for everybody; know it should anybody be pricked."),
)
HEART = Precaution(
    number=BEYOND + 2,
    code="heart",
    title=_("Heart and blood pressure"),
    questions=(HEART_ILLNESS, BLOOD_PRESSURE),
    statements=(HEART_WITH_CAUTION,),
    rule=heart,
    for_patient=_("We will ask you more about it, and watch how you feel during the treatment."),
    for_clinician=_("Ask which illness and how stable it is. Fewer needles, lying down, and time to get up slowly."),
    measures=("Stable; lying down, watched, gets up slowly", "Blood pressure taken before treatment"),
)
DIABETES = Precaution(
    number=BEYOND + 3,
    code="diabetes",
    title=_("Diabetes"),
    questions=(DIABETIC, EATEN_AS_USUAL),
    statements=(DIABETES_WITH_CAUTION,),
    rule=diabetes,
    for_patient=_("With diabetes, skin can heal more slowly. We take extra care at your legs and feet."),
    for_clinician=_("Look at skin and feeling before needling a leg or foot, and ask when the patient last ate."),
    measures=("Skin and feeling of the leg looked at; no needle where feeling is less", "Has eaten; sugar at hand"),
)
FAINTING = Precaution(
    number=BEYOND + 4,
    code="fainting",
    title=_("Fainting and fits"),
    questions=(FAINTED, FITS),
    statements=(LIE_DOWN,),
    rule=fainting,
    for_patient=_("You will lie down for the treatment, and we stay with you."),
    for_clinician=_(
        "Treat lying down, with few needles, and stay in the room. Ask what brings it on and when it last was."
    ),
    measures=("Lies down; never left alone with needles in", "Fits: well controlled, what to do is agreed"),
)
