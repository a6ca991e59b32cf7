"""What a patient says about somebody who helps them to answer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.fields import NameField
from screening.assistance import Way, Who

WHO = {
    Who.STAFF: _("Somebody who works here"),
    Who.FAMILY: _("Family or a friend"),
    Who.CARER: _("A carer"),
    Who.INTERPRETER: _("An interpreter"),
}
WAYS = {
    Way.READ_ALOUD: _("Reads to me"),
    Way.ENTERED: _("Types or taps what I say"),
    Way.EXPLAINED: _("Explains words"),
    Way.TRANSLATED: _("Puts it into my language"),
}
UNOFFERED = _("Please choose one of the answers offered.")


class HelperForm(forms.Form):
    who = forms.ChoiceField(
        label=_("Who helps you?"),
        help_text=_("A child may not interpret for you. If you need an interpreter, please ask us for one."),
        choices=list(WHO.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose who helps you."), "invalid_choice": UNOFFERED},
    )
    name = NameField(
        label=_("What is their name?"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words", "spellcheck": "false"}),
        error_messages={"required": _("Please write the name of the person who helps you.")},
    )
    ways = forms.MultipleChoiceField(
        label=_("How do they help?"),
        help_text=_("You can choose more than one."),
        choices=list(WAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one way."), "invalid_choice": UNOFFERED},
    )
