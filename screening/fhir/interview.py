"""The questions as they were asked, and the answers with their language, who gave them and who settled them."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from screening.body import AREAS
from screening.fhir.elements import (
    SYSTEM,
    as_json,
    coded,
    extension,
    filled,
    key_of,
    practitioner_key,
    reference,
    type_of_resource,
)
from screening.models import Intake, Resolution, in_english
from screening.precautions.questions import UNSURE, Date, Question, Text, Where
from screening.questionnaire import PRECAUTION_OF, QUESTIONS

type_of_rows = Iterable[Mapping[str, Any]]
ORDER = {code: at for at, code in enumerate(QUESTIONS)}


def url_of(intake: Intake) -> str:
    return f"{SYSTEM}:questionnaire:{intake.questionnaire_version}"


def asked_in(intake: Intake, settled: Mapping[str, Resolution]) -> list[Mapping[str, Any]]:
    """What the patient was asked, and what staff answered or settled that was not asked of the patient."""
    known = {row["code"] for row in intake.asked}
    return [*intake.asked, *(staffs(row) for code, row in settled.items() if code not in known and code in QUESTIONS)]


def staffs(row: Resolution) -> dict[str, Any]:
    question = QUESTIONS[row.question]
    said = question.say(question.parse(row.reply)).render(_)
    return {
        "code": row.question, "precaution": PRECAUTION_OF[row.question].number, "by": question.asked,
        "text": _(question.text), "said": said, "reply": row.reply,
    }  # fmt: skip


def by_precaution(rows: type_of_rows) -> list[tuple[str, str, list[Mapping[str, Any]]]]:
    """Link id and title of each precaution with its rows, in the order of the questions."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: ORDER.get(row["code"], -1)):
        known = PRECAUTION_OF.get(row["code"])
        found.setdefault(known.code if known else f"precaution-{row['precaution']}", []).append(row)
    return [(f"group-{code}", title_of(rows[0]), rows) for code, rows in found.items()]


def title_of(row: Mapping[str, Any]) -> str:
    known = PRECAUTION_OF.get(row["code"])
    return _(known.title) if known else str(row["precaution"])


def questionnaire(intake: Intake, clinic: Any, settled: Mapping[str, Resolution]) -> type_of_resource:
    """The questions as they were asked in this intake, in English, by precaution."""
    groups = by_precaution(asked_in(intake, settled))
    return {
        "resourceType": "Questionnaire", "id": key_of("questionnaire", intake.pk), "url": url_of(intake),
        "version": intake.questionnaire_version, "title": "Intake before dry needling", "status": "active",
        "identifier": [{"system": f"{SYSTEM}:questionnaire-digest", "value": intake.questionnaire_digest}],
        "subjectType": ["Patient"], "publisher": clinic.name,
        "item": [
            {"linkId": link, "type": "group", "text": title, "item": [question_of(row) for row in rows]}
            for link, title, rows in groups
        ],
    }  # fmt: skip


def question_of(row: Mapping[str, Any]) -> dict[str, Any]:
    question, english = QUESTIONS.get(row["code"]), in_english(row)
    return {
        "linkId": row["code"], "text": english["text"], **kind_of(question),
        "extension": [extension("asked-of", valueCode=str(row["by"]))],
    }  # fmt: skip


def kind_of(question: Question | None) -> dict[str, Any]:
    if isinstance(question, Where):
        offered = [coded("area", code, _(area.words)) for code, area in AREAS.items()]
    elif question and question.options:
        offered = [coded("reply", option.code, _(option.text)) for option in question.options]
    else:
        return {"type": "date" if isinstance(question, Date) else "text" if isinstance(question, Text) else "string"}
    options = [{"valueCoding": coding} for coding in offered]
    return {"type": "choice", "answerOption": options} | ({"repeats": True} if isinstance(question, Where) else {})


def response(
    intake: Intake, patient: str, settled: Mapping[str, Resolution], seqs: Mapping[Any, int]
) -> type_of_resource:
    """Each answer in the words in which it was asked, with its language, and what staff settled since.

    `seqs`: the number of each screening of the visit, by its id.
    """
    who = reference(practitioner_key(intake.corrected_by)) if intake.corrected_by else reference(patient)
    return filled({
        "resourceType": "QuestionnaireResponse", "id": str(intake.pk),
        "status": "amended" if intake.corrected_by else "completed",
        "questionnaire": f"{url_of(intake)}|{intake.questionnaire_version}",
        "language": intake.language, "subject": reference(patient), "source": reference(patient), "author": who,
        "authored": intake.created_at.isoformat(), "extension": told_of(intake),
        "item": [
            {"linkId": link, "text": title, "item": [answered(row, settled.get(row["code"]), seqs) for row in rows]}
            for link, title, rows in by_precaution(asked_in(intake, settled))
        ],
    })  # fmt: skip


def told_of(intake: Intake) -> list[dict[str, Any]]:
    """How far the translation was checked, who helped to answer, and why the answers were corrected."""
    return [
        extension("intake-version", valueInteger=intake.version),
        *([extension("translation", valueCode=intake.translation)] if intake.translation else []),
        *(extension("help", valueString=as_json(one)) for one in intake.help),
        *([extension("correction", valueString=intake.reason)] if intake.reason else []),
    ]


def answered(row: Mapping[str, Any], settled: Resolution | None, seqs: Mapping[Any, int]) -> dict[str, Any]:
    found = [
        extension("language", valueCode=row.get("language", "en")),
        extension("said", valueString=str(row["said"]) or "-"),
    ]
    if row.get("confirmed"):
        found.append(extension("confirmed-from", valueDate=row["confirmed"]))
    if settled:
        found.append(extension("settled", extension=settled_by(settled, seqs)))
    return filled({
        "linkId": row["code"], "text": row["text"], "extension": found,
        "answer": answers(row["code"], row["reply"], str(row["said"])),
    })  # fmt: skip


def settled_by(row: Resolution, seqs: Mapping[Any, int]) -> list[dict[str, Any]]:
    """Who settled an answer to what, when and in which screening."""
    return [
        {"url": "by", "valueReference": reference(practitioner_key(row.by))},
        {"url": "at", "valueDateTime": row.created_at.isoformat()},
        {"url": "screening", "valueInteger": seqs[row.screening_id]},
        {"url": "reply", "valueString": as_json(row.reply)},
        *([{"url": "note", "valueString": row.note}] if row.note else []),
    ]


def answers(code: str, reply: Any, said: str) -> list[dict[str, Any]]:
    """The values of an answer; none where a day or a place is not known, which the words tell."""
    question = QUESTIONS.get(code)
    if isinstance(question, Where):
        return [{"valueCoding": coded("area", area, _(AREAS[area].words))} for area in reply if reply != UNSURE]
    if isinstance(question, Date):
        return [{"valueDate": reply}] if is_day(reply) else []
    if question and question.options and isinstance(reply, str) and reply:
        return [{"valueCoding": coded("reply", reply, said)}]
    return [{"valueString": said}] if said else []


def is_day(reply: Any) -> bool:
    try:
        return bool(datetime.date.fromisoformat(reply))
    except (TypeError, ValueError):
        return False
