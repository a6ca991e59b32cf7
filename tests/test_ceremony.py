"""The consent on the tablet and at the desk, page by page: who may, in which order, and what happens when it goes wrong."""

import datetime
import html
import itertools
import re
from errno import ENOSPC
from pathlib import Path

import pytest
import time_machine
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils.formats import date_format

from clinic.models import Clinic, Handover, Role, Visit
from consent import archive, decision, filing, keys, rendering, signing, wording
from consent.management.commands.demo import INK, PASSWORD, Demo
from consent.models import Ceremony, Refusal, SealedDocument, Signature
from screening import review
from screening.models import Review
from tests.people import make_clinic, make_member, signed_in
from tests.translated import in_tongue, made_up
from tests.written import Reader


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


@pytest.fixture
def made(demo) -> Review:
    screening = demo.settle(demo.case("Ruth Lindqvist", 44, "Shoulders"), can_decide="yes")
    return decision.record(demo.plan(screening, "infraspinatus_left"), "proceed", demo.siobhan)


@pytest.fixture
def desk(demo):
    return signed_in(demo.siobhan)


@pytest.fixture
def tablet(demo, made, desk):
    """The browser of the desk, handed to the patient for the consent, who has read it and answered the questions."""
    response = desk.post(reverse("consent-open", args=[made.visit_id]))
    assert response["Location"] == reverse("tablet")
    desk.post(reverse("tablet-confirm"), {"reply": "yes"})
    desk.get(reverse("ceremony-read", args=["choices"]))
    demo.understand(the_ceremony())
    return desk


def test_nobody_signs_what_was_not_shown_to_the_end(made, desk):
    desk.post(reverse("consent-open", args=[made.visit_id]))
    desk.post(reverse("tablet-confirm"), {"reply": "yes"})
    for answer in (desk.get(reverse("ceremony-sign")), desk.post(reverse("ceremony-sign"), form(the_ceremony()))):
        assert answer["Location"] == reverse("ceremony-read", args=["about"])
    assert not Signature.objects.exists()


def form(ceremony: Ceremony, /, **fields) -> dict[str, str]:
    return {"ceremony": str(ceremony.pk), "role": "patient", "strokes": INK, "typed_name": ""} | fields


def the_ceremony() -> Ceremony:
    return Ceremony.objects.latest("created_at")


def test_handing_over_signs_the_clinician_out(tablet, made):
    assert "_auth_user_id" not in tablet.session
    assert tablet.get(reverse("case", args=[made.visit_id]))["Location"] == reverse("tablet")


def test_every_page_of_the_consent_can_be_read_and_says_everything_frozen(tablet):
    told = "".join(
        tablet.get(reverse("ceremony-read", args=[page])).content.decode()
        for page in ("about", "plan", "risks", "choices")
    )
    for section in the_ceremony().shown["sections"]:
        assert section["title"] in told


def test_a_page_that_does_not_exist_leads_back_to_the_consent(tablet):
    assert tablet.get(reverse("ceremony-read", args=["nonsense"]))["Location"] == reverse("ceremony")


def test_signing_hands_the_tablet_back_and_the_clinician_seals(tablet, demo, made):
    response = tablet.post(reverse("ceremony-sign"), form(the_ceremony()))
    assert response["Location"] == reverse("tablet-done")
    assert response["Clear-Site-Data"]
    assert Handover.objects.get().ended_because == "signed"

    desk = signed_in(demo.siobhan)
    response = desk.post(
        reverse("consent-sign", args=[made.visit_id]),
        form(the_ceremony(), role="clinician", typed_name="Siobhan Byrne", strokes="", password=PASSWORD),
    )
    assert response["Location"] == reverse("consent-desk", args=[made.visit_id])
    assert SealedDocument.objects.get().review == made
    assert "Sealed" in desk.get(response["Location"]).content.decode()


