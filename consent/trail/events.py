"""Which events belong to a clinic, a patient or a record, and how a list of them is narrowed."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, Q, QuerySet

from clinic import audit
from clinic.happened import KINDS
from clinic.models import AuditEvent, Clinic, Patient, User
from consent.models import RecordExport, SealedDocument


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to; what is None or empty does not matter."""

    person: User | None = None
    kind: str = ""
    day: datetime.date | None = None

    def of(self, events: QuerySet[AuditEvent], clinic: Clinic) -> QuerySet[AuditEvent]:
        """The events that fit, the day being the clinic's; what was refused to a person counts as theirs."""
        if self.person:
            events = events.filter(Q(actor=self.person) | Q(subject=audit.subject_of(self.person)))
        if self.kind:
            events = events.filter(action__in=list(KINDS[self.kind][1]))
        if self.day:
            start, end = (
                datetime.datetime.combine(self.day + datetime.timedelta(days=days), datetime.time.min, clinic.zone)
                for days in (0, 1)
            )
            events = events.filter(created_at__gte=start, created_at__lt=end)
        return events


def of_clinic(clinic: Clinic) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(clinic=clinic)


def of_patient(patient: Patient) -> QuerySet[AuditEvent]:
    """All about a patient, files merged into theirs included: the person, their visits, their records, exports of these."""
    files = files_of(patient)
    visits = list(patient.clinic.visits.filter(patient__in=files).values_list("pk", flat=True))
    subjects = [f"Patient:{key}" for key in files] + [f"Visit:{key}" for key in visits]
    mine = Q(subject__in=subjects) | Q(data__visit__in=[str(key) for key in visits])
    mine |= Q(data__patient__in=[str(key) for key in files])
    return since_the_first(
        of_clinic(patient.clinic), subjects, mine | exported(SealedDocument.objects.filter(visit__in=visits))
    )


def of_record(document: SealedDocument) -> QuerySet[AuditEvent]:
    """All about a record: what led to it, and what happened to it since, but not to other records of the visit."""
    visit = str(document.visit_id)
    others = [f"SealedDocument:{row.pk}" for row in document.visit.documents.exclude(pk=document.pk).only("pk")]
    mine = Q(subject=f"Visit:{visit}") | Q(data__visit=visit) & ~Q(subject__in=others)
    mine |= exported(SealedDocument.objects.filter(pk=document.pk))
    return since_the_first(of_clinic(document.clinic), [f"Visit:{visit}"], mine)


def files_of(patient: Patient) -> list[Any]:
    """The patient's file and all that were merged into it."""
    found, newest = [patient.pk], [patient.pk]
    while newest:
        newest = list(Patient.objects.filter(merged_into__in=newest).exclude(pk__in=found).values_list("pk", flat=True))
        found += newest
    return found


def exported(documents: QuerySet[SealedDocument]) -> Q:
    """Exports in which one of the records left."""
    return Q(pk__in=RecordExport.objects.filter(document__in=documents).values("event"))


def since_the_first(events: QuerySet[AuditEvent], subjects: list[str], mine: Q) -> QuerySet[AuditEvent]:
    """No earlier event is looked at than the first that is about one of the subjects: what is inside `data` has no index."""
    first = events.filter(subject__in=subjects).aggregate(first=Min("seq"))["first"]
    return events.filter(mine, seq__gte=first or 1)
