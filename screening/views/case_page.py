"""What the case page stands on: the newest screening, what has been recorded for it, and the forms of the member."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from clinic.access import Member
from clinic.models import Visit
from screening.evaluation import NoIntake, answered_on, current_screening
from screening.forms.case import CaseForm, CommunicationForm, QuestionsForm, RepresentativeForm
from screening.models import Finding, Review, Screening
from screening.planning import as_screened
from screening.precautions.communication import LANGUAGE
from screening.precautions.questions import Asked, Question
from screening.precautions.vocabulary import Case, Plan, Requirement
from screening.questionnaire import PRECAUTION_OF, QUESTIONS, shown
from screening.review import outdated_because
from screening.standing import Outstanding, Standings, needs_help_to_talk, standings

CONSENT_STEPS = frozenset(
    {Requirement.CAPACITY_OR_REPRESENTATIVE, Requirement.CHILD_AND_GUARDIAN, Requirement.WORKING_ROUTE}
)
NAMED_LANGUAGES = frozenset(option.code for option in LANGUAGE.options) - {"sign", "other"}


def for_staff(case: Case, member: Member) -> list[Question]:
    """The questions that this member may answer, with what may follow; those of clinician and guardian only with a clinician."""
    asked = (Asked.CLINICIAN, Asked.GUARDIAN, Asked.STAFF) if member.is_clinician else (Asked.STAFF,)
    asks = shown(case, *asked)
    follows = [question for question in QUESTIONS.values() if any(lead.question in asks for lead in question.follows)]
    wanted = {question.code for question in [*asks, *follows] if question.asked in asked}
    return [question for question in QUESTIONS.values() if question.code in wanted]


def questions_form(screening: Screening, member: Member, data: Any = None) -> QuestionsForm:
    questions = for_staff(as_screened(screening), member)
    replies = screening.replies
    given = {question.code: replies[question.code] for question in questions if question.code in replies}
    return QuestionsForm(questions, given, screening.today, data)


def awaits_staff(finding: Finding) -> bool:
    """Nothing was reported: it stands only until staff answer their own questions."""
    asked = {QUESTIONS[row["question"]].asked for row in finding.reasons if row["question"]}
    return bool(finding.awaits_staff_only) and Asked.PATIENT not in asked


def words_of(item: Outstanding) -> str:
    """A patient's question on its own does not say what it is about."""
    if not item.question or QUESTIONS[item.question].asked != Asked.PATIENT:
        return item.words
    return f"{_(PRECAUTION_OF[item.question].title)}: {item.words}"


class CasePage:
    """One visit's case for one member. `typed` is a form that was refused, shown again with all that was typed."""

    def __init__(self, visit: Visit, member: Member, typed: CaseForm | None = None) -> None:
        screening = current_screening(visit)
        if screening is None:
            raise NoIntake
        self.visit, self.member, self.typed = visit, member, typed
        self.is_typed_shown = False
        self.screening: Screening = screening
        self.screening.visit = visit

    @cached_property
    def stands(self) -> Standings:
        return standings(self.screening)

    @cached_property
    def plan(self) -> Plan:
        return self.screening.plan

    @cached_property
    def case(self) -> Case:
        return as_screened(self.screening)

    @cached_property
    def review(self) -> Review | None:
        return Review.objects.filter(screening=self.screening).select_related("by").first()

    @property
    def may_act(self) -> bool:
        return self.member.is_clinician and self.review is None

    @cached_property
    def outdated(self) -> str:
        """Why it must be taken up again before it can be decided; empty when it need not."""
        return outdated_because(self.screening) if self.review is None else ""

    @property
    def answers_are_old(self) -> bool:
        """Answered on an earlier day: what can change from day to day must be asked again, in a new visit."""
        return self.review is None and answered_on(self.visit) != self.visit.clinic.today()

    def form(self, build: Callable[[], CaseForm]) -> CaseForm | None:
        """A form, as it was typed when it is the one that was refused; None for somebody who may not act."""
        return self.always(build) if self.may_act else None

    def always(self, build: Callable[[], CaseForm]) -> CaseForm:
        made = build()
        if self.typed and self.typed.key == made.key:
            self.is_typed_shown = True
            return self.typed
        return made

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was typed into a form that is no longer on the page. Read it after all forms were made."""
        return self.typed.typed() if self.typed and not self.is_typed_shown else []

    @property
    def problem(self) -> str:
        """Said on top of the page when a form was refused; what is wrong stands at the form, unless it is gone."""
        if self.is_typed_shown:
            return _("Nothing was recorded yet.") if self.typed and self.typed.errors else ""
        errors = self.typed.errors.values() if self.typed else []
        return " ".join(str(error) for found in errors for error in found)

    @property
    def problem_at(self) -> str:
        """The form that was refused, where it is still on the page. Read it after all forms were made."""
        return self.typed.key if self.typed and self.is_typed_shown else ""

    @cached_property
    def questions(self) -> CaseForm | None:
        may = self.review is None and (self.member.is_clinician or self.member.is_front_desk)
        if not may or not for_staff(self.case, self.member):
            return None
        return self.always(lambda: questions_form(self.screening, self.member))

    @property
    def questions_open(self) -> list[Question]:
        """Questions of staff, clinician and guardian that nobody has answered."""
        codes = [item.question for item in self.stands.outstanding if item.question]
        return [QUESTIONS[code] for code in codes if QUESTIONS[code].asked != Asked.PATIENT]

    @property
    def needs_help_to_talk(self) -> bool:
        return needs_help_to_talk(self.screening)

    @cached_property
    def communication(self) -> CaseForm | None:
        """How we talk with the patient; the front desk may record it too."""
        may = self.review is None and (self.member.is_clinician or self.member.is_front_desk)
        if not self.needs_help_to_talk or not may:
            return None
        said = self.case[LANGUAGE]
        words = LANGUAGE.say(said).render(_) if said in NAMED_LANGUAGES else ""
        earlier = self.stands.communication.details if self.stands.communication else {"language": words}
        return self.always(lambda: CommunicationForm(initial=earlier))

    @cached_property
    def representative(self) -> CaseForm | None:
        wanted = any(Requirement.CAPACITY_OR_REPRESENTATIVE in row.finding.requires for row in self.stands.findings)
        earlier = self.stands.representative.details if self.stands.representative else {}
        return self.form(lambda: RepresentativeForm(initial=earlier)) if wanted else None

    @cached_property
    def outstanding(self) -> list[tuple[str, str]]:
        """What is open by name, each with the place on the page where it is settled."""
        quiet = {row.finding.part for row in self.stands.findings if awaits_staff(row.finding)}
        said = [(item, item.part in quiet and item.requirement in CONSENT_STEPS) for item in self.stands.outstanding]
        found = [(self.place_of(item, quiet), words_of(item)) for item, twice in said if not twice]
        if not self.plan.muscles and not self.plan.areas:
            found.append(("plan", _("Enter the plan: which muscles, on which side.")))
        return found

    def place_of(self, item: Outstanding, quiet: set[str]) -> str:
        if item.question:
            return f"open-{item.question}" if QUESTIONS[item.question].asked == Asked.PATIENT else "questions"
        if item.requirement == "communication":
            return "communication"
        return "questions" if item.part in quiet else f"part-{item.part}"
