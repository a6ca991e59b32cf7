"""Records as FHIR R4: valid to judges that are not ours, whole in themselves, the same each time."""

import copy
import datetime
import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from clinic import audit
from consent import archive, attached, decision, export, fhir, rendering, signing, withdrawing
from consent.management.commands import demo as demo_data
from consent.management.commands.demo import STORIES, Demo
from consent.models import RecordKind, SealedDocument, SignerRole
from screening import correction, review
from screening.fhir.elements import SYSTEM
from screening.fhir.issues import SEVERITY
from screening.precautions.vocabulary import Outcome
from tests import fhir as judges
from tests import papers
from tests.conftest import LEFT_OUT
from tests.fhir import breaks
from tests.fhir.breaks import entry
from tests.test_recheck import with_data


@pytest.fixture
def demo(db, monkeypatch) -> Demo:
    """The clinic, with a page in place of the drawn records, which carries their data: it is these that are judged here."""
    monkeypatch.setattr(rendering, "render", lambda html, attachments, **more: with_data(attachments[0].data))
    return Demo()


@pytest.fixture
def node(request) -> None:
    if not judges.is_installed():
        (pytest.fail if request.config.getoption("--whole") else pytest.skip)(LEFT_OUT + "npm")


def told(demo: Demo, number: int) -> SealedDocument:
    STORIES[number](demo)
    return SealedDocument.objects.latest("sealed_at")


def bundles() -> Iterator[tuple[SealedDocument, dict[str, Any]]]:
    """Every record on file as it leaves, read back from its bytes."""
    for document in SealedDocument.objects.all():
        yield document, json.loads(fhir.as_bytes(fhir.bundle_of(document, papers.draft())))


def inside(document: SealedDocument) -> dict[str, Any]:
    """The bundle that is in the sealed file."""
    [data] = PdfReader(BytesIO(archive.get(document.sha256))).attachments[attached.BUNDLE]
    found: dict[str, Any] = json.loads(data)
    return found


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind]


def told_in(one: dict[str, Any], name: str) -> Any:
    """The value of the first extension of this name."""
    found = next(row for row in one["extension"] if row["url"] in (f"{SYSTEM}:{name}", name))
    return found.get("extension") or next(value for key, value in found.items() if key.startswith("value"))


def items(bundle: dict[str, Any], kind: str = "QuestionnaireResponse") -> dict[str, dict[str, Any]]:
    return {item["linkId"]: item for group in entry(bundle, kind)["item"] for item in group["item"]}


def test_every_record_of_the_demo_is_a_valid_bundle_and_whole_in_itself(demo):
    for story in STORIES:
        story(demo)
    kinds = set()
    for document, bundle in bundles():
        kinds.add(document.kind)
        assert judges.by_pydantic(bundle) == [], document.kind
        assert judges.in_itself(bundle) == [], document.kind
        assert judges.empty(bundle) == [], document.kind
        types = {one["resource"]["resourceType"] for one in bundle["entry"]}
        assert types >= {
            "Patient", "Organization", "Practitioner", "Questionnaire", "QuestionnaireResponse", "ServiceRequest",
            "DocumentReference", "Provenance", "Parameters",
        }  # fmt: skip
    assert kinds == set(RecordKind.values)


def test_a_record_whose_file_could_not_be_had_is_valid_and_says_so(demo):
    [bundle] = fhir.bundles_of([told(demo, 1)], {})
    bundle = json.loads(fhir.as_bytes(bundle))
    assert judges.by_pydantic(bundle) == []
    assert judges.in_itself(bundle) == []
    [absent] = entry(bundle, "DocumentReference")["content"][0]["attachment"]["_data"]["extension"]
    assert absent["valueCode"] == "error"


@pytest.mark.needs("node")
def test_every_record_of_the_demo_is_valid_to_an_independent_judge(demo, node):
    for story in STORIES:
        story(demo)
    found = [bundle for _document, bundle in bundles()]
    carried = [inside(document) for document in SealedDocument.objects.all()]
    assert judges.by_node([*found, *carried]) == [[]] * (len(found) + len(carried))


