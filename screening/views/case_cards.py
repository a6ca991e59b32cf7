"""The findings of a case as cards, the most serious first, each with just the forms it needs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from screening.forms.case import CaseForm, PlaceForm, SettleForm
from screening.forms.meeting import NeedlesForm, NoteForm, OpinionForm, OverrideForm
from screening.models import Finding, Resolution, Screening, message_from
from screening.planning import Site
from screening.precautions.questions import UNSURE, Asked, Question, Text, Where
from screening.precautions.vocabulary import Case, Origin, Precaution, Requirement
from screening.questionnaire import PRECAUTION_OF, QUESTIONS
from screening.recording import MATERIALS
from screening.settling import LOCATED
from screening.standing import WORDS, Standing
from screening.views.case_page import CasePage, awaits_staff
from screening.views.case_plan import Row, row_of, saved
from screening.views.case_words import DUE, REQUIREMENTS, cite, cited
from screening.words import badge_words

NOTED = frozenset({Requirement.EDUCATION, Requirement.MEASURES, Requirement.INSPECTION})


@dataclass(frozen=True)
class Act:
    """Something recorded: in which words, by whom, when."""

    words: str
    row: Any


@dataclass(frozen=True)
class Need:
    """One requirement of a finding: whether it is met and how, and the form that meets it."""

    code: str
    label: str
    met: bool
    due: str = ""
    act: Act | None = None
    form: CaseForm | None = None
    refused: bool = False
    earlier: str = ""


@dataclass(frozen=True)
class Card:
    """A finding, or a precaution with nothing but replies that are not sure."""

    key: str
    kind: str
    badge: str
    title: str
    cite: str
    number: int
    additional: bool = False
    says: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    places: str = ""
    for_clinician: str = ""
    needs: tuple[Need, ...] = ()
    replies: tuple[tuple[Question, CaseForm | None], ...] = ()
    placing: tuple[CaseForm, ...] = ()
    in_the_way: tuple[Row, ...] = ()
    correct: str = ""
    unplaced: tuple[str, ...] = ()
    is_first: bool = True
    is_open: bool = False
    due: str = ""


def where_questions(finding: Finding) -> list[tuple[Where, list[Question]]]:
    """The questions that place the finding, each with the leads that raised it."""
    if finding.number not in LOCATED:
        return []
    raised = {row["question"] for row in finding.reasons}
    found = []
    for question in finding.precaution.questions:
        leads = [lead.question for lead in question.follows if lead.question.code in raised]
        if isinstance(question, Where) and leads:
            found.append((question, leads))
    return found


def place_form(screening: Screening, finding: Finding, where: Where, data: Any = None) -> PlaceForm:
    marked = screening.replies.get(where.code, UNSURE)
    return PlaceForm(finding.part, where, screening.today, data, [] if marked == UNSURE else marked)


def reason_words(finding: Finding, settling: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Question and answer apart, so that the question stands in quotes; other reasons have no question.

    Left out is what the page asks anyway: replies being settled on the card, and staff's questions not answered yet.
    """
    found = []
    for row in finding.reasons:
        if row["question"] in settling or (row["awaited"] and QUESTIONS[row["question"]].asked != Asked.PATIENT):
            continue
        params = message_from(row["message"]).params
        if row["question"] and {"question", "reply"} <= params.keys():
            found.append((params["question"].render(_), params["reply"].render(_)))
        else:
            found.append(("", message_from(row["message"]).render(_)))
    return tuple(found)


def needle_words(row: Resolution) -> str:
    details = row.details
    named = [_(MATERIALS.get(details["material"], "")), details["brand"], details.get("coating", "")]
    return ", ".join(filter(None, [*named, _("lot %(lot)s") % details, row.note]))


def place_of(finding: Finding) -> tuple[bool, int, int, str]:
    """The most serious first; what the clinic asks beyond the source stands after the fifteen."""
    return finding.precaution.is_additional, -finding.weight, finding.number, finding.part


