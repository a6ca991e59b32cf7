"""Bundles broken on purpose, each in one way, by what is wrong with them."""

from collections.abc import Callable
from typing import Any

type_of_break = Callable[[dict[str, Any]], Any]


def entry(bundle: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind)


def first_item(bundle: dict[str, Any], kind: str) -> dict[str, Any]:
    item: dict[str, Any] = entry(bundle, kind)["item"][0]["item"][0]
    return item


STRUCTURE: dict[str, type_of_break] = {
    "no status of the response": lambda b: entry(b, "QuestionnaireResponse").pop("status"),
    "a status that is a number": lambda b: entry(b, "QuestionnaireResponse").update(status=7),
    "no scope of the consent": lambda b: entry(b, "Consent").pop("scope"),
    "no category of the consent": lambda b: entry(b, "Consent").pop("category"),
    "no status of the consent": lambda b: entry(b, "Consent").pop("status"),
    "a date that is none": lambda b: entry(b, "Patient").update(birthDate="17 May"),
    "a day that no month has": lambda b: entry(b, "Patient").update(birthDate="2001-02-30"),
    "a name that is no list": lambda b: entry(b, "Patient").update(name="Ann"),
    "two genders": lambda b: entry(b, "Patient").update(gender=["female", "male"]),
    "a field that is none": lambda b: entry(b, "Patient").update(colour="green"),
    "no target of the provenance": lambda b: entry(b, "Provenance").pop("target"),
    "no agent of the provenance": lambda b: entry(b, "Provenance").pop("agent"),
    "no content of the document": lambda b: entry(b, "DocumentReference").pop("content"),
    "a size that is a word": lambda b: entry(b, "DocumentReference")["content"][0]["attachment"].update(size="big"),
    "no type of the bundle": lambda b: b.pop("type"),
    "no intent of the plan": lambda b: entry(b, "ServiceRequest").pop("intent"),
    "no action of a mitigation": lambda b: entry(b, "DetectedIssue")["mitigation"][0].pop("action"),
    "an item without its key": lambda b: entry(b, "Questionnaire")["item"][0].pop("linkId"),
    "an unknown kind": lambda b: entry(b, "Patient").update(resourceType="Person2"),
    "a moment that is none": lambda b: b.update(timestamp="yesterday"),
    "two values of one answer": lambda b: first_item(b, "QuestionnaireResponse")["answer"][0].update(
        valueString="x", valueBoolean=True
    ),
    "an id with a space": lambda b: entry(b, "Organization").update(id="the clinic"),
}
HOLDING: dict[str, type_of_break] = {
    "a dangling patient": lambda b: entry(b, "Consent").update(patient={"reference": "urn:uuid:0"}),
    "a dangling author of a mitigation": lambda b: entry(b, "DetectedIssue")["mitigation"][0].update(
        author={"reference": "urn:uuid:0"}
    ),
    "a resource left out": lambda b: b["entry"].pop(0),
    "an id twice": lambda b: b["entry"].append(b["entry"][0]),
    "an address of another": lambda b: b["entry"][0].update(fullUrl="urn:uuid:another"),
}
MEANING: dict[str, type_of_break] = {
    "a status that consents have not": lambda b: entry(b, "Consent").update(status="granted"),
    "a severity of our own": lambda b: entry(b, "DetectedIssue").update(severity="contraindicated"),
    "a kind of question of our own": lambda b: first_item(b, "Questionnaire").update(type="yes_no"),
    "a relation of our own": lambda b: entry(b, "DocumentReference").update(
        relatesTo=[{"code": "follows", "target": {"display": "x"}}]
    ),
    "a link id twice": lambda b: entry(b, "Questionnaire")["item"].append(entry(b, "Questionnaire")["item"][0]),
    "a group of nothing": lambda b: entry(b, "Questionnaire")["item"][0].pop("item"),
    "no policy of the consent": lambda b: entry(b, "Consent").pop("policyRule"),
    "a clinic without a name": lambda b: entry(b, "Organization").pop("name"),
    "a parameter without a value": lambda b: entry(b, "Parameters")["parameter"][0].pop("valueString"),
    "answers and items at once": lambda b: first_item(b, "QuestionnaireResponse").update(item=[{"linkId": "more"}]),
    "data without its kind": lambda b: entry(b, "DocumentReference")["content"][0].update(attachment={"data": "eA=="}),
}
