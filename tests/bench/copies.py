"""Many sealed records of a few real cases: every row that hangs on a case written again, each with a file of its own."""

import copy
import itertools
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Model

from clinic.models import Patient
from consent import archive, filing
from consent.models import SealedDocument

type_of_rows = list[Model]
AT_ONCE = 100
SERIAL = itertools.count()


def rows_of(patient: Patient) -> type_of_rows:
    """The patient and everything that hangs on it, however far down."""
    found: dict[Any, Model] = {patient.pk: patient}
    for row in (queue := [patient]):  # grows while it is walked
        for relation in row._meta.related_objects:
            model: Any = relation.related_model
            for below in model._base_manager.filter(**{relation.field.name: row}):
                if below.pk not in found:
                    found[below.pk] = below
                    queue.append(below)
    return list(found.values())


def again(rows: type_of_rows) -> type_of_rows:
    """The same rows under new keys, pointing at each other as the first ones do."""
    keys = {row.pk: uuid.uuid4() if isinstance(row.pk, uuid.UUID) else None for row in rows}
    made = []
    for row in rows:
        new = copy.copy(row)
        new._state = copy.copy(row._state)
        new._state.adding, new._state.fields_cache = True, {}
        for field in new._meta.concrete_fields:
            if (field.primary_key or field.is_relation) and getattr(row, field.attname) in keys:
                setattr(new, field.attname, keys[getattr(row, field.attname)])
        if isinstance(new, SealedDocument):
            keep_another(new)
        made.append(new)
    return made


def keep_another(document: SealedDocument) -> None:
    """A file that nobody else has, as long as the first; a remark after its end changes no page."""
    data = archive.get(document.sha256) + b"%%%d\n" % next(SERIAL)
    document.number, document.size, document.sha256 = filing.new_number(), len(data), archive.put(data)


def make(patients: list[Patient], records: int) -> None:
    """Copies of these cases in turn, until there are so many records."""
    cases = [rows_of(patient) for patient in patients]
    source = itertools.cycle(cases)
    while (missing := records - SealedDocument.objects.count()) > 0:
        save(list(itertools.chain.from_iterable(again(next(source)) for _ in range(min(missing, AT_ONCE)))))


def save(rows: type_of_rows) -> None:
    with transaction.atomic():
        for model, these in by_model(rows):
            model._base_manager.bulk_create(these)


def by_model(rows: type_of_rows) -> Iterator[tuple[Any, type_of_rows]]:
    models = dict.fromkeys(type(row) for row in rows)
    return ((model, [row for row in rows if type(row) is model]) for model in models)