def test_a_double_tap_on_sign_is_one_signature(tablet):
    sent = form(the_ceremony())
    tablet.post(reverse("ceremony-sign"), sent)
    again = tablet.post(reverse("ceremony-sign"), sent)
    assert again.status_code == 410
    assert Signature.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"strokes": ""},
        {"strokes": "[]"},
        {"strokes": "[[[1,1]]]"},
        {"strokes": "{"},
        {"strokes": "", "typed_name": "😀"},
    ],
)
def test_a_signature_of_nothing_is_refused_kindly_and_keeps_what_was_given(tablet, fields):
    response = tablet.post(reverse("ceremony-sign"), form(the_ceremony(), **fields))
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
    assert (fields.get("typed_name") or "") in response.content.decode()
    assert not Signature.objects.exists()


@pytest.mark.parametrize("fields", [{"ceremony": "not-a-uuid"}, {"role": "x" * 500}, {"strokes": "1" * 70_000}, {}])
def test_rotten_posts_are_refused_without_an_error_page(tablet, fields):
    sent = form(the_ceremony(), **fields) if fields else {}
    assert tablet.post(reverse("ceremony-sign"), sent).status_code == 422
    assert not Signature.objects.exists()


def test_another_role_cannot_be_signed_for(tablet):
    response = tablet.post(reverse("ceremony-sign"), form(the_ceremony(), role="clinician"))
    assert response.status_code == 422
    assert not Signature.objects.exists()


def test_a_page_from_before_the_plan_changed_cannot_be_signed(tablet, demo, made):
    stale = form(the_ceremony())
    demo.plan(review.reopen(made.visit, demo.siobhan), "gastrocnemius_left")
    response = tablet.post(reverse("ceremony-sign"), stale)
    assert response.status_code == 409
    assert "must be shown again" in response.content.decode()
    assert not Signature.objects.exists()


def test_a_question_can_be_asked_and_nothing_is_signed_meanwhile(tablet, demo):
    page = tablet.get(reverse("ceremony-question")).content.decode()
    assert demo.siobhan.printed_name in page
    assert not Signature.objects.exists()


def test_not_agreeing_ends_the_consent_and_shows_the_words_to_the_clinician(tablet, demo, made):
    ceremony = the_ceremony()
    response = tablet.post(
        reverse("ceremony-disagree"), {"ceremony": str(ceremony.pk), "role": "patient", "words": "No, thank you."}
    )
    assert response["Location"] == reverse("tablet-done")
    assert Refusal.objects.get().words == "No, thank you."
    page = signed_in(demo.siobhan).get(reverse("consent-desk", args=[made.visit_id])).content.decode()
    assert "No, thank you." in page
    assert "Take the case up again" in page


def test_words_with_hidden_characters_are_refused_and_kept(tablet):
    sent = {"ceremony": str(the_ceremony().pk), "role": "patient", "words": "No\u202eyes"}
    response = tablet.post(reverse("ceremony-disagree"), sent)
    assert response.status_code == 422
    assert "U+202E" in response.content.decode()
    assert not Refusal.objects.exists()


def test_a_consent_cannot_be_opened_before_the_decision(demo, desk):
    screening = demo.case("Joan Mitchell", 52, "Neck")
    response = desk.post(reverse("consent-open", args=[screening.visit_id]), follow=True)
    assert "has not decided" in response.content.decode()
    assert not Ceremony.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"password": "wrong"}, "password is not right"),
        ({"password": ""}, "Enter your password"),
        ({"typed_name": ""}, "draw your name"),
    ],
)
def test_the_clinicians_signature_is_refused_by_name_and_nothing_is_sealed(tablet, demo, made, fields, words):
    tablet.post(reverse("ceremony-sign"), form(the_ceremony()))
    desk = signed_in(demo.siobhan)
    sent = form(the_ceremony(), role="clinician", strokes="", typed_name="Siobhan Byrne", password=PASSWORD) | fields
    response = desk.post(reverse("consent-sign", args=[made.visit_id]), sent)
    assert response.status_code in {409, 422}
    assert words in response.content.decode()
    assert not SealedDocument.objects.exists()