KEPT: list[str] = []
AT = datetime.datetime(2026, 11, 25, 7, 30, 15, 123, tzinfo=datetime.UTC)


@pytest.fixture
def sound(demo) -> dict[str, Any]:
    """A record with an override, a second clinician and settled answers."""
    if not KEPT:
        KEPT.append(fhir.as_bytes(fhir.bundle_of(told(demo, 1), papers.draft())).decode())
    return json.loads(KEPT[0])


def broken(bundle: dict[str, Any], how: breaks.type_of_break) -> dict[str, Any]:
    spoilt = copy.deepcopy(bundle)
    how(spoilt)
    return spoilt


def test_a_bundle_that_is_broken_in_its_structure_is_refused_by_the_resources_own_rules(sound):
    assert judges.by_pydantic(sound) == []
    passed = [name for name, how in breaks.STRUCTURE.items() if not judges.by_pydantic(broken(sound, how))]
    assert passed == []


def test_a_bundle_that_does_not_hold_together_is_refused(sound):
    assert judges.in_itself(sound) == []
    assert [name for name, how in breaks.HOLDING.items() if not judges.in_itself(broken(sound, how))] == []


@pytest.mark.needs("node")
def test_a_bundle_that_breaks_a_code_or_an_invariant_is_refused_by_the_independent_judge(sound, node):
    names = list(breaks.MEANING)
    own, *verdicts = judges.by_node([sound, *(broken(sound, breaks.MEANING[name]) for name in names)])
    assert own == []
    assert [name for name, verdict in zip(names, verdicts, strict=True) if not verdict] == []


@pytest.mark.needs("node")
def test_most_faults_of_structure_are_found_by_the_independent_judge_too(sound, node):
    verdicts = judges.by_node([broken(sound, how) for how in breaks.STRUCTURE.values()])
    assert sum(map(bool, verdicts)) >= 16


def test_an_override_is_a_mitigation_of_its_issue_with_the_reason_and_the_second_clinician(sound):
    vascular = next(one for one in resources(sound, "DetectedIssue") if one["identifier"][0]["value"] == "14a")
    assert vascular["severity"] == "high"
    assert vascular["code"]["coding"][0] == {
        "system": "urn:needlepoint:outcome", "code": "contraindicated", "display": "Contraindicated",
    }  # fmt: skip
    by = {one["action"]["coding"][0]["code"]: one for one in vascular["mitigation"]}
    assert "no needle below the waist" in by["override"]["action"]["text"]
    assert by["second_clinician"]["action"]["text"].startswith("second clinician agrees")
    names = {f"urn:uuid:{one['id']}": one["name"][0]["text"] for one in resources(sound, "Practitioner")}
    assert [names[by[kind]["author"]["reference"]] for kind in ("override", "second_clinician")] == [
        "Siobhan Byrne",
        "Tom Ellis",
    ]
    assert told_in(by["override"], "screening") == 4
    assert datetime.datetime.fromisoformat(by["override"]["date"]).tzinfo


def test_a_finding_names_the_questions_it_rests_on_and_its_places(sound):
    vascular = next(one for one in resources(sound, "DetectedIssue") if one["identifier"][0]["value"] == "14a")
    questions = [
        coding["code"]
        for evidence in vascular["evidence"]
        for code in evidence["code"]
        for coding in code.get("coding", ())
    ]
    assert "varicose-veins" in questions
    assert told_in(vascular, "origin") == "source"
    assert told_in(vascular, "rules-version")


def test_each_class_of_outcome_has_a_severity():
    assert set(SEVERITY) == set(Outcome)
    assert SEVERITY[Outcome.CONTRAINDICATED] == "high"
    assert SEVERITY[Outcome.INFORMATIONAL] == "low"


