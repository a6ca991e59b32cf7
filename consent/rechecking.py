"""Runs the rules again on what a record carries, and says where today's rules come to something else."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from pyhanko.pdf_utils.reader import PdfFileReader

from consent.attached import BUNDLE
from consent.seals import ROTTEN
from screening.precautions.vocabulary import Case
from screening.questionnaire import RULES_VERSION, Screened, screen
from screening.written import KEYS, once, parse_case

UNREADABLE = (*ROTTEN, StopIteration)
LARGEST_DATA = 16 * 1024 * 1024  # unpacked, so that a small file cannot fill the memory
COMPARED = ("outcome", "scope", "places", "reasons")
LISTS = {"places", "reasons"}


class NothingToCheck(Exception):
    """The file carries no case that can be screened again; the text says why."""


@dataclass(frozen=True)
class Recheck:
    """Which rules it was screened by, which are today's, and each difference in words; none when they agree."""

    then: str
    now: str
    differences: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return not self.differences


def recheck(pdf: bytes) -> Recheck:
    """Screen again with today's rules what the record says was seen, and compare. It reads nothing but the file."""
    told = case_in(carried(pdf))
    then, overall, conflicts = findings_in(told), words_in(told, "overall"), words_in(told, "conflicts")
    result = screen(built(told))
    lines = [
        *compared(then, found_by(result)),
        *whole(_("Overall"), overall, result.overall),
        *whole(_("Findings that the plan runs into"), conflicts, result.conflicts),
    ]
    return Recheck(str(told.get("rules_version", "")), RULES_VERSION, tuple(lines))


def carried(pdf: bytes, name: str = BUNDLE) -> bytes:
    """The file of this name inside a PDF."""
    try:
        names = PdfFileReader(BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
        specs = [names[at] for at in range(1, len(names), 2)]
        stream = next(spec for spec in specs if str(spec.get("/UF") or spec["/F"]) == name)["/EF"]["/F"]
        return unpacked(stream)
    except UNREADABLE as error:
        raise NothingToCheck(_("This file carries no data of a record.")) from error


def unpacked(stream: Any) -> bytes:
    """The bytes of an attachment, packed as we pack them or not at all, and no more than a record can hold."""
    data: bytes = stream.encoded_data
    if stream.get("/Filter") in ("/FlateDecode", ["/FlateDecode"]):
        data = zlib.decompressobj().decompress(data, LARGEST_DATA + 1)
    elif "/Filter" in stream:
        raise ValueError("packed in a way of others")
    if len(data) > LARGEST_DATA:
        raise NothingToCheck(_("The data in this file is larger than that of any record."))
    return data


def case_in(bundle: bytes) -> Mapping[str, Any]:
    """What the rules saw and found, out of the bundle."""
    try:
        entries = json.loads(bundle, object_pairs_hook=once)["entry"]
        parameters = next(one["resource"] for one in entries if one["resource"]["resourceType"] == "Parameters")
        found = json.loads(parameters["parameter"][0]["valueString"], object_pairs_hook=once)
        if not isinstance(found, dict):
            raise TypeError
    except UNREADABLE as error:
        raise NothingToCheck(_("The data of this record cannot be read.")) from error
    return found


def built(told: Mapping[str, Any]) -> Case:
    """The case as it was screened; what today's questions do not know is named."""
    case, faults = parse_case({name: told.get(name) for name in KEYS}, complete=True)
    if faults or case is None:
        why = "; ".join(faults)
        raise NothingToCheck(_("The case of this record no longer fits today's questions: %(why)s.") % {"why": why})
    return case


def findings_in(told: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The findings of then, by part."""
    rows = told.get("findings")
    if not isinstance(rows, list) or not all(isinstance(row, dict) and is_finding(row) for row in rows):
        raise NothingToCheck(_("The findings of this record cannot be read."))
    return {row["part"]: row for row in rows}


def is_finding(row: Mapping[str, Any]) -> bool:
    return all(
        are_words(row.get(name)) if name in LISTS else isinstance(row.get(name), str) for name in ("part", *COMPARED)
    )


def are_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def words_in(told: Mapping[str, Any], name: str) -> list[str]:
    found = told.get(name)
    if not isinstance(found, list) or not are_words(found):
        raise NothingToCheck(_("The findings of this record cannot be read."))
    return found


def found_by(result: Screened) -> dict[str, Mapping[str, Any]]:
    return {
        one.part: {
            "outcome": str(one.outcome), "scope": str(one.scope), "places": sorted(one.places),
            "reasons": [reason.message.render() for reason in one.reasons],
        }
        for one in result.findings
    }  # fmt: skip


def compared(then: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Each difference between two sets of findings, in words."""
    labels = {"outcome": _("class"), "scope": _("about"), "places": _("places"), "reasons": _("reasons")}
    for part in sorted({*then, *now}):
        before, after = then.get(part), now.get(part)
        if before is None:
            yield _("%(part)s was not found then, and is now.") % {"part": part}
        elif after is None:
            yield _("%(part)s was found then, and is not now.") % {"part": part}
        else:
            for name in (name for name in COMPARED if before[name] != after[name]):
                yield changed(f"{part}, {labels[name]}", before[name], after[name])


def whole(label: str, then: Sequence[str], now: Sequence[str]) -> list[str]:
    return [changed(label, list(then), list(now))] if sorted(then) != sorted(now) else []


def changed(label: str, then: str | Sequence[str], now: str | Sequence[str]) -> str:
    said = [side if isinstance(side, str) else ", ".join(side) or _("none") for side in (then, now)]
    return _("%(label)s: then %(then)s; now %(now)s.") % {"label": label, "then": said[0], "now": said[1]}