def test_when_the_record_cannot_be_drawn_the_clinician_is_told_and_nothing_is_signed(tablet, demo, made, monkeypatch):
    tablet.post(reverse("ceremony-sign"), form(the_ceremony()))

    def fails(html, **more):
        raise rendering.RenderingFailed("no")

    monkeypatch.setattr(rendering, "render", fails)
    sent = form(the_ceremony(), role="clinician", strokes="", typed_name="Siobhan Byrne", password=PASSWORD)
    response = signed_in(demo.siobhan).post(reverse("consent-sign", args=[made.visit_id]), sent)
    assert response.status_code == 503
    assert "nothing was signed" in response.content.decode()
    assert [row.role for row in Signature.objects.all()] == ["patient"]


def lose(path: Path, passphrase: bytes) -> None:
    path.unlink()


def damage(path: Path, passphrase: bytes) -> None:
    path.write_bytes(b"no key")


def let_expire(path: Path, passphrase: bytes) -> None:
    with time_machine.travel(datetime.datetime(2015, 3, 1, tzinfo=datetime.UTC)):
        path.write_bytes(keys.make_identity("Harbour Physio", passphrase))


@pytest.fixture(
    params=[(lose, "key is missing"), (damage, "key does not open"), (let_expire, "certificate is not valid")]
)
def told(request, demo, settings) -> str:
    """The key of the clinic is not as it was; what is told of it."""
    filing.sealer_of(demo.clinic)
    spoil, words = request.param
    spoil(keys.identity_path(settings.VAR / "keys", demo.clinic.pk), settings.KEY_PASSPHRASE)
    return words


def assert_told(page: str, sentence: str, told: str, settings) -> None:
    page = html.unescape(page)
    assert page.index(sentence) < page.index(told) < page.index("The clinic’s admin finds")
    assert str(settings.VAR) not in page
    assert settings.KEY_PASSPHRASE.decode() not in page


def test_a_clinician_whose_signature_cannot_be_sealed_is_told_what_is_wrong_with_the_key(
    demo, made, desk, told, settings
):
    consent = signing.open_ceremony(made, demo.mia)
    signing.sign(consent, "patient", INK)
    sent = form(consent, role="clinician", strokes="", typed_name="Siobhan Byrne", password=PASSWORD)
    page = desk.post(reverse("consent-sign", args=[made.visit_id]), sent).content.decode()
    assert_told(page, "nothing was signed", told, settings)


def test_a_clinician_whose_decision_cannot_be_sealed_is_told_each_time_what_is_wrong_with_the_key(
    demo, desk, told, settings
):
    screening = demo.case("Peter Walsh", 35, "Elbow", ill_today="yes")
    sent = {"screening": str(screening.pk), "decision": "defer", "reason": "A cold", "until": "2099-01-04"}
    page = desk.post(reverse("case-decide", args=[screening.visit_id]), sent, follow=True).content.decode()
    assert_told(page, "Your decision is recorded", told, settings)
    page = desk.post(reverse("consent-seal", args=[screening.visit_id]), follow=True).content.decode()
    assert_told(page, "could not be sealed", told, settings)


def test_a_patient_who_says_no_is_asked_for_the_tablet_and_hears_nothing_of_the_key(tablet, demo, told, desk):
    said = {"ceremony": str(the_ceremony().pk), "role": "patient", "words": "I would rather not."}
    answer = tablet.post(reverse("ceremony-disagree"), said, follow=True)
    page = html.unescape(answer.content.decode())
    assert "Please give the tablet back to us." in page
    assert told not in page
    assert Refusal.objects.get().words == "I would rather not."
    page = signed_in(demo.siobhan).get(reverse("consent-desk", args=[the_ceremony().visit_id])).content.decode()
    assert "Not sealed yet" in page


def no_room(execute, sql, params, many, context):
    """Stands before the database: it can be read, and its disk is full."""
    if sql.startswith(("INSERT", "UPDATE", "DELETE")):
        raise OperationalError("database or disk is full")
    return execute(sql, params, many, context)