def test_an_answer_that_staff_settled_keeps_the_first_one_and_says_who_settled_it_and_when(sound):
    rash = items(sound)["metal-rash"]
    assert rash["answer"][0]["valueCoding"]["code"] == "unsure"
    settled = {one["url"]: one for one in told_in(rash, "settled")}
    assert settled["reply"]["valueString"] == '"yes"'
    assert settled["screening"]["valueInteger"] == 1
    assert settled["by"]["valueReference"]["reference"] in {one["fullUrl"] for one in sound["entry"]}
    assert datetime.datetime.fromisoformat(settled["at"]["valueDateTime"]).tzinfo


def test_what_only_staff_answer_is_among_the_answers(sound):
    decided = items(sound)["can-decide"]
    assert decided["answer"][0]["valueCoding"]["code"] == "yes"
    assert told_in(items(sound, "Questionnaire")["can-decide"], "asked-of") == "clinician"


def test_places_are_answered_by_their_codes(sound):
    assert [one["valueCoding"]["code"] for one in items(sound)["vessel-where"]["answer"]] == ["calf_left"]
    assert items(sound, "Questionnaire")["vessel-where"]["repeats"] is True


def test_answers_keep_the_words_and_the_language_in_which_they_were_asked(demo):
    bundle = fhir.bundle_of(told(demo, 4))
    thinner = items(bundle)["blood-thinner"]
    assert thinner["text"].startswith("¿")
    assert thinner["answer"][0]["valueCoding"]["code"] == "yes"
    assert told_in(thinner, "language") == "es"
    assert items(bundle, "Questionnaire")["blood-thinner"]["text"].startswith("Do you")
    assert told_in(entry(bundle, "QuestionnaireResponse"), "translation")


def test_a_remote_interpreter_is_on_record_with_who_recorded_it(demo):
    bundle = fhir.bundle_of(told(demo, 4))
    talk = next(
        one for one in resources(bundle, "Provenance") if one["activity"]["coding"][0]["code"] == "communication"
    )
    assert "Telephone interpreter 4471" in talk["reason"][0]["text"]


def test_whoever_signs_beside_the_patient_is_a_person_of_their_own(demo):
    bundle = fhir.bundle_of(told(demo, 2))
    [mother] = resources(bundle, "RelatedPerson")
    assert mother["name"][0]["text"] == "Nguyễn Thị Hoa"
    assert mother["relationship"][0]["text"] == "mother"
    own = {"reference": f"urn:uuid:{mother['id']}"}
    assert own in entry(bundle, "Consent")["performer"]
    signatures = [row for one in resources(bundle, "Provenance") for row in one.get("signature", ())]
    roles = {told_in(row, "signer-role"): row["who"]["reference"] for row in signatures}
    assert roles[SignerRole.GUARDIAN] == own["reference"]
    assert len(set(roles.values())) == len(roles) == 3


def test_a_consent_that_was_refused_or_taken_back_says_so(demo):
    for story in STORIES:
        story(demo)
    found = {document.kind: bundle for document, bundle in bundles()}
    expected = {RecordKind.CONSENT: ("active", "permit"), RecordKind.REFUSAL: ("rejected", "deny"),
                RecordKind.WITHDRAWAL: ("inactive", "deny")}  # fmt: skip
    for kind, (status, provision) in expected.items():
        consent = entry(found[kind], "Consent")
        assert (consent["status"], consent["provision"]["type"]) == (status, provision)
    assert told_in(entry(found[RecordKind.WITHDRAWAL], "Consent"), "withdrawn")
    assert told_in(entry(found[RecordKind.REFUSAL], "Consent"), "refused")


def test_a_decision_not_to_treat_leaves_no_active_plan_and_no_consent(demo):
    bundle = json.loads(fhir.as_bytes(fhir.bundle_of(told(demo, 5))))
    assert entry(bundle, "ServiceRequest")["status"] == "on-hold"
    assert resources(bundle, "Consent") == []
    assert told_in(entry(bundle, "Provenance"), "deferred-until")


