"""Records as FHIR R4: valid to an independent judge, whole in themselves, the same each time; and the rules run again."""

import copy
import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError

from clinic import audit
from consent import archive, attached, fhir, rechecking
from consent.management.commands.demo import STORIES, Demo
from consent.models import RecordKind, SealedDocument
from screening.questionnaire import screen
from tests import papers


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def told(demo: Demo, number: int) -> SealedDocument:
    STORIES[number](demo)
    return SealedDocument.objects.latest("sealed_at")


def references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [found for item in value.values() for found in references(item)]
    return [found for item in value for found in references(item)] if isinstance(value, list) else []


def problems(bundle: dict[str, Any]) -> list[str]:
    """What two judges say: the resources' own rules, and whether every reference and id of the bundle holds."""
    found = []
    try:
        Bundle.model_validate(copy.deepcopy(bundle))
    except (ValidationError, TypeError, ValueError, KeyError) as error:
        found.append(str(error))
    urls = [entry.get("fullUrl") for entry in bundle.get("entry", [])]
    found += [f"dangling {one}" for one in references(bundle) if one not in urls]
    found += ["an id twice"] * (len(urls) != len(set(urls)))
    found += [
        "an address is not its id" for entry in bundle.get("entry", [])
        if entry.get("fullUrl") != f"urn:uuid:{entry.get('resource', {}).get('id')}"
    ]  # fmt: skip
    return found


def test_every_record_of_the_demo_is_a_valid_bundle_and_whole_in_itself(demo):
    for story in STORIES:
        story(demo)
    kinds = set()
    for document in SealedDocument.objects.all():
        kinds.add(document.kind)
        bundle = fhir.bundle_of(document, archive.get(document.sha256))
        assert problems(json.loads(fhir.as_bytes(bundle))) == [], document.kind
        types = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
        assert types >= {"Patient", "Questionnaire", "QuestionnaireResponse", "DocumentReference", "Provenance"}
    assert kinds == set(RecordKind.values)


def test_an_override_is_a_mitigation_of_its_issue_with_the_reason_and_the_second_clinician(demo):
    document = told(demo, 1)
    issues = [one["resource"] for one in fhir.bundle_of(document)["entry"] if one["resource"]["resourceType"] == "DetectedIssue"]
    vascular = next(one for one in issues if one["identifier"][0]["value"] == "14a")
    assert vascular["severity"] == "high"
    assert vascular["code"]["coding"][0]["code"] == "contraindicated"
    actions = [one["action"]["text"] for one in vascular["mitigation"]]
    assert any("no needle below the waist" in words for words in actions)
    assert any(words.startswith("second clinician agrees") for words in actions)


def test_answers_keep_the_words_and_the_language_in_which_they_were_asked(demo):
    document = told(demo, 4)
    response = next(
        one["resource"] for one in fhir.bundle_of(document)["entry"] if one["resource"]["resourceType"] == "QuestionnaireResponse"
    )
    items = {item["linkId"]: item for group in response["item"] for item in group["item"]}
    assert items["blood-thinner"]["text"].startswith("¿")
    assert items["blood-thinner"]["answer"][0]["valueCoding"]["code"] == "yes"
    assert {"url": "urn:needlepoint:language", "valueCode": "es"} in items["blood-thinner"]["extension"]


def test_the_same_rows_give_the_same_bundle(demo):
    document = told(demo, 1)
    again = SealedDocument.objects.get(pk=document.pk)
    assert fhir.as_bytes(fhir.bundle_of(document)) == fhir.as_bytes(fhir.bundle_of(again))


def entry(bundle: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind)