def test_when_the_database_is_full_the_clinician_is_told_and_the_drawn_name_is_kept(demo, made, desk):
    consent = signing.open_ceremony(made, demo.mia)
    signing.sign(consent, "patient", INK)
    address, sent = reverse("consent-sign", args=[made.visit_id]), form(consent, role="clinician", password=PASSWORD)
    with connection.execute_wrapper(no_room):
        answer = desk.post(address, sent)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 503
    assert "nothing was signed" in page
    assert "disk may be full" in page
    assert INK in page
    assert not SealedDocument.objects.exists()
    assert desk.post(address, sent).status_code == 302
    assert SealedDocument.objects.get().review == made


def test_when_the_database_is_full_a_decision_stands_on_the_page_to_be_sent_again(demo, desk):
    screening = demo.case("Peter Walsh", 35, "Elbow", ill_today="yes")
    address = reverse("case-decide", args=[screening.visit_id])
    sent = {"screening": str(screening.pk), "decision": "defer", "reason": "A cold.\r\nRest.", "until": "2099-01-04"}
    with connection.execute_wrapper(no_room):
        answer = desk.post(address, sent)
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "disk may be full" in page
    assert not Review.objects.exists()
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    again = {name: html.unescape(value) for name, value in hidden}
    assert again.items() >= sent.items()
    assert desk.post(address, again).status_code == 302
    assert SealedDocument.objects.get().decision == "defer"


@pytest.mark.parametrize("fault", [OperationalError("disk is full"), OSError(ENOSPC, "No space", "/srv/x.pdf")])
def test_a_decision_whose_record_finds_no_room_can_be_sealed_from_the_page_that_says_so(demo, desk, monkeypatch, fault):
    screening = demo.case("Peter Walsh", 35, "Elbow", ill_today="yes")
    seal = reverse("consent-seal", args=[screening.visit_id])

    def fails(*args, **more):
        raise fault

    sent = {"screening": str(screening.pk), "decision": "decline", "reason": "Not for this elbow"}
    with monkeypatch.context() as full:
        full.setattr(filing, "put", fails)
        for address in (reverse("case-decide", args=[screening.visit_id]), seal):
            answer = desk.post(address, sent)
            page = html.unescape(answer.content.decode())
            assert answer.status_code == 503
            assert "disk may be full" in page
            assert "/srv" not in page
            assert "Seal now" in page
    assert desk.post(seal).status_code == 302
    assert SealedDocument.objects.get().decision == "decline"


def test_when_the_database_is_full_the_patients_no_stays_on_the_tablet(tablet):
    said = {"ceremony": str(the_ceremony().pk), "role": "patient", "words": "I would rather not."}
    with connection.execute_wrapper(no_room):
        answer = tablet.post(reverse("ceremony-disagree"), said)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 503
    assert "Not sent yet." in page
    assert "I would rather not." in page
    assert tablet.post(reverse("ceremony-disagree"), said)["Location"] == reverse("tablet-done")
    assert Refusal.objects.get().words == "I would rather not."


def test_when_the_database_is_full_the_patients_drawing_stays_on_the_tablet(tablet):
    sent = form(the_ceremony())
    with connection.execute_wrapper(no_room):
        answer = tablet.post(reverse("ceremony-sign"), sent)
    assert answer.status_code == 503
    assert INK in html.unescape(answer.content.decode())
    assert tablet.post(reverse("ceremony-sign"), sent)["Location"] == reverse("tablet-done")
    assert Signature.objects.count() == 1


def test_a_decision_that_could_not_be_sealed_can_be_sealed_later(demo, desk, monkeypatch):
    screening = demo.case("Peter Walsh", 35, "Elbow", ill_today="yes")

    def fails(html, **more):
        raise rendering.RenderingFailed("no")

    with monkeypatch.context() as broken:
        broken.setattr(rendering, "render", fails)
        sent = {"screening": str(screening.pk), "decision": "defer", "reason": "A cold, come back later", "until": "2099-01-04"}
        response = desk.post(reverse("case-decide", args=[screening.visit_id]), sent, follow=True)
    assert "Seal now" in response.content.decode()
    assert not SealedDocument.objects.exists()
    desk.post(reverse("consent-seal", args=[screening.visit_id]))
    assert SealedDocument.objects.get().kind == "decision"