def test_a_corrected_intake_says_who_corrected_it_and_why(demo):
    screening = demo.case("Ann Keogh", 44, "Neck pain")
    replies = {"blood-thinner": "yes", "blood-thinner-details": "Warfarin", "blood-thinner-test": "unsure"}
    corrected = correction.correct(screening, replies, demo.siobhan, "She had forgotten her tablets at first.")
    made = review.decide(corrected, "defer", demo.siobhan, "Ask her doctor first.")
    bundle = fhir.bundle_for(made, None, "N", made.created_at)
    response = entry(bundle, "QuestionnaireResponse")
    assert response["status"] == "amended"
    assert told_in(response, "correction") == "She had forgotten her tablets at first."
    assert response["author"] != response["source"]
    assert judges.by_pydantic(bundle) == judges.in_itself(bundle) == []


def test_the_same_rows_give_the_same_bytes(demo):
    document = told(demo, 1)
    again = SealedDocument.objects.get(pk=document.pk)
    assert fhir.as_bytes(fhir.bundle_of(document)) == fhir.as_bytes(fhir.bundle_of(again))
    head = audit.head(demo.clinic)
    first, second = (attached.attachments_of(*fhir.lineage(one), "N", AT, head) for one in (document, again))
    assert first == second


def test_the_bundle_inside_each_file_is_the_one_on_file_but_for_the_file_itself(demo):
    for story in STORIES:
        story(demo)
    kinds = set()
    for document in SealedDocument.objects.all():
        kinds.add(document.kind)
        outside = fhir.bundle_of(document)
        outside["entry"] = [one for one in outside["entry"] if one["resource"]["resourceType"] != "DocumentReference"]
        for consent in resources(outside, "Consent"):
            consent.pop("sourceReference")
        assert inside(document) == outside, document.kind
    assert kinds == set(RecordKind.values)


def test_the_file_of_a_consent_not_given_says_who_said_no_and_who_had_signed(demo):
    screening = demo.settle(
        demo.case("Minh Châu", 12, "Neck"), can_decide="yes", child_explains="yes", guardian_agrees="yes",
        guardian_name="Nguyễn Thị Hoa", guardian_relationship="mother",
    )  # fmt: skip
    screening = demo.plan(screening, "upper_trapezius_right")
    demo.resolve(screening, "4b", "measures", "Two needles at most, lying down.")
    ceremony = signing.open_ceremony(decision.record(screening, "proceed", demo.siobhan), demo.mia)
    demo.understand(ceremony)
    signing.sign(ceremony, SignerRole.PATIENT, typed="Minh Châu")
    row = signing.refuse(ceremony, SignerRole.GUARDIAN, "Not without her father.")
    bundle = inside(withdrawing.seal_refusal(row))
    [consent], [mother] = resources(bundle, "Consent"), resources(bundle, "RelatedPerson")
    own = {"reference": f"urn:uuid:{mother['id']}"}
    assert (consent["status"], consent["provision"]["type"], consent["performer"]) == ("rejected", "deny", [own])
    said = {one["url"]: one for one in told_in(consent, "refused")}
    assert said["role"]["valueCode"] == SignerRole.GUARDIAN
    assert said["who"]["valueReference"] == own | {"display": "Nguyễn Thị Hoa"}
    assert datetime.datetime.fromisoformat(said["at"]["valueDateTime"]) == row.created_at
    assert said["words"]["valueString"] == "Not without her father."
    assert [told_in(one, "signer-role") for one in consent["verification"]] == [SignerRole.PATIENT]
    assert judges.by_pydantic(bundle) == judges.in_itself(bundle) == judges.empty(bundle) == []


