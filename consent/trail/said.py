"""What an event says of itself beside its name, in plain words; hashes and ids are left to the chain."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clinic.happened import BECAUSE
from clinic.models import AuditEvent, Patient, Purpose, Role
from consent.models import RecordKind, SignerRole
from screening.models import Decision, ResolutionKind

CAUSES = {
    "intake": lazy("after the answers"),
    "settled": lazy("after open answers were settled"),
    "plan": lazy("after the plan was changed"),
    "correction": lazy("after answers were corrected"),
}
FORMS = {
    "zip": lazy("as a ZIP"),
    "merged": lazy("as one PDF for reading"),
    "csv": lazy("as a table (CSV)"),
    "fhir": lazy("as data (FHIR)"),
}


def of_choices(*choices: Any) -> Callable[[Any], str]:
    """The label of a code in the first of the lists that has it."""
    labels = {str(code): label for several in reversed(choices) for code, label in several.choices}
    return lambda code: str(labels.get(str(code), ""))


def counted(one: str, many: str) -> Callable[[Any], str]:
    return lambda count: ngettext(one, many, count) % {"count": count} if isinstance(count, int) else ""


def fields(names: Any) -> str:
    labels = {field.name: str(getattr(field, "verbose_name", field.name)) for field in Patient._meta.get_fields()}
    return ", ".join(labels.get(name, name).lower() for name in names)


def looked_for(wanted: Any, clinician: str = "") -> str:
    """Every filter that was set, with its value: none left out, or an export would read as one of more records."""
    if not isinstance(wanted, Mapping):
        return _("picked by hand")
    by = [LOOKED_FOR[name](wanted[name]) for name in LOOKED_FOR if wanted.get(name) not in (None, "")]
    if wanted.get("clinician"):
        by.append(_("decided by %(name)s") % {"name": clinician} if clinician else _("one clinician"))
    by = list(filter(None, by))
    return _("found by: %(how)s") % {"how": "; ".join(by)} if by else _("all records")


def written(day: str) -> str:
    """A day as people write it."""
    return date_format(datetime.date.fromisoformat(day), "j M Y")


def or_itself(words: Callable[[Any], str], code: Any) -> str:
    return words(code) or str(code)


LOOKED_FOR: dict[str, Callable[[Any], str]] = {
    "since": lambda day: _("sealed from %(day)s") % {"day": written(day)},
    "until": lambda day: _("sealed to %(day)s") % {"day": written(day)},
    "decision": lambda code: _("decision “%(what)s”") % {"what": or_itself(of_choices(Decision), code)},
    "kind": lambda code: _("kind “%(what)s”") % {"what": or_itself(of_choices(RecordKind), code)},
    "overridden": lambda stood: _("overridden") if stood else _("not overridden"),
    "patient_named": lambda named: _("a patient’s name") if named else "",
}
SAID: dict[str, Callable[[Any], str]] = {
    "because": lambda code: str(BECAUSE.get(code, "")),
    "role": of_choices(SignerRole, Role),
    "decision": of_choices(Decision),
    "kind": of_choices(ResolutionKind, RecordKind),
    "purpose": of_choices(Purpose),
    "part": lambda part: _("precaution %(part)s") % {"part": part},
    "cause": lambda code: str(CAUSES.get(code, "")),
    "agrees": lambda agrees: _("agrees") if agrees else _("does not agree"),
    "whole": lambda whole: _("whole") if whole else _("not whole"),
    "download": lambda download: _("downloaded") if download else "",
    "attempt": lambda number: _("try %(number)s") % {"number": number},
    "version": lambda number: _("version %(number)s") % {"number": number},
    "questions": counted("%(count)s answer", "%(count)s answers"),
    "findings": counted("%(count)s finding", "%(count)s findings"),
    "helpers": counted("%(count)s helper", "%(count)s helpers"),
    "roles": lambda codes: ", ".join(filter(None, map(of_choices(Role), codes))),
    "cases": counted("%(count)s open case", "%(count)s open cases"),
    "settings": counted("%(count)s setting", "%(count)s settings"),
    "patients": counted("%(count)s patient", "%(count)s patients"),
    "gaps": lambda count: counted("%(count)s record missing", "%(count)s records missing")(count) if count else "",
    "fields": fields,
    "form": lambda code: str(FORMS.get(code, "")),
    "since": lambda day: _("from %(day)s") % {"day": written(day)},
    "until": lambda day: _("to %(day)s") % {"day": written(day)},
}
COUNTED: dict[str, Callable[[Any], str]] = {
    "records.exported": counted("%(count)s record", "%(count)s records"),
    "link.birth_date_refused": lambda number: _("try %(number)s") % {"number": number},
    "copy.birth_date_refused": lambda number: _("try %(number)s") % {"number": number},
}


def details(event: AuditEvent, clinician: str = "") -> str:
    """The details that have words, one after the other; `clinician` is the name of the one that was looked for."""
    words = SAID | {"wanted": lambda wanted: looked_for(wanted, clinician)}
    if event.action in COUNTED:
        words["count"] = COUNTED[event.action]
    said = [read(words[name], event.data[name]) for name in words if name in event.data]
    return ", ".join(filter(None, said))


def read(words: Callable[[Any], str], value: Any) -> str:
    """Nothing where the value is of another kind: a chain that was tampered with may hold anything, and is still read."""
    try:
        return words(value)
    except (TypeError, ValueError, AttributeError):
        return ""


def reason(event: AuditEvent) -> str:
    """Why, in the person's own words, where an event keeps that."""
    said = event.data.get("reason")
    return said if isinstance(said, str) else ""