@pytest.fixture
def left_unsealed(demo, made, monkeypatch) -> tuple[Review, Refusal]:
    """A deferral and a refusal without a record, after which the case was taken up again each time."""
    with monkeypatch.context() as full:
        full.setattr(archive, "put", lambda data: (_ for _ in ()).throw(OSError(ENOSPC, "No space")))
        with pytest.raises(OSError, match="No space"):
            decision.record(review.reopen(made.visit, demo.siobhan), "defer", demo.siobhan, "A cold, come back later")
    again = decision.record(review.reopen(made.visit, demo.siobhan), "proceed", demo.siobhan)
    refusal = signing.refuse(signing.open_ceremony(again, demo.mia), "patient", "Not today.")
    left = decision.record(review.reopen(made.visit, demo.siobhan), "proceed", demo.siobhan)
    signing.sign(signing.open_ceremony(left, demo.mia), "patient", INK)  # shown anew before the clinician signs
    review.reopen(made.visit, demo.siobhan)
    return Review.objects.get(decision="defer"), refusal


def test_what_was_left_unsealed_is_named_and_sealed_in_order_after_the_case_was_taken_up_again(
    desk, made, left_unsealed
):
    deferral, refusal = left_unsealed
    address = reverse("consent-desk", args=[made.visit_id])
    listed = re.findall(r"<li>(.*?)</li>", desk.get(address).content.decode())
    assert [re.sub("<.*?>", "", item).rsplit(", ", 2)[0] for item in listed] == [
        "Decision: defer, Siobhan Byrne", "Did not agree: patient",
    ]  # fmt: skip
    page = desk.post(reverse("consent-seal", args=[made.visit_id]), follow=True).content.decode()
    assert "Not sealed yet" not in page
    first, second = SealedDocument.objects.order_by("sealed_at")
    assert (first.review, first.previous) == (deferral, None)
    assert (second.refusal, second.previous) == (refusal, first)
    assert Visit.objects.get(pk=made.visit_id).closed_at is None, "the case is open"


def test_what_cannot_be_sealed_does_not_hold_up_the_others_and_stays_on_the_page(
    desk, made, left_unsealed, monkeypatch
):
    def fails(*args):
        raise rendering.RenderingFailed("no")

    monkeypatch.setattr(filing, "record_pdf", fails)
    answer = desk.post(reverse("consent-seal", args=[made.visit_id]))
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "Decision: defer" in page
    assert "Did not agree: patient" not in page
    assert [row.kind for row in SealedDocument.objects.all()] == ["refusal"]


def test_the_clinicians_signature_seals_first_what_was_left_unsealed(demo, desk, made, left_unsealed):
    last = decision.record(review.reopen(made.visit, demo.siobhan), "proceed", demo.siobhan)
    consent = signing.open_ceremony(last, demo.mia)
    signing.sign(consent, "patient", INK)
    desk.post(reverse("consent-sign", args=[made.visit_id]), form(consent, role="clinician", password=PASSWORD))
    documents = list(SealedDocument.objects.order_by("sealed_at"))
    assert [row.kind for row in documents] == ["decision", "refusal", "consent"]
    assert [row.previous for row in documents] == [None, *documents[:2]]
    assert Visit.objects.get(pk=made.visit_id).closed_at


def test_another_clinics_consent_is_not_there(made):
    other: Clinic = make_clinic("Other clinic")
    stranger = signed_in(make_member(other, Role.CLINICIAN, "Ola Nordmann"))
    for name in ("consent-desk", "case-decide", "case-reopen", "consent-open", "consent-sign", "consent-seal"):
        url = reverse(name, args=[made.visit_id])
        answer = stranger.get(url) if name == "consent-desk" else stranger.post(url, form_for(name, made.visit))
        assert answer.status_code == 404, name


def form_for(name: str, visit: Visit) -> dict[str, str]:
    """A form that is right in itself, so that only the clinic can be what is refused."""
    key = str(visit.pk)
    if name == "consent-sign":
        return {"ceremony": key, "role": "clinician", "typed_name": "Ola Nordmann", "password": "x"}
    return {"screening": key, "decision": "proceed"} if name == "case-decide" else {}