def test_the_file_of_a_consent_taken_back_says_who_did_when_to_whom_and_who_had_signed(demo):
    demo_data.nothing_to_report(demo)
    consented = SealedDocument.objects.get()
    said_at = datetime.datetime.now(demo.clinic.zone)
    row = withdrawing.withdraw(consented, demo.tom, SignerRole.PATIENT, said_at, "Nothing had been done yet.")
    bundle = inside(withdrawing.seal_withdrawal(row))
    [consent] = resources(bundle, "Consent")
    assert (consent["status"], consent["provision"]["type"]) == ("inactive", "deny")
    said = {one["url"]: one for one in told_in(consent, "withdrawn")}
    patient = {"reference": f"urn:uuid:{consented.visit.patient_id}"}
    assert said["who"]["valueReference"] == patient | {"display": "Ruth Lindqvist"}
    assert said["at"]["valueDateTime"] == said_at.astimezone(datetime.UTC).isoformat()
    assert said["done"]["valueString"] == "Nothing had been done yet."
    names = {f"urn:uuid:{one['id']}": one["name"][0]["text"] for one in resources(bundle, "Practitioner")}
    assert names[said["recorded-by"]["valueReference"]["reference"]] == "Tom Ellis"
    assert datetime.datetime.fromisoformat(said["recorded"]["valueDateTime"]) == row.created_at
    [given] = resources(inside(consented), "Consent")
    assert consent["verification"] == given["verification"]
    assert [told_in(one, "signer-role") for one in given["verification"]] == [SignerRole.PATIENT, SignerRole.CLINICIAN]
    assert (consent["dateTime"], given["status"]) == (given["dateTime"], "active")
    assert judges.by_pydantic(bundle) == judges.in_itself(bundle) == judges.empty(bundle) == []


def test_a_record_that_another_replaced_is_superseded_and_the_later_one_says_which_it_replaces(demo):
    demo_data.refused_then_replaced(demo)
    refusal, first, second = SealedDocument.objects.order_by("sealed_at")
    found = {document.pk: entry(bundle, "DocumentReference") for document, bundle in bundles()}
    assert [found[one.pk]["status"] for one in (refusal, first, second)] == ["current", "superseded", "current"]
    assert "relatesTo" not in found[refusal.pk]
    related = {one.pk: found[one.pk]["relatesTo"] for one in (first, second)}
    assert [(one["code"], one["target"]["display"]) for one in related[first.pk]] == [("appends", refusal.number)]
    assert [(one["code"], one["target"]["display"]) for one in related[second.pk]] == [("replaces", first.number)]


def test_a_refusal_after_a_consent_replaces_it_as_the_state_of_the_record_says(demo):
    STORIES[0](demo)
    consent = SealedDocument.objects.get()
    screening = demo.plan(review.reopen(consent.visit, demo.siobhan), "infraspinatus_right")
    ceremony = signing.open_ceremony(decision.record(screening, "proceed", demo.siobhan), demo.mia)
    refusal = withdrawing.seal_refusal(signing.refuse(ceremony, "patient", "Not today."))
    found = {document.pk: entry(bundle, "DocumentReference") for document, bundle in bundles()}
    assert [found[one.pk]["status"] for one in (consent, refusal)] == ["superseded", "current"]
    [related] = found[refusal.pk]["relatesTo"]
    assert (related["code"], related["target"]["display"]) == ("replaces", consent.number)


def test_a_consent_that_was_taken_back_is_followed_by_its_withdrawal_and_not_replaced(demo):
    demo_data.withdrawn(demo)
    consent, withdrawal = SealedDocument.objects.order_by("sealed_at")
    found = {document.pk: entry(bundle, "DocumentReference") for document, bundle in bundles()}
    assert {one["status"] for one in found.values()} == {"current"}
    [related] = found[withdrawal.pk]["relatesTo"]
    assert (related["code"], related["target"]["display"]) == ("appends", consent.number)


def test_many_records_leave_as_data_in_as_many_queries_as_few(demo):
    kinds = [STORIES[1], demo_data.deferred_for_a_cold, demo_data.withdrawn, demo_data.refused_then_replaced]
    counted = []
    for _again in range(2):
        for story in kinds:
            story(demo)
        lines = export.as_ndjson(
            SealedDocument.objects.all(), demo.clinic, demo.siobhan, "Moving to another system", None
        )
        with CaptureQueriesContext(connection) as queries:
            assert len(list(lines)) == SealedDocument.objects.count()
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_a_bundle_takes_as_many_queries_for_many_findings_as_for_few(demo):
    counted = []
    for story in (4, 1):
        document = SealedDocument.objects.get(pk=told(demo, story).pk)
        with CaptureQueriesContext(connection) as queries:
            fhir.bundle_of(document)
        counted.append(len(queries))
    assert counted[0] == counted[1]
