"""What an event says of itself beside its name, in plain words; hashes and ids are left to the chain."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clinic.happened import BECAUSE
from clinic.models import AuditEvent, Patient, Purpose, Role
from consent.models import SignerRole
from screening.models import Decision, ResolutionKind

CAUSES = {
    "intake": lazy("after the answers"),
    "settled": lazy("after open answers were settled"),
    "plan": lazy("after the plan was changed"),
    "correction": lazy("after answers were corrected"),
}
LOOKED_FOR = {
    "since": lazy("sealed from"),
    "until": lazy("sealed to"),
    "decision": lazy("by decision"),
    "clinician": lazy("by clinician"),
    "overridden": lazy("by override"),
    "patient_named": lazy("by a patient’s name"),
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


def looked_for(wanted: Any) -> str:
    if not isinstance(wanted, Mapping):
        return _("picked by hand")
    by = [str(words) for name, words in LOOKED_FOR.items() if wanted.get(name) not in (None, "", False)]
    return _("found %(how)s") % {"how": ", ".join(by)} if by else _("all records")


SAID: dict[str, Callable[[Any], str]] = {
    "because": lambda code: str(BECAUSE.get(code, "")),
    "role": of_choices(SignerRole, Role),
    "decision": of_choices(Decision),
    "kind": of_choices(ResolutionKind),
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
    "fields": fields,
    "wanted": looked_for,
    "since": lambda day: _("from %(day)s") % {"day": day},
    "until": lambda day: _("to %(day)s") % {"day": day},
}
COUNTED = {
    "records.exported": counted("%(count)s record", "%(count)s records"),
    "link.birth_date_refused": lambda number: _("try %(number)s") % {"number": number},
}


def details(event: AuditEvent) -> str:
    """The details that have words, one after the other."""
    said = [SAID[name](value) for name, value in event.data.items() if name in SAID]
    if event.action in COUNTED and "count" in event.data:
        said.insert(0, COUNTED[event.action](event.data["count"]))  # type: ignore[no-untyped-call]
    return ", ".join(filter(None, said))


def reason(event: AuditEvent) -> str:
    """Why, in the person's own words, where an event keeps that."""
    said = event.data.get("reason")
    return said if isinstance(said, str) else ""
