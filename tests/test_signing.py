"""Who signs, how, in which order; the clinician last, by password; and no completed consent without its sealed record."""

import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clinic import audit
from consent import archive, decision, filing, rendering, signing, wording
from consent.management.commands.demo import INK, PASSWORD, Demo
from consent.models import Ceremony, Refusal, SealedDocument, Signature, SignerRole
from screening import review
from tests.translated import in_tongue, made_up


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def clear_case(demo: Demo, **changes):
    screening = demo.case("Ruth Lindqvist", 44, "Tension in the shoulders", **changes)
    return demo.plan(demo.settle(screening, can_decide="yes"), "infraspinatus_left")


@pytest.fixture
def ceremony(demo) -> Ceremony:
    made = decision.record(clear_case(demo), "proceed", demo.siobhan)
    return signing.open_ceremony(made, demo.mia)


def roles(ceremony: Ceremony) -> list[str]:
    return [signer.role for signer in signing.signers_of(ceremony)]


def minor(demo: Demo, **settled):
    screening = demo.case("Minh Châu", 12, "Neck")
    answers = {"can_decide": "yes", "child_explains": "yes", "guardian_agrees": "yes"}
    screening = demo.settle(screening, **answers, guardian_name="Hoa Nguyễn", guardian_relationship="mother")
    screening = demo.plan(screening, "infraspinatus_left")
    demo.resolve(screening, "4b", "measures", "Two needles at most")
    return screening


def without_capacity(demo: Demo):
    screening = demo.case("Walter Quinn", 80, "Back", memory_trouble="yes")
    unshown = ("teach_back", "understands", "retains", "weighs", "communicates")
    screening = demo.settle(screening, can_decide="no", **{f"cognition_{name}": "no" for name in unshown})
    review.record(screening, "representative", demo.siobhan, name="Jane Quinn", authority="Guardianship order 2025/114")
    return demo.plan(screening, "infraspinatus_left")


def with_interpreter(demo: Demo, mode: str):
    screening = demo.case("ليلى حداد", 39, "Headache", language_help="yes")
    screening = demo.settle(screening, language_route_works="yes", language_route=mode, can_decide="yes")
    details: dict[str, Any] = {
        "name": "Samira Aziz",
        "language": "Arabic",
        "mode": mode,
        "is_adult": True,
        "teach_back": True,
    }
    review.record(screening, "communication", demo.siobhan, **details)
    return demo.plan(screening, "temporalis_left")


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (clear_case, ["patient", "clinician"]),
        (minor, ["patient", "guardian", "clinician"]),
        (without_capacity, ["representative", "clinician"]),
        (lambda demo: with_interpreter(demo, "interpreter_present"), ["patient", "interpreter", "clinician"]),
        (lambda demo: with_interpreter(demo, "interpreter_remote"), ["patient", "clinician"]),
    ],
    ids=["adult", "minor", "representative", "interpreter present", "interpreter by telephone"],
)
def test_everyone_who_must_sign_is_asked_and_the_clinician_is_last(demo, story, expected):
    made = decision.record(story(demo), "proceed", demo.siobhan)
    assert roles(signing.open_ceremony(made, demo.mia)) == expected


def test_a_patient_who_can_signs_beside_the_representative(demo):
    screening = without_capacity(demo)
    details: dict[str, Any] = {"name": "Jane Quinn", "authority": "Guardianship order 2025/114", "patient_signs": True}
    review.record(screening, "representative", demo.siobhan, **details)
    made = decision.record(screening, "proceed", demo.siobhan)
    assert roles(signing.open_ceremony(made, demo.mia)) == ["patient", "representative", "clinician"]


def test_the_guardian_signs_with_name_and_relationship(demo):
    made = decision.record(minor(demo), "proceed", demo.siobhan)
    guardian = signing.signers_of(signing.open_ceremony(made, demo.mia))[1]
    assert (guardian.name, guardian.standing) == ("Hoa Nguyễn", "mother")


@pytest.mark.parametrize(
    ("strokes", "typed"),
    [
        ("", ""),
        ("[]", "  "),
        ("[[[500,100]]]", ""),
        ("[[[500,100],[501,101]]]", ""),
        ("[[[5000,100],[1,1]]]", ""),
        ("[[[1.5,100],[900,100]]]", ""),
        ("[[[true,100],[900,100]]]", ""),
        ('{"a": 1}', ""),
        ("not json", ""),
        ("[" * 5000, ""),
        (json.dumps([[[0, 0], [1000, 350]] * 1001]), ""),
        ("", "😀 😀"),
        ("", "A\u202enn"),
        ("", "x"),
        ("", "Ann " * 40),
        ("[[]]", ""),
        ("[[[500,100,3],[900,100]]]", ""),
    ],
)
def test_nothing_a_dot_and_rubbish_are_no_signature(ceremony, strokes, typed):
    with pytest.raises(signing.SignatureUnclear):
        signing.sign(ceremony, "patient", strokes, typed)
    assert not Signature.objects.exists()


