"""How a finding is met: notes with measures to choose from, needles, an override and a second opinion."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.fields import TextField
from screening.forms.case import SAY_MORE, CaseForm, Data, note_field
from screening.precautions.questions import NO, YES
from screening.precautions.vocabulary import Requirement
from screening.recording import MATERIALS

NOTES = {
    Requirement.EDUCATION: _("What you explained, and that the patient is still willing"),
    Requirement.MEASURES: _("Your measures"),
    Requirement.INSPECTION: _("What you saw"),
}


class NoteForm(CaseForm):
    """How a requirement was met: measures chosen from those of the precaution, and words of one's own."""

    chosen = forms.MultipleChoiceField(
        label=_("What you do"), widget=forms.CheckboxSelectMultiple, required=False,
        error_messages={"invalid_choice": _("Choose from the list.")},
    )  # fmt: skip
    note = note_field("", required=False)

    def __init__(self, part: str, kind: str, data: Data = None, measures: Iterable[str] = ()) -> None:
        super().__init__(f"resolve-{part}-{kind}", data, {"part": part, "kind": kind})
        self.fields["note"].label = NOTES[Requirement(kind)]
        if rows := [(words, words) for words in measures]:
            self.fields["chosen"].choices = rows  # type: ignore[attr-defined]
        else:
            del self.fields["chosen"]

    def clean(self) -> dict[str, Any]:
        """One note of all that was chosen and written, as it will stand in the record."""
        values = self.cleaned_data
        chosen = values.get("chosen") or []
        if not chosen and not values.get("note") and not self.errors:
            self.add_error("note", SAY_MORE["required"])
        written = [values["note"]] if values.get("note") else []
        values["note"] = "\n".join([*chosen, *written])
        return values

    def details(self) -> dict[str, Any]:
        return {}


class NeedlesForm(CaseForm):
    """The needles chosen instead: material, brand, coating, lot, free of the metal that was named."""

    material = forms.ChoiceField(
        label=_("Material"),
        choices=[("", _("Choose")), *((code, name) for code, name in MATERIALS.items() if code != "stainless_steel")],
        error_messages={
            "required": _("Choose the material."),
            "invalid_choice": _("Choose a material from the list."),
        },
    )
    brand = TextField(label=_("Brand"), max_length=120, error_messages={"required": _("Enter the brand.")})
    coating = TextField(label=_("Coating"), max_length=120, required=False)
    lot = TextField(label=_("Lot number"), max_length=120, error_messages={"required": _("Enter the lot number.")})
    free_of_metal = forms.BooleanField(
        label=_("The needles are free of the metal that the patient named"),
        error_messages={"required": _("Confirm that the needles are free of the metal that the patient named.")},
    )
    note = note_field(_("Note"), required=False)

    def __init__(self, part: str, data: Data = None) -> None:
        super().__init__(f"resolve-{part}-needle_material", data, {"part": part, "kind": Requirement.NEEDLES.value})
        self.fields["coating"].optional = self.fields["note"].optional = True  # type: ignore[attr-defined]

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("material", "brand", "coating", "lot", "free_of_metal")}


class OverrideForm(CaseForm):
    reason = note_field(
        _("Override: why treatment is right all the same"),
        lines=3,
        help_text=_("Your reason is printed in the record, with your name and the time."),
    )

    def __init__(self, part: str, data: Data = None) -> None:
        super().__init__(f"override-{part}", data, {"part": part})


class OpinionForm(CaseForm):
    """The second clinician's answer; the buttons say whether they agree."""

    reason = note_field(
        _("Your opinion as second clinician"),
        required=False,
        help_text=_("Printed in the record. Needed when you do not agree."),
    )

    def __init__(self, part: str, data: Data = None) -> None:
        super().__init__(f"second-{part}", data, {"part": part})

    def clean(self) -> dict[str, Any]:
        if self.data.get("agrees") not in {YES, NO}:
            raise forms.ValidationError(_("Say whether you agree."))
        self.agrees = self.data.get("agrees") == YES
        return self.cleaned_data