BREAKS = {
    "no status of the response": lambda b: entry(b, "QuestionnaireResponse").pop("status"),
    "a status that is none": lambda b: entry(b, "QuestionnaireResponse").update(status=7),
    "no scope of the consent": lambda b: entry(b, "Consent").pop("scope"),
    "no status of the consent": lambda b: entry(b, "Consent").pop("status"),
    "a date that is none": lambda b: entry(b, "Patient").update(birthDate="17 May"),
    "a name that is no list": lambda b: entry(b, "Patient").update(name="Ann"),
    "a field that is none": lambda b: entry(b, "Patient").update(colour="green"),
    "a dangling patient": lambda b: entry(b, "Consent").update(patient={"reference": "urn:uuid:0"}),
    "a resource left out": lambda b: b["entry"].pop(0),
    "an id twice": lambda b: b["entry"].append(b["entry"][0]),
    "no target of the provenance": lambda b: entry(b, "Provenance").pop("target"),
    "no agent of the provenance": lambda b: entry(b, "Provenance").pop("agent"),
    "no content of the document": lambda b: entry(b, "DocumentReference").pop("content"),
    "no type of the bundle": lambda b: b.pop("type"),
    "an item without its key": lambda b: entry(b, "Questionnaire")["item"][0].pop("linkId"),
    "an unknown kind": lambda b: entry(b, "Patient").update(resourceType="Person2"),
    "a moment without a zone": lambda b: b.update(timestamp="yesterday"),
    "two values of one answer": lambda b: entry(b, "QuestionnaireResponse")["item"][0]["item"][0]["answer"][0].update(
        valueString="x", valueBoolean=True
    ),
}  # fmt: skip


@pytest.mark.parametrize("broken", BREAKS)
def test_a_broken_bundle_is_refused(demo, broken):
    bundle = json.loads(fhir.as_bytes(fhir.bundle_of(told(demo, 0))))
    assert problems(bundle) == []
    BREAKS[broken](bundle)
    assert problems(bundle)


def recheck(*files: str, **options) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("recheck", *files, stdout=out, **options)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def file(demo, tmp_path) -> str:
    path = tmp_path / "record.pdf"
    path.write_bytes(archive.get(told(demo, 1).sha256))
    return str(path)


def test_a_record_screened_again_from_its_own_data_comes_to_the_same(file):
    assert recheck(file)[0] == 0
    assert "the same findings" in recheck(file)[1]


def test_every_record_of_the_demo_comes_to_the_same(demo):
    for story in STORIES[:8]:
        story(demo)
    for document in SealedDocument.objects.all():
        assert rechecking.recheck(archive.get(document.sha256)).differences == (), document.kind


def test_other_rules_are_told_with_what_they_change(file, monkeypatch):
    blind = {"varicose-veins": "no"}
    monkeypatch.setattr(rechecking, "screen", lambda case: screen(replace(case, replies=case.replies | blind)))
    monkeypatch.setattr(rechecking, "RULES_VERSION", "2099.1")
    status, words = recheck(file)
    assert status == 1
    assert "14a was found then, and is not now." in words
    assert "2099.1 now" in words


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", papers.draft(), b"%PDF-1.7 rubbish"],
)
def test_a_file_without_data_is_told_in_words(db, tmp_path, data):
    path = tmp_path / "other.pdf"
    path.write_bytes(data)
    status, words = recheck(str(path), str(tmp_path / "nowhere.pdf"))
    assert status == 1
    assert "carries no data" in words
    assert "cannot be read" in words


NO_CASE = '{"entry": [{"resource": {"resourceType": "Parameters", "parameter": [{"valueString": "[]"}]}}]}'


@pytest.mark.parametrize("text", ["[]", "{}", "nonsense", NO_CASE])
def test_data_that_is_broken_is_told_in_words(text):
    with pytest.raises(rechecking.NothingToCheck):
        rechecking.case_in(text.encode())


def test_the_trail_that_a_record_carries_can_be_checked_link_by_link(demo):
    document = told(demo, 0)
    events = json.loads(rechecking.carried(archive.get(document.sha256), attached.EVENTS))
    assert events[0]["action"] == "visit.opened"
    assert {"intake.submitted", "case.decided", "consent.opened"} <= {one["action"] for one in events}
    for one in events:
        hashed = audit.digest(
            document.clinic_id, one["seq"], one["at"], one["actor"], one["kind"], one["action"], one["subject"], one["data"],
            one["previous"],
        )  # fmt: skip
        assert hashed == one["hash"]