@pytest.fixture
def minor(demo):
    """A consent that a child and her mother sign, read and answered on this tablet."""
    screening = demo.case("Minh Châu", 12, "Neck")
    screening = demo.settle(
        screening,
        can_decide="yes",
        child_explains="yes",
        guardian_agrees="yes",
        guardian_name="Hoa",
        guardian_relationship="mother",
    )
    screening = demo.plan(screening, "infraspinatus_left")
    demo.resolve(screening, "4b", "measures", "Two needles at most")
    made = decision.record(screening, "proceed", demo.siobhan)
    tablet = signed_in(demo.mia)
    tablet.post(reverse("consent-open", args=[made.visit_id]))
    tablet.post(reverse("tablet-confirm"), {"reply": "yes"})
    tablet.get(reverse("ceremony-read", args=["choices"]))
    demo.understand(the_ceremony())
    return tablet


def test_a_consent_that_several_sign_goes_on_from_person_to_person(minor):
    ceremony = the_ceremony()
    assert minor.post(reverse("ceremony-sign"), form(ceremony))["Location"] == reverse("ceremony-sign")
    assert "Hoa" in said(minor.get(reverse("ceremony-sign")))
    assert minor.post(reverse("ceremony-sign"), form(ceremony, role="guardian"))["Location"] == reverse("tablet-done")
    assert [row.role for row in signing.unsigned(ceremony)] == ["clinician"]


def said(answer) -> str:
    """The page as it is read."""
    return Reader(answer.content.decode()).text


def test_who_signs_as_what_and_the_day_stand_at_the_pad(tablet, made, minor):
    day = date_format(made.visit.clinic.today(), "j F Y")
    assert f"Ruth Lindqvist signs here, as the patient. {day}" in said(tablet.get(reverse("ceremony-sign")))
    minor.post(reverse("ceremony-sign"), form(the_ceremony()))
    assert f"Hoa signs here, as parent or guardian of Minh Châu ( mother ). {day}" in said(
        minor.get(reverse("ceremony-sign"))
    )


def test_a_child_has_a_page_and_a_signature_in_words_for_a_child(minor):
    first = said(minor.get(reverse("ceremony-read", args=["child"])))
    assert "This page is for Minh Châu" in first
    assert "Nobody will be cross with you" in first
    second = said(minor.get(reverse("ceremony-read", args=["about"])))
    assert "This page is for Hoa . “You” means Minh Châu here." in second
    pad = said(minor.get(reverse("ceremony-sign")))
    assert wording.CHILD_SIGNS in pad
    assert "left shoulder blade" in pad
    assert "Infraspinatus" not in pad


def test_an_adult_has_no_page_for_a_child(tablet):
    assert tablet.get(reverse("ceremony-read", args=["child"]))["Location"] == reverse("ceremony")
    assert "This page is for" not in said(tablet.get(reverse("ceremony-read", args=["about"])))


def test_after_the_child_the_page_says_to_whom_the_tablet_goes(minor):
    assert "Now hand the tablet to" not in said(minor.get(reverse("ceremony-sign")))
    minor.post(reverse("ceremony-sign"), form(the_ceremony()))
    page = said(minor.get(reverse("ceremony-sign")))
    assert "Thank you, Minh Châu . Now hand the tablet to Hoa ." in page
    assert wording.MEANINGS["guardian"] in page


def test_the_pad_never_shows_a_previous_person_s_ink(minor):
    ceremony = the_ceremony()
    minor.post(reverse("ceremony-sign"), form(ceremony))
    page = minor.get(reverse("ceremony-sign")).content.decode()
    assert INK not in html.unescape(page)
    stale = form(ceremony) | {"wish-language": "es"}  # the child's page, on which the language is changed after all
    assert INK not in html.unescape(minor.post(reverse("ceremony-sign"), stale).content.decode())
    unclear = form(ceremony, role="x" * 50)
    assert INK not in html.unescape(minor.post(reverse("ceremony-sign"), unclear).content.decode())