class Cards:
    """Makes the cards of one page."""

    def __init__(self, page: CasePage) -> None:
        self.page = page
        self.plan = saved(page)
        self.shown = [row for row in page.stands.findings if not awaits_staff(row.finding)]
        self.shown.sort(key=lambda row: place_of(row.finding))
        self.open = [item.question for item in page.stands.outstanding if item.question]
        self.recorded = list(page.visit.resolutions.exclude(fingerprint="").order_by("created_at"))

    def all(self) -> list[Card]:
        """Findings by weight, then what is only not sure, in the source's order."""
        taken: set[int] = set()
        cards = []
        for row in self.shown:
            cards.append(self.card(row, first=row.finding.number not in taken))
            taken.add(row.finding.number)
        rest = {PRECAUTION_OF[code].number: PRECAUTION_OF[code] for code in self.open if self.is_patients(code)}
        return cards + [self.unsure_card(rest[number]) for number in sorted(rest) if number not in taken]

    def is_patients(self, code: str) -> bool:
        return QUESTIONS[code].asked == Asked.PATIENT

    def card(self, row: Standing, first: bool) -> Card:
        finding = row.finding
        precaution = finding.precaution
        replies = tuple(self.replies(precaution)) if first else ()
        settling = {question.code for question, _form in replies}
        said = said_besides(self.page.case, precaution) if first else ()
        unsettled = [code for code in self.open if self.is_patients(code) and PRECAUTION_OF[code] is precaution]
        return Card(
            key=f"part-{finding.part}", kind=finding.outcome, badge=badge_words(finding.outcome, finding.scope),
            title=_(precaution.title), cite=cited(finding), number=finding.number,
            additional=precaution.is_additional, says=_(finding.statement.says),
            reasons=(*reason_words(finding, settling), *said),
            places=", ".join(finding.place_words), for_clinician=_(precaution.for_clinician),
            needs=tuple(self.need(row, need) for need in finding.requires), replies=replies,
            placing=tuple(self.placing(finding)), in_the_way=tuple(self.in_the_way(row)), correct=precaution.code,
            is_first=first, is_open=bool(row.open or (first and unsettled)), unplaced=tuple(unsettled),
            due=due_words(row, bool(first and unsettled)),
        )  # fmt: skip

    def unsure_card(self, precaution: Precaution) -> Card:
        return Card(
            key=f"unsure-{precaution.number}", kind="unsure", badge=_("Not sure"), title=_(precaution.title),
            cite=cite(precaution, Origin.SOURCE), number=precaution.number, additional=precaution.is_additional,
            replies=tuple(self.replies(precaution)), correct=precaution.code, is_open=True, due=_("settle the answer"),
        )  # fmt: skip

    def replies(self, precaution: Precaution) -> Iterator[tuple[Question, CaseForm | None]]:
        """Replies of the patient to settle, and texts that came up without having been asked."""
        page, located = self.page, precaution.number in LOCATED
        for question in precaution.questions:
            unsaid = (
                isinstance(question, Text) and page.case.shows(question) and question.code not in page.screening.replies
            )
            if question.asked != Asked.PATIENT or not (question.code in self.open or unsaid):
                continue
            if located and isinstance(question, Where):
                continue  # placed by the finding's own form
            yield question, page.form(lambda question=question: SettleForm(question, page.screening.today))  # type: ignore[misc]

    def placing(self, finding: Finding) -> Iterator[CaseForm]:
        for where, _leads in where_questions(finding):
            form = self.page.form(lambda where=where: place_form(self.page.screening, finding, where))  # type: ignore[misc]
            if form:
                yield form

    def in_the_way(self, row: Standing) -> Iterator[Row]:
        """Planned sites that run into the finding, and can be taken out of the plan or exchanged."""
        if row.finding.conflicts and not row.override and self.page.may_act:
            yield from (row_of(site, None) for site in self.plan.sites if is_forbidden(site, row.finding.part))

    def need(self, row: Standing, need: str) -> Need:
        if need == Requirement.OVERRIDE:
            return self.override(row)
        if need == Requirement.SECOND_CLINICIAN:
            return self.second(row)
        code, finding = Requirement(need), row.finding
        done = row.resolutions.get(need)
        act = Act(needle_words(done) if code == Requirement.NEEDLES else done.note, done) if done else None
        if code == Requirement.CAPACITY_OR_REPRESENTATIVE and (who := self.page.stands.representative):
            act = Act(_("%(name)s, %(authority)s") % who.details, who)
        form = None
        if code in NOTED:
            form = self.page.form(lambda: NoteForm(finding.part, code, measures=finding.precaution.measures))
        elif code == Requirement.NEEDLES:
            form = self.page.form(lambda: NeedlesForm(finding.part))
        earlier = "" if done else self.earlier(finding, need)
        return Need(
            code, str(REQUIREMENTS[code]), need not in row.open, str(DUE.get(code, "")), act, form, earlier=earlier
        )

    def override(self, row: Standing) -> Need:
        code, over = Requirement.OVERRIDE, row.override
        form = None if over else self.page.form(lambda: OverrideForm(row.finding.part))
        act = Act(over.reason, over) if over else None
        return Need(code, str(REQUIREMENTS[code]), over is not None, str(DUE[code]), act, form)

    def second(self, row: Standing) -> Need:
        code, second = Requirement.SECOND_CLINICIAN, row.second
        if second:
            words = second.reason or (_("Agrees.") if second.agrees else _("Does not agree."))
            return Need(code, str(REQUIREMENTS[code]), second.agrees, act=Act(words, second), refused=not second.agrees)
        if not row.override:
            return Need(code, str(REQUIREMENTS[code]), met=False, due=str(DUE[code]))
        if row.override.by_id == self.page.member.user.pk:
            waits = _("Waiting for a second clinician, who opens this case with their own sign-in.")
            return Need(code, str(REQUIREMENTS[code]), met=False, due=waits)
        form = self.page.form(lambda: OpinionForm(row.finding.part))
        return Need(code, str(REQUIREMENTS[code]), met=False, due=_("Waiting for a second clinician."), form=form)

    def earlier(self, finding: Finding, need: str) -> str:
        """What was recorded for this requirement before the finding changed."""
        rows = [row for row in self.recorded if row.part == finding.part and row.kind == need]
        return rows[-1].note if rows and rows[-1].fingerprint != finding.fingerprint else ""


def due_words(row: Standing, unsettled: bool) -> str:
    """What is still required to release it, in a few words."""
    return "; ".join([_("settle the answer")] * unsettled + [_(WORDS[Requirement(need)]) for need in row.open])


def is_forbidden(site: Site, part: str) -> bool:
    return any(trigger.part == part for trigger in site.forbidden_by)


def said_besides(case: Case, precaution: Precaution) -> Iterator[tuple[str, str]]:
    """The patient's own words on the precaution."""
    for question in precaution.questions:
        said = case[question] if isinstance(question, Text) and case.shows(question) else UNSURE
        if said not in {UNSURE, ""}:
            yield _(question.text), said