@pytest.mark.parametrize(("strokes", "typed"), [(INK, ""), ("", "Ruth Lindqvist")])
def test_drawn_and_typed_weigh_the_same(demo, ceremony, strokes, typed):
    signature = signing.sign(ceremony, "patient", strokes, typed)
    assert bool(signature.strokes) != bool(signature.typed)
    assert signing.finish(ceremony, demo.siobhan, PASSWORD, typed="Siobhan Byrne").sha256


def test_a_signature_sent_twice_is_taken_once(ceremony):
    assert signing.sign(ceremony, "patient", INK) == signing.sign(ceremony, "patient", INK)
    assert ceremony.signatures.count() == 1


def test_nobody_signs_out_of_turn_or_as_someone_who_is_not_asked(ceremony):
    for role in ("guardian", "clinician", "nobody"):
        with pytest.raises(signing.NotYet):
            signing.sign(ceremony, role, INK)


def test_the_clinician_waits_for_everybody_else(demo, ceremony):
    with pytest.raises(signing.NotYet, match="Ruth Lindqvist"):
        signing.finish(ceremony, demo.siobhan, PASSWORD, INK)


def test_a_wrong_password_signs_nothing_and_is_noted(demo, ceremony):
    signing.sign(ceremony, "patient", INK)
    with pytest.raises(signing.WrongPassword):
        signing.finish(ceremony, demo.siobhan, "wrong", INK)
    assert not SealedDocument.objects.exists()
    assert ceremony.signatures.count() == 1
    assert demo.clinic.events.filter(action="consent.password_refused").exists()


def test_another_clinician_cannot_sign_for_the_one_who_decided(demo, ceremony):
    signing.sign(ceremony, "patient", INK)
    with pytest.raises(signing.SigningRefused, match="Siobhan Byrne"):
        signing.finish(ceremony, demo.tom, PASSWORD, INK)


def test_the_last_signature_and_the_sealed_record_come_together(demo, ceremony):
    signing.sign(ceremony, "patient", INK)
    document = signing.finish(ceremony, demo.siobhan, PASSWORD, typed="Siobhan Byrne")
    data = archive.get(document.sha256)
    assert len(data) == document.size
    assert 0 < document.unsigned_length < document.size
    assert [row.role for row in ceremony.signatures.all()] == [SignerRole.PATIENT, SignerRole.CLINICIAN]
    assert list(audit.breaks(demo.clinic)) == []
    assert signing.finish(ceremony, demo.siobhan, PASSWORD, typed="Siobhan Byrne") == document


@pytest.mark.parametrize("fault", [rendering.RenderingFailed("no"), OSError("disk full")])
def test_when_the_record_cannot_be_made_nothing_is_signed(demo, ceremony, monkeypatch, fault):
    signing.sign(ceremony, "patient", INK)

    def fails(*args, **kwargs):
        raise fault

    if isinstance(fault, OSError):
        monkeypatch.setattr(archive, "put", fails)
    else:
        monkeypatch.setattr(rendering, "render", fails)
    with pytest.raises(type(fault)):
        signing.finish(ceremony, demo.siobhan, PASSWORD, INK)
    assert ceremony.signatures.count() == 1
    assert not SealedDocument.objects.exists()
    monkeypatch.undo()
    assert signing.finish(ceremony, demo.siobhan, PASSWORD, INK).kind == "consent"


def test_a_changed_plan_voids_the_consent_that_was_shown(demo, ceremony):
    signing.sign(ceremony, "patient", INK)
    screening = review.reopen(ceremony.visit, demo.siobhan)
    demo.plan(screening, "gastrocnemius_left")
    for attempt in (
        lambda: signing.sign(ceremony, "clinician", INK),
        lambda: signing.finish(ceremony, demo.siobhan, PASSWORD, INK),
        lambda: signing.refuse(ceremony, "patient"),
    ):
        with pytest.raises(signing.CeremonyVoid):
            attempt()


def test_a_refusal_ends_the_consent_and_keeps_the_words(demo, ceremony):
    refusal = signing.refuse(ceremony, "patient", "I would rather not.")
    assert signing.refuse(ceremony, "patient", "again") == refusal
    with pytest.raises(signing.CeremonyVoid):
        signing.sign(ceremony, "patient", INK)
    made = decision.record(
        review.reopen(ceremony.visit, demo.siobhan, "refused"), "decline", demo.siobhan, "Did not agree"
    )
    assert SealedDocument.objects.get(review=made).kind == "decision"
    assert Refusal.objects.get().words == "I would rather not."


def test_opening_the_same_consent_again_goes_on_with_the_signatures_given(demo, ceremony):
    signing.sign(ceremony, "patient", INK)
    assert signing.open_ceremony(ceremony.review, demo.mia) == ceremony