@pytest.mark.parametrize("fields", [{"strokes": INK}, {"strokes": "", "typed_name": "Ruth Lind"}])
def test_ink_and_a_typed_name_stay_when_the_language_changes(tablet, fields):
    sent = form(the_ceremony(), **fields) | {"wish-language": "ar"}
    page = html.unescape(tablet.post(reverse("ceremony-sign"), sent).content.decode())
    assert 'lang="ar" dir="rtl"' in page
    assert (fields.get("typed_name") or INK) in page
    assert not Signature.objects.exists()


def test_words_of_a_refusal_stay_when_the_language_changes(tablet):
    sent = {"ceremony": str(the_ceremony().pk), "role": "patient", "words": "I would rather", "wish-language": "es"}
    answer = tablet.post(reverse("ceremony-disagree"), sent)
    assert answer.status_code == 200
    assert "I would rather" in answer.content.decode()
    assert not Refusal.objects.exists()


def test_everything_is_read_and_signed_in_the_language_of_the_tablet(made, demo, desk, monkeypatch):
    made_up(monkeypatch)
    desk.post(reverse("consent-open", args=[made.visit_id]))
    desk.post(reverse("tablet"), {"wish-language": "es"})
    desk.post(reverse("tablet-confirm"), {"reply": "yes"})
    for page in ("about", "plan", "risks", "choices"):
        shown = the_ceremony().shown
        told = said(desk.get(reverse("ceremony-read", args=[page])))
        sections = [part for part in shown["in"]["es"]["sections"] if part["page"] == page]
        assert sections
        for part in sections:
            for words in (part["title"], *part["paragraphs"], *part["items"], *itertools.chain(*part["rows"])):
                assert " ".join(words.split()) in told
    demo.understand(the_ceremony(), "es")
    pad = said(desk.get(reverse("ceremony-sign")))
    assert in_tongue("es", wording.MEANINGS["patient"]) in pad
    desk.post(reverse("ceremony-sign"), form(the_ceremony()))
    signature = Signature.objects.get()
    assert (signature.language, signature.meaning) == ("es", in_tongue("es", wording.MEANINGS["patient"]))


def test_days_are_written_as_the_language_writes_them(tablet, made):
    today = made.visit.clinic.today()
    tablet.post(reverse("ceremony-sign"), {"wish-language": "zh-hans"})
    assert f"{today.year}年{today.month}月{today.day}日" in tablet.get(reverse("ceremony-sign")).content.decode()


def test_the_desk_says_in_which_language_it_was_signed_and_that_nobody_confirmed_it(tablet, demo, made):
    tablet.post(reverse("ceremony-sign"), {"wish-language": "ar"})
    tablet.post(reverse("ceremony-sign"), form(the_ceremony()))
    page = said(signed_in(demo.siobhan).get(reverse("consent-desk", args=[made.visit_id])))
    assert "Arabic, translation not yet confirmed by a clinician" in page


def test_the_desk_says_before_the_hand_over_in_which_language_the_tablet_will_ask(demo, desk):
    screening = demo.settle(demo.case("Lucía Ortiz", 40, "Knee", language="spanish"), can_decide="yes")
    made = decision.record(demo.plan(screening, "gastrocnemius_left"), "proceed", demo.siobhan)
    page = said(desk.get(reverse("consent-desk", args=[made.visit_id])))
    assert "Spanish, translation not yet confirmed by a clinician" in page


def test_a_typed_name_that_is_too_long_is_refused_and_kept_in_full(tablet):
    name = "Ruth " * 60
    answer = tablet.post(reverse("ceremony-sign"), form(the_ceremony(), strokes="", typed_name=name.strip()))
    assert answer.status_code == 422
    assert name.strip() in answer.content.decode()
    assert not Signature.objects.exists()


def test_a_refusal_in_two_lines_as_a_browser_sends_them_is_taken_as_it_was_written(tablet):
    ceremony = the_ceremony()
    words = "I am afraid.\r\nNot today."
    answer = tablet.post(
        reverse("ceremony-disagree"), {"ceremony": str(ceremony.pk), "role": "patient", "words": words}
    )
    assert answer.status_code == 302
    assert Refusal.objects.get().words == "I am afraid.\nNot today."
