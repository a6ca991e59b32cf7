"""The form of one page of questions, built from the questions themselves, with follow-ups nested under their leads."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from screening.forms.fields import field_for
from screening.precautions.questions import UNSURE, Date, Question, Text, Weeks, Where
from screening.precautions.vocabulary import Case
from screening.questionnaire import QUESTIONS, parse_replies

DO_NOT_KNOW = "-unsure"
LEAVE = "leave"  # the button that leaves the page before it is complete
MISSING = {
    "yes_no": _("Please choose an answer. “I am not sure” is an answer too."),
    "choice": _("Please choose an answer."),
    "places": _("Please mark at least one place, or “I cannot show where”."),
    "date": _("Please enter the date, or tick “I do not know”."),
    "weeks": _("Please enter the weeks, or tick “I do not know”."),
    "text": _("Please write your answer here."),
}


def posted(replies: Mapping[str, Any]) -> QueryDict:
    """Replies (JSON) as a browser would send them."""
    data = QueryDict(mutable=True)
    for code, reply in replies.items():
        question = QUESTIONS[code]
        if isinstance(question, Where):
            data.setlist(code, [reply] if reply == UNSURE else reply)
        elif isinstance(question, Date | Weeks) and reply == UNSURE:
            data[f"{code}{DO_NOT_KNOW}"] = "on"
        elif isinstance(question, Weeks):
            data[f"{code}_0"], data[f"{code}_1"] = reply.split("+")
        else:
            data[code] = reply
    return data


class PageForm(forms.Form):
    """Questions of one page. `case` holds the answers so far; nothing else is selected beforehand.

    `typed` is what was in the form when the patient turned away from it (to another language, or a page back): shown again,
    and not checked. After a valid `clean`, `replies` has the reply (JSON) to each question that applies.
    """

    def __init__(
        self, questions: Iterable[Question], case: Case, data: QueryDict | None = None, typed: QueryDict | None = None
    ) -> None:
        super().__init__(data)
        self.questions, self.case = list(questions), case
        self.replies: dict[str, Any] = {}
        for question in self.questions:
            self.fields[question.code] = field = field_for(case.worded(question), case.today)
            field.why = gettext(question.why) if question.why else ""  # type: ignore[attr-defined]
            if isinstance(question, Date | Weeks):
                self.fields[f"{question.code}{DO_NOT_KNOW}"] = forms.BooleanField(
                    label=_("I do not know"), required=False
                )
            if question.code in case.replies:
                self.set_initial(question, question.dump(case.replies[question.code]))
        if typed is not None:
            names = self.fields.items()
            self.initial = {name: field.widget.value_from_datadict(typed, MultiValueDict(), name) for name, field in names}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = nested(self.questions)

    @property
    def offered(self) -> list[str]:
        return [question.code for question in self.questions]

    def set_initial(self, question: Question, reply: Any) -> None:
        if isinstance(question, Date | Weeks) and reply == UNSURE:
            self.initial[f"{question.code}{DO_NOT_KNOW}"] = True
        else:
            self.initial[question.code] = [UNSURE] if isinstance(question, Where) and reply == UNSURE else reply

    def clean(self) -> dict[str, Any]:
        self.refuse_unoffered()
        given = {question.code: self.given(question) for question in self.questions if question.code not in self.errors}
        replies = {code: reply for code, reply in given.items() if reply is not None}
        before = {code: reply for code, reply in self.case.replies.items() if code not in self.fields}
        self.now = replace(self.case, replies=before | parse_replies(replies)[0])
        for question in self.questions:
            if question.code not in self.errors:
                self.check(question, replies.get(question.code))
        self.replies = {q.code: replies.get(q.code, "") for q in self.questions if self.now.shows(q)}
        return self.cleaned_data

    def given(self, question: Question) -> Any:
        """The reply sent to a question; None when it was left empty."""
        reply = self.cleaned_data.get(question.code)
        if self.cleaned_data.get(f"{question.code}{DO_NOT_KNOW}"):
            if reply is not None:
                self.add_error(
                    question.code, _("You filled this in and also ticked “I do not know”. Please take one away.")
                )
            return UNSURE
        return reply or None

    def check(self, question: Question, reply: Any) -> None:
        """A question that applies is answered; one that does not is left empty. While its leads are open, nothing is said."""
        leads = [lead for lead in question.follows if self.now.shows(lead.question)]
        answered = [lead for lead in leads if lead.question.code in self.now.replies]
        if not question.follows or any(self.now[lead.question] in lead.replies for lead in answered):
            if reply is None and not (isinstance(question, Text) and not question.needed):
                self.add_error(question.code, MISSING[question.kind])
        elif reply is not None and len(answered) == len(leads):
            self.refuse_contradiction(question)

    def refuse_contradiction(self, question: Question) -> None:
        """Said at the lead question, since the browser hides a follow-up that does not apply."""
        lead = question.follows[0].question
        while not self.now.shows(lead):
            lead = lead.follows[0].question
        told = {
            "reply": lead.say(self.now[lead]).render(gettext), "lead": gettext(self.case.worded(lead).text),
            "follow": gettext(self.case.worded(question).text),
        }  # fmt: skip
        text = _("You answered “%(reply)s” to “%(lead)s”, but also filled in “%(follow)s”. Please change one of them.")
        self.add_error(lead.code, ValidationError(text, params=told))

    def refuse_unoffered(self) -> None:
        """Whatever this page did not ask for makes all of it doubtful."""
        data: Any = self.data
        names = {"csrfmiddlewaretoken", LEAVE}
        for question in self.questions:
            parts = ("_0", "_1") if isinstance(question, Weeks) else ("",)
            names |= {f"{question.code}{part}" for part in parts}
            names |= {f"{question.code}{DO_NOT_KNOW}"} if isinstance(question, Date | Weeks) else set()
            if not isinstance(question, Where) and any(
                len(data.getlist(f"{question.code}{part}")) > 1 for part in parts
            ):
                self.add_error(question.code, _("This was answered twice at once. Please choose one answer."))
        for name in sorted(set(data) - names):
            shown = re.sub(r"[^\w.-]", "?", name, flags=re.ASCII)[:60]
            text = _(
                "Something was sent that this page did not ask for: %(name)s. Nothing was saved. Please try again."
            )
            self.add_error(None, ValidationError(text, params={"name": shown}))


def nested(questions: Iterable[Question]) -> Layout:
    """Follow-ups stand in a box below their lead question; those with the same leads share one."""
    layout = Layout()
    stands_in: dict[str, list[Any]] = {}
    for question in questions:
        place = layout.fields
        if question.follows:
            first = stands_in.get(question.follows[0].question.code, layout.fields)
            place = follow_up_box(first if len(question.follows) == 1 else layout.fields, question)
        place.append(question.code)
        if isinstance(question, Date | Weeks):
            place.append(f"{question.code}{DO_NOT_KNOW}")
        stands_in[question.code] = place
    return layout


def follow_up_box(place: list[Any], question: Question) -> list[Any]:
    when = json.dumps([[lead.question.code, list(lead.replies)] for lead in question.follows])
    box = Div(css_class="follow", data_shown_when=when)
    if place and isinstance(place[-1], Div) and place[-1].flat_attrs == box.flat_attrs:
        return place[-1].fields
    place.append(box)
    return box.fields
