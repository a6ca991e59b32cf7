"""Precaution 13: first trimester of pregnancy."""

from collections.abc import Iterator
from dataclasses import replace

from screening.precautions.questions import NO, UNSURE, YES, Choice, Date, Message, Option, Weeks, YesNo, _, after
from screening.precautions.vocabulary import Case, Origin, Outcome, Precaution, Reason, Requirement, Statement, Trigger

TERM_DAYS = 280
LONGEST_DAYS = 315
SOURCE_FIRST_TRIMESTER_ENDS = 97

PREGNANT = Choice(
    code="pregnant",
    text=_("Are you pregnant, or could you be?"),
    child_hint=_("We ask everybody this. Your clinician sees your answer and talks about it with you."),
    why=_("In the first three months we take special care."),
    options=(
        Option(YES, _("Yes")),
        Option(NO, _("No")),
        Option(UNSURE, _("I am not sure")),
        Option("not_applicable", _("This does not apply to me")),
    ),
    clear=(NO, "not_applicable"),
)
COUNTED = Choice(
    code="pregnancy-counted",
    text=_("How far along are you?"),
    follows=(after(PREGNANT),),
    options=(
        Option("weeks", _("I know the weeks")),
        Option("due_date", _("I know the due date")),
        Option(UNSURE, _("I am not sure")),
    ),
)
WEEKS = Weeks(code="pregnancy-weeks", text=_("How many weeks and days?"), follows=(after(COUNTED, "weeks"),))
DUE_DATE = Date(
    code="pregnancy-due-date",
    text=_("On which day is the baby due?"),
    earliest=TERM_DAYS - LONGEST_DAYS,
    latest=TERM_DAYS,
    follows=(after(COUNTED, "due_date"),),
)
PROBLEM = YesNo(
    code="pregnancy-problem",
    text=_("Have you had bleeding or another problem in this pregnancy?"),
    follows=(after(PREGNANT),),
)

FIRST_TRIMESTER = Statement(
    part="13a",
    says=_(
        "In the first trimester, when miscarriage is common anyway, dry needling is done with caution, though nothing shows that it causes one."
    ),
    outcome=Outcome.CAUTION,
    requires=(Requirement.MEASURES,),
)
BY_POLICY = replace(FIRST_TRIMESTER, origin=Origin.POLICY)
PROBLEM_PREGNANCY = Statement(
    part="13+",
    says=_("Bleeding or another problem in a pregnancy calls for caution at any week."),
    outcome=Outcome.CAUTION,
    requires=(Requirement.MEASURES,),
    origin=Origin.PRACTICE,
)


def days_along(case: Case) -> int | None:
    """Days of pregnancy today; None when unknown or when the date given cannot be right."""
    if case.shows(WEEKS) and case[WEEKS] != UNSURE:
        return Weeks.days(case[WEEKS])
    if case.shows(DUE_DATE) and case[DUE_DATE] != UNSURE and DUE_DATE.plausible(case[DUE_DATE], case.today):
        return TERM_DAYS - (case[DUE_DATE] - case.today).days
    return None


def how_far(days: int | None) -> Reason:
    if days is None:
        return Reason(Message(_("The weeks are not known, which counts as the first trimester.")))
    return Reason(Message(_("Today is %(weeks)s weeks and %(days)s days."), {"weeks": days // 7, "days": days % 7}))


def rule(case: Case) -> Iterator[Trigger]:
    if not (reasons := case.unclear(PREGNANT)):
        return
    days = days_along(case)
    if days is None or days <= case.policy.first_trimester_ends:
        statement = FIRST_TRIMESTER if days is None or days <= SOURCE_FIRST_TRIMESTER_ENDS else BY_POLICY
        yield statement.because(*reasons, how_far(days))
    if problem := case.unclear(PROBLEM):
        yield PROBLEM_PREGNANCY.because(*problem)


def stricter(case: Case) -> Iterator[Trigger]:
    if case.policy.caution_all_pregnancy and (reasons := case.unclear(PREGNANT)):
        yield BY_POLICY.because(*reasons, how_far(days_along(case)))


PREGNANCY = Precaution(
    number=13,
    code="pregnancy",
    title=_("Pregnancy"),
    questions=(PREGNANT, COUNTED, WEEKS, DUE_DATE, PROBLEM),
    each_visit=True,
    statements=(FIRST_TRIMESTER, PROBLEM_PREGNANCY),
    rule=rule,
    stricter=stricter,
    for_patient=_(
        "Losing a pregnancy is common in the first three months, whatever one does. Nothing shows that dry needling causes it. We take extra care."
    ),
    for_clinician=_(
        "Record the weeks and how they were counted. Tell the patient that miscarriage is common then and that no link is shown."
    ),
    measures=(
        "Told that miscarriage is common in these weeks and that no link is shown",
        "No needling at the belly or low back today",
        "Lying on the side, short session",
        "Talked with the midwife or doctor first",
    ),
)
