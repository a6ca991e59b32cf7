"""All answers as asked, precaution by precaution, with what staff settled since."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from screening.forms.case import CaseForm, SettleForm
from screening.models import Resolution, in_english
from screening.precautions import EVERY
from screening.precautions.questions import UNSURE, Asked, Question, Where
from screening.precautions.vocabulary import Precaution
from screening.questionnaire import PRECAUTION_OF, QUESTIONS
from screening.settling import LOCATED
from screening.views.case_page import CasePage


@dataclass(frozen=True)
class Answer:
    """A question as it was asked with the answer in words; `settled` when staff answered or settled it.

    `shown` and `shown_said` are the patient's words in `language` where that is not the clinic's; `confirmed` is the day
    of the earlier answer that the patient only confirmed.
    """

    code: str
    text: str
    said: str
    shown: str = ""
    shown_said: str = ""
    language: str = ""
    confirmed: datetime.date | None = None
    settled: Resolution | None = None
    settled_words: str = ""
    form: CaseForm | None = None


@dataclass(frozen=True)
class Group:
    precaution: Precaution
    answers: tuple[Answer, ...]


def groups(page: CasePage) -> list[Group]:
    """The fifteen in the source's order, then the additional groups; those without a question asked left out."""
    found = [Group(precaution, tuple(answers_of(page, precaution))) for precaution in EVERY]
    return [group for group in found if group.answers]


def answers_of(page: CasePage, precaution: Precaution) -> Iterator[Answer]:
    """In the words stored with the intake; then what nobody but staff answered."""
    intake = page.screening.intake
    asked = {row["code"]: row for row in intake.asked if row["precaution"] == precaution.number}
    for row in asked.values():
        words = in_english(row)
        found = answer(page, row["code"], _(words["text"]), words["said"])
        if words is not row:
            found = replace(found, shown=row["text"], shown_said=row["said"], language=row.get("language", intake.language))
        day = row.get("confirmed")
        yield replace(found, confirmed=datetime.date.fromisoformat(day)) if day else found
    for question in precaution.questions:
        if question.code not in asked and question.code in page.stands.settled and page.case.shows(question):
            yield answer(page, question.code, _(question.text), "")


def answer(page: CasePage, code: str, text: str, said: str) -> Answer:
    row, question = page.stands.settled.get(code), QUESTIONS.get(code)
    if row is None or question is None:
        return Answer(code, text, said)
    words = question.say(question.parse(row.reply)).render(_)
    form = None
    if question.asked == Asked.PATIENT and may_settle_again(page, question):
        form = page.form(lambda: SettleForm(question, page.screening.today))
    return Answer(code, text, said, settled=row, settled_words=words, form=form)


def may_settle_again(page: CasePage, question: Question) -> bool:
    """What has a place and is of concern is settled on its card, with a note of what was seen."""
    reply = page.screening.replies.get(question.code)
    if reply is None or PRECAUTION_OF[question.code].number not in LOCATED:
        return reply is not None
    return reply == UNSURE or not (isinstance(question, Where) or not question.is_clear(reply))
