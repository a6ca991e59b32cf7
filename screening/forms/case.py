"""What staff send from the case page: replies, places, and the people who help."""

import datetime
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clinic.fields import TextField
from screening.forms.fields import field_for
from screening.models import LONGEST_NOTE
from screening.precautions.communication import ROUTE
from screening.precautions.questions import NO, UNSURE, YES, OneOf, Question, Where, YesNo
from screening.questionnaire import PRECAUTION_OF

Data = Mapping[str, Any] | None
SAY_MORE = {"required": _("Please write a few words.")}


class CaseForm(forms.Form):
    """One of the many forms of the page. `key` tells it from the others; `sends` goes with it unseen."""

    def __init__(
        self, key: str, data: Data = None, sends: Mapping[str, str] | None = None, initial: Data = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), auto_id=f"{key}-%s", label_suffix="")
        self.key = key
        self.sends = dict(sends or {})

    @property
    def place(self) -> str:
        """Where the page goes on after the form was sent."""
        part, code = self.sends.get("part"), self.sends.get("question") or self.sends.get("where")
        if code:
            return f"source-{PRECAUTION_OF[code].number}"
        return f"part-{part}" if part else "plan" if self.key.startswith("plan") else self.key

    def typed(self) -> list[tuple[str, str]]:
        """The words that somebody typed, to be kept where the form itself can no longer be shown."""
        fields = [field for field in self if isinstance(field.field, TextField) and field.value()]
        return [(str(field.label), str(field.value())) for field in fields]


def note_field(label: Any, lines: int = 2, **details: Any) -> TextField:
    return TextField(label=label, lines=lines, max_length=LONGEST_NOTE, error_messages=dict(SAY_MORE), **details)


class SettleForm(CaseForm):
    """Settles one reply. The buttons of a yes/no or a choice carry the reply; `unknown` keeps it not sure."""

    def __init__(self, question: Question, today: datetime.date, data: Data = None) -> None:
        sends = {"form": "settle", "question": question.code}
        super().__init__(f"settle-{question.code}", data, sends)
        self.question = question
        self.by_buttons = isinstance(question, OneOf)
        hidden = forms.CharField(required=False, widget=forms.HiddenInput)
        self.fields["reply"] = hidden if self.by_buttons else field_for(question, today)

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Reply and words of each button, not sure last."""
        if isinstance(self.question, YesNo):
            concern = _now("a no") if self.question.clear == (YES,) else _now("a yes")
            unknown = _now("Still unknown: decide as if it were %(concern)s") % {"concern": concern}
            return [(YES, _now("It is a yes")), (NO, _now("It is a no")), (UNSURE, unknown)]
        options = [(option.code, _now(option.text)) for option in self.question.options if option.code != UNSURE]
        return [*options, (UNSURE, _now("Still unknown: decide as if it were of concern"))]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not self.by_buttons and self.data.get("unknown"):
            values["reply"] = UNSURE
        if not values.get("reply") and not self.errors:
            raise forms.ValidationError(_("Choose or write the answer, or say that it is still unknown."))
        return values


class QuestionsForm(CaseForm):
    """The questions asked of staff, clinician and guardian, several at once; those left empty stay open."""

    def __init__(
        self, questions: Iterable[Question], given: Mapping[str, Any], today: datetime.date, data: Data = None
    ) -> None:
        super().__init__("questions", data, {"form": "questions"}, initial=given)
        self.given = given
        self.leads: dict[str, list[Any]] = {}
        for question in questions:
            self.fields[question.code] = field = field_for(question, today)
            leads = [[lead.question.code, list(lead.replies)] for lead in question.follows]
            self.leads[question.code] = [lead for lead in leads if lead[0] in self.fields]
            if self.leads[question.code]:
                field.shown_when = json.dumps(self.leads[question.code])  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        answers = {code: value for code, value in values.items() if value not in ("", None, []) and self.applies(code)}
        self.changes = {code: value for code, value in answers.items() if value != self.given.get(code)}
        if not self.changes and not self.errors:
            raise forms.ValidationError(_("Answer at least one question that was open, or change an answer."))
        return values

    def applies(self, code: str) -> bool:
        """A follow-up to a question of this form applies after certain replies to it."""
        leads = self.leads[code]
        return not leads or any(self.cleaned_data.get(lead) in replies for lead, replies in leads)


class PlaceForm(CaseForm):
    """After looking: where it is, or that there is nothing of concern."""

    note = note_field(_("What you saw"), required=False)

    def __init__(
        self, part: str, where: Where, today: datetime.date, data: Data = None, marked: Iterable[str] = ()
    ) -> None:
        sends = {"form": "place", "part": part, "where": where.code}
        super().__init__(f"place-{part}-{where.code}", data, sends, {"areas": list(marked)})
        self.where = where
        self.fields = {"areas": field_for(where, today)} | self.fields

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        self.clears = self.data.get("do") == "clear"
        if not self.clears and not values.get("areas") and "areas" not in self.errors:
            self.add_error(
                "areas", _("Mark where it is, or “I cannot show where”, or press “Nothing of concern here”.")
            )
        if len(values.get("note") or "") < 5 and "note" not in self.errors:
            self.add_error("note", _("Say in a few words what you saw."))
        return values


class CommunicationForm(CaseForm):
    """Who or what makes talking possible. A child never interprets."""

    name = TextField(
        label=_("Name or ID of the interpreter or helper"),
        help_text=_("For writing or a speech tablet, say what is used."),
        max_length=200,
        error_messages={"required": _("Enter the name or ID.")},
    )
    language = TextField(label=_("Language"), max_length=80, error_messages={"required": _("Enter the language.")})
    mode = forms.ChoiceField(
        label=_("How"),
        choices=[("", _("Choose")), *((item.code, _(item.text)) for item in ROUTE.options)],
        error_messages={"required": _("Choose how."), "invalid_choice": _("Choose from the list.")},
    )
    is_adult = forms.BooleanField(
        label=_("Whoever interprets is an adult"),
        error_messages={"required": _("Confirm that it is an adult: a child never interprets.")},
    )
    teach_back = forms.BooleanField(
        label=_("The patient said back in their own words what will happen"),
        error_messages={"required": _("Confirm this once the patient has said it back.")},
    )

    def __init__(self, data: Data = None, initial: Data = None) -> None:
        super().__init__("communication", data, {"kind": "communication"}, initial)


class RepresentativeForm(CaseForm):
    """Who decides for an adult who cannot decide now, and by what authority."""

    name = TextField(
        label=_("Name of the representative"), max_length=200, error_messages={"required": _("Enter the name.")}
    )
    authority = TextField(
        label=_("Authority"),
        help_text=_("For example: enduring guardian, document seen on 4 May"),
        max_length=400,
        error_messages={"required": _("Write down by what authority this person decides.")},
    )
    patient_signs = forms.BooleanField(label=_("The patient can and wants to sign too"), required=False)

    def __init__(self, data: Data = None, initial: Data = None) -> None:
        super().__init__("representative", data, {"kind": "representative"}, initial)


class CorrectionReasonForm(CaseForm):
    reason = note_field(
        _("Why is the answer corrected?"),
        help_text=_("Both versions stay in the record, with your name and your reason."),
        min_length=5,
    )

    def __init__(self, data: Data = None) -> None:
        super().__init__("correction", data)
        self.fields["reason"].error_messages["min_length"] = _("Say why, in a few words.")
