"""Additional groups A5, A7, A8 and A10, where the place matters: cancer, recent surgery, numbness, the lungs."""

from collections.abc import Iterator

from screening.precautions.questions import Message, Text, Where, YesNo, _, after
from screening.precautions.vocabulary import (
    BEYOND,
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

TUMOUR = YesNo(
    code="cancer",
    group="A5",
    text=_("Do you have, or have you had, cancer or a tumour?"),
    child_hint=_("A tumour is a lump that grew in the body."),
    why=_("We never needle where a tumour is or was, and we ask the team that treats you."),
)
RADIOTHERAPY = YesNo(
    code="radiotherapy",
    group="A5",
    text=_("Have you had radiotherapy?"),
    hint=_("Radiotherapy treats a tumour with rays."),
)
CANCER_WHERE = Where(
    code="cancer-where",
    group="A5",
    text=_("Where in your body is it, or was it?"),
    follows=(after(TUMOUR), after(RADIOTHERAPY)),
)
CANCER_DETAILS = Text(
    code="cancer-details",
    group="A5",
    lines=2,
    text=_("What is or was it, and who treats you for it?"),
    follows=(after(TUMOUR), after(RADIOTHERAPY)),
)
OPERATED = YesNo(
    code="recent-surgery",
    group="A7",
    text=_("Have you had an operation in the last six weeks?"),
    why=_("A wound needs time to heal. We take care around it."),
)
OPERATED_WHERE = Where(
    code="recent-surgery-where",
    group="A7",
    text=_("Where in your body was it?"),
    follows=(after(OPERATED),),
)
OPERATED_WHAT = Text(
    code="recent-surgery-details",
    group="A7",
    text=_("What was done, and on which day?"),
    follows=(after(OPERATED),),
)
NUMB = YesNo(
    code="numbness",
    group="A8",
    text=_("Is a part of your body numb, or do you feel less there?"),
    hint=_("Pins and needles count too."),
    child_hint=_("For example it tingles, or you hardly notice when somebody touches you there."),
    why=_("You may not feel a needle there as you should."),
)
NUMB_WHERE = Where(code="numbness-where", group="A8", text=_("Where is it?"), follows=(after(NUMB),))
LUNG_ILLNESS = YesNo(
    code="lung-illness",
    group="A10",
    text=_("Do you have an illness of the lungs?"),
    hint=_("For example asthma, COPD or emphysema."),
    child=_("Is there something wrong with your lungs?"),
    child_hint=_("For example asthma."),
    why=_("Then we take extra care with needles near the lungs."),
)
CHEST_SURGERY = YesNo(
    code="chest-surgery",
    group="A10",
    text=_("Have you had a collapsed lung, or an operation on the chest or lungs?"),
    child_hint=_("A collapsed lung has lost its air."),
)

KEEP_CLEAR = Statement(
    part="A5",
    says=_("Where there is or was a tumour, or radiotherapy, is not needled, and the team that treats it is asked."),
    outcome=Outcome.AVOID_REGION,
    scope=Scope.REGIONS,
    requires=(Requirement.PLAN_FREE, Requirement.MEASURES),
    origin=Origin.PRACTICE,
)
HEALING = Statement(
    part="A7",
    says=_("Around an operation of the last six weeks there is caution."),
    outcome=Outcome.CAUTION,
    scope=Scope.REGIONS,
    requires=(Requirement.MEASURES,),
    origin=Origin.PRACTICE,
)
LESS_FEELING = Statement(
    part="A8",
    says=_("Where feeling is less, needling is done with caution."),
    outcome=Outcome.CAUTION,
    scope=Scope.REGIONS,
    requires=(Requirement.MEASURES,),
    origin=Origin.PRACTICE,
)
NEAR_ILL_LUNG = Statement(
    part="A10",
    says=_(
        "With an illness of the lungs or after surgery on the chest, muscles near the lung are needled with caution."
    ),
    outcome=Outcome.CAUTION,
    scope=Scope.MUSCLES,
    requires=(Requirement.MEASURES,),
    origin=Origin.PRACTICE,
)


def cancer(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(TUMOUR, RADIOTHERAPY):
        yield KEEP_CLEAR.because(*reasons, at=case.places(CANCER_WHERE))


def recent_surgery(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(OPERATED):
        yield HEALING.because(*reasons, at=case.places(OPERATED_WHERE))


def numbness(case: Case) -> Iterator[Trigger]:
    if reasons := case.unclear(NUMB):
        yield LESS_FEELING.because(*reasons, at=case.places(NUMB_WHERE))


def lungs(case: Case) -> Iterator[Trigger]:
    near = [site.code for site in case.plan.near_lung]
    if near and (reasons := case.unclear(LUNG_ILLNESS, CHEST_SURGERY)):
        yield NEAR_ILL_LUNG.because(*reasons, Reason(Message(_("A planned muscle is near the lung."))), at=near)


CANCER = Precaution(
    number=BEYOND + 5,
    code="cancer",
    title=_("Cancer and radiotherapy"),
    questions=(TUMOUR, RADIOTHERAPY, CANCER_WHERE, CANCER_DETAILS),
    statements=(KEEP_CLEAR,),
    rule=cancer,
    for_patient=_("We keep needles away from that place, and ask the team that treats you."),
    for_clinician=_(
        "Ask the oncology team, record what they say, and place it: until then it counts for the whole body."
    ),
    measures=("Oncology team asked: needling elsewhere agreed", "Cured long ago; its place is kept clear"),
)
RECENT_SURGERY = Precaution(
    number=BEYOND + 7,
    code="recent-surgery",
    title=_("Recent surgery"),
    questions=(OPERATED, OPERATED_WHERE, OPERATED_WHAT),
    each_visit=True,
    statements=(HEALING,),
    rule=recent_surgery,
    for_patient=_("We take care around the place where you were operated on."),
    for_clinician=_("Look at the wound, keep away from it, and ask the surgeon when in doubt."),
    measures=("Wound looked at: closed and calm; kept clear", "Surgeon asked: needling elsewhere agreed"),
)
NUMBNESS = Precaution(
    number=BEYOND + 8,
    code="numbness",
    title=_("Numbness"),
    questions=(NUMB, NUMB_WHERE),
    statements=(LESS_FEELING,),
    rule=numbness,
    for_patient=_("You may not feel a needle well there. We take care around that place."),
    for_clinician=_(
        "Test the feeling, find out why, and needle shallow or elsewhere: the patient cannot warn you there."
    ),
    measures=("Feeling tested; other site chosen", "Known and unchanged; shallow, fewer needles"),
)
LUNGS = Precaution(
    number=BEYOND + 10,
    code="lungs",
    title=_("Lungs and chest"),
    questions=(LUNG_ILLNESS, CHEST_SURGERY),
    statements=(NEAR_ILL_LUNG,),
    rule=lungs,
    for_patient=_("We take extra care with needles near your lungs."),
    for_clinician=_("Choose muscles away from the lung, or needle shallow and across it, and say what to watch for."),
    measures=("Shallow, away from the lung; warning signs told", "Muscle away from the lung chosen"),
)