def test_the_consent_cannot_be_shown_before_the_decision_or_after_a_deferral(demo):
    screening = clear_case(demo)
    made = decision.record(screening, "defer", demo.siobhan, "A cold, wait a week", None)
    with pytest.raises(signing.CeremonyVoid):
        signing.open_ceremony(made, demo.mia)


@pytest.mark.parametrize(("choice", "kind"), [("defer", "decision"), ("decline", "decision")])
def test_deferring_and_declining_are_sealed_at_once(demo, choice, kind):
    made = decision.record(clear_case(demo), choice, demo.siobhan, "Not today, as agreed")
    assert SealedDocument.objects.get(review=made).kind == kind
    assert decision.seal(made, demo.siobhan) == SealedDocument.objects.get(review=made)


def test_muscles_near_the_lung_bring_that_risk_to_the_front(demo):
    screening = demo.settle(demo.case("Ruth", 44, "Neck"), can_decide="yes")
    made = decision.record(demo.plan(screening, "upper_trapezius_left"), "proceed", demo.siobhan)
    shown = signing.open_ceremony(made, demo.mia).shown["sections"]
    assert shown[0]["code"] == "lung"
    assert [section["code"] for section in shown].count("risks") == 1


def test_the_database_refuses_a_signature_that_is_neither_drawn_nor_typed_or_given_twice(ceremony):
    def row(**fields):
        return Signature(ceremony=ceremony, role="patient", name="Ruth", meaning="m", **fields)

    for wrong in (row(), row(strokes=[[[1, 1]]], typed="Ruth")):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong.save()
    row(typed="Ruth").save()
    with pytest.raises(IntegrityError), transaction.atomic():
        row(typed="Ruth").save()


def test_nobody_says_no_out_of_turn_or_after_they_have_signed(ceremony):
    signing.sign(ceremony, "patient", INK)
    for role in ("patient", "guardian"):
        with pytest.raises(signing.NotYet):
            signing.refuse(ceremony, role, "I changed my mind")
    assert not Refusal.objects.exists()


def test_a_refusal_of_a_moment_ago_is_seen_by_a_request_that_began_before_it(demo):
    made = decision.record(clear_case(demo), "proceed", demo.siobhan)
    early = signing.open_ceremony(made, demo.mia)
    signing.check_open(early)
    signing.refuse(Ceremony.objects.get(pk=early.pk), "patient")
    with pytest.raises(signing.CeremonyVoid):
        signing.check_open(early)


def test_a_sealed_consent_is_not_opened_again_even_when_the_name_changed_since(demo, ceremony):
    signing.sign(ceremony, "patient", INK)
    signing.finish(ceremony, demo.siobhan, PASSWORD, INK)
    patient = ceremony.visit.patient
    patient.name = "Ruth Park"
    patient.save()
    again = type(ceremony.review).objects.get(pk=ceremony.review_id)
    with pytest.raises(signing.CeremonyVoid, match="sealed already"):
        signing.open_ceremony(again, demo.mia)
    assert Ceremony.objects.count() == 1


def test_a_birth_date_corrected_while_the_record_is_drawn_stops_the_seal(demo, ceremony, monkeypatch):
    signing.sign(ceremony, "patient", INK)
    drawn = filing.seal_consent

    def corrected_meanwhile(*args: Any) -> filing.Filed:
        patient = Ceremony.objects.get(pk=ceremony.pk).visit.patient
        patient.born = patient.born.replace(year=patient.born.year + 1)
        patient.save()
        return drawn(*args)

    monkeypatch.setattr(filing, "seal_consent", corrected_meanwhile)
    with pytest.raises(review.StaleScreening):
        signing.finish(ceremony, demo.siobhan, PASSWORD, INK)
    assert not SealedDocument.objects.exists()


def test_a_signature_has_the_language_and_the_meaning_that_stood_above_the_pad(ceremony):
    signature = signing.sign(ceremony, "patient", INK, language="es")
    assert signature.language == "es"
    assert signature.meaning == ceremony.shown["in"]["es"]["meanings"]["patient"]


def test_each_person_signs_in_their_own_language(demo, monkeypatch):
    made_up(monkeypatch)
    ceremony = signing.open_ceremony(decision.record(minor(demo), "proceed", demo.siobhan), demo.mia)
    child = signing.sign(ceremony, "patient", INK, language="en")
    mother = signing.sign(ceremony, "guardian", INK, language="zh-hans")
    assert child.meaning == wording.CHILD_SIGNS
    assert mother.meaning == in_tongue("zh-hans", wording.MEANINGS["guardian"])
    assert signing.finish(ceremony, demo.siobhan, PASSWORD, INK).kind == "consent"
    assert ceremony.signatures.get(role="clinician").language == "en"


def test_the_longest_drawing_that_the_pad_can_send_is_taken(ceremony):
    strokes = json.dumps([[[(i * 7) % 1001, (i * 11) % 351] for i in range(signing.MOST_POINTS)]])
    assert signing.sign(ceremony, "patient", strokes).strokes
