"""The record says everything that was asked, answered, found, decided and agreed, in full."""

import datetime
import re
from html import unescape

import pytest
from django.conf import settings
from django.utils.translation import override

from consent import checks, signing, wording
from consent.document import signature_path
from consent.management.commands.demo import INK, Demo
from consent.models import Ceremony
from screening import review
from screening.evaluation import current_screening
from screening.models import ClinicPolicy, Review
from screening.precautions import PRECAUTIONS
from screening.questionnaire import QUESTIONS
from tests.translated import confirmed, in_tongue, made_up
from tests.written import HEAD, SEEN, Reader, child_with_everything, clear_case, consented, met, written


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def test_all_fifteen_are_there_with_number_title_and_what_the_source_says(demo):
    text = Reader(consented(demo, clear_case(demo))).text
    for precaution in PRECAUTIONS:
        assert f"{precaution.number}. {precaution.title}" in text
        assert f"Source, precaution {precaution.number}:" in text
        for statement in precaution.statements:
            assert statement.says in text


def test_every_question_stands_as_asked_with_its_answer_beside_it(demo):
    screening = child_with_everything(demo)
    text = Reader(consented(demo, screening)).text
    assert len(screening.intake.asked) > 30
    for row in screening.intake.asked:
        asked = " ".join([row["text"], *filter(None, [row["hint"], row["hint"] and "·"]), row["code"]])
        assert f"{asked} {row['said']}" in text
    when = re.compile(
        r"Answers sent \d+ \w+ 2026, \d\d:\d\d \(version 2\), questionnaire 2026\.\d+; its code stands after"
    )
    assert when.search(text)


def test_questions_to_staff_and_guardian_say_who_was_asked_and_who_answered(demo):
    text = Reader(consented(demo, child_with_everything(demo))).text
    for code, asked in {
        "can-decide": "clinician",
        "language-route": "staff",
        "guardian-agrees": "parent or guardian",
    }.items():
        question = QUESTIONS[code]
        hint = f" {question.hint} ·" if question.hint else ""
        words = re.escape(f"{question.text} ({asked}){hint} {code}")
        assert re.search(words + r" \w[\w ]+ Siobhan Byrne , ", text)


def test_a_settled_answer_shows_what_the_patient_said_who_settled_it_when_and_the_note(demo):
    text = Reader(consented(demo, child_with_everything(demo))).text
    pattern = r"I am not sure|Not sure"
    assert re.search(
        rf"({pattern}) Settled: Yes Siobhan Byrne , \d+ \w+ \d{{4}}, \d\d:\d\d, screening \d A dry graze, seen today\.",
        text,
    )


def test_a_question_that_nobody_answered_is_said_to_count_as_not_sure(demo):
    screening = demo.case("Peter Walsh", 35, "Elbow", ill_today="yes")
    text = Reader(written(review.decide(screening, "defer", demo.siobhan, "A cold with fever."))).text
    assert f"{QUESTIONS['can-decide'].text} (clinician) can-decide Not answered; it counts as not sure" in text


def test_an_override_is_on_record_with_its_reason_and_both_clinicians(demo):
    html = consented(demo, met(demo, clear_case(demo, varicose_veins="yes", vessel_where=["calf_left"])))
    front = Reader(html.partition('class="fifteen"')[0]).text
    assert (
        "What was overridden, and why Source, precaution 14: Veins and arteries Contraindicated Siobhan Byrne" in front
    )
    assert SEEN in front
    assert re.search(
        r"Second clinician: Tom Ellis , \d+ \w+ 2026, \d\d:\d\d, screening \d: agrees I agree, having seen her\.", front
    )
    assert "One override." in front


def test_an_override_that_was_disagreed_with_says_so(demo):
    screening = clear_case(demo, varicose_veins="yes", vessel_where=["calf_left"])
    over = review.override(demo.finding(screening, "14a"), demo.siobhan, SEEN)
    review.give_second_opinion(over, demo.tom, agrees=False, reason="The veins are inflamed.")
    made = review.decide(screening, "defer", demo.siobhan, "Vein clinic first.")
    text = Reader(written(made)).text
    assert "does not agree The veins are inflamed." in text
    assert "Second clinician (open) Tom Ellis" in text


def test_how_each_requirement_was_met_is_said_or_that_it_was_open(demo):
    screening = met(demo, clear_case(demo, blood_thinner="yes", blood_thinner_details="Warfarin"), "Press for a minute")
    assert re.search(r"Measures Siobhan Byrne , [\w :,]+ Press for a minute", Reader(consented(demo, screening)).text)
    other = clear_case(demo, "Ann Keogh", blood_thinner="yes")
    made = review.decide(other, "decline", demo.siobhan, "She prefers exercises.")
    assert "Measures (open) : Open when the decision was made." in Reader(written(made)).text


def test_needles_are_on_the_first_page_and_in_full_later(demo):
    screening = clear_case(demo, metal_rash="yes", metal_which="nickel")
    details = {"material": "gold_plated", "brand": "Seirin", "coating": "gold", "lot": "4471-B", "free_of_metal": True}
    demo.resolve(screening, "10a", "needle_material", "", **details)
    front, _, rest = consented(demo, screening).partition('class="fifteen"')
    assert "Gold plated, Seirin, coating gold, lot 4471-B, free of the named metal" in Reader(front).text
    assert "Decision: proceed, with changes" in front
    later = Reader(rest).text
    assert "Material Gold plated Brand Seirin Coating gold Lot 4471-B Free of the named metal Yes, confirmed" in later


def test_interpreter_and_guardian_are_named_with_what_they_are(demo):
    text = Reader(consented(demo, child_with_everything(demo))).text
    assert "Name or ID Trần Văn Bình Language Vietnamese How Interpreter in the room An adult Yes, confirmed" in text
    assert "Parent or guardian: Nguyễn Thị Hoa Relationship: mother" in text
    assert "Interpreter: Trần Văn Bình Language: Vietnamese" in text


def test_the_clinic_s_own_practice_stands_apart_from_the_source(demo):
    html = consented(demo, child_with_everything(demo))
    beyond = re.findall(r'<div class="finding[^"]* beyond[^"]*">(.*?)</div>', html, re.DOTALL)
    assert len(beyond) == 1
    assert "This clinic's practice" in Reader(beyond[0]).text
    assert "Source, precaution" not in Reader(beyond[0]).text
    order = [html.index(f"edge-{kind}", html.index("14. Veins")) for kind in ("contraindicated", "caution")]
    assert order == sorted(order)


def test_the_plan_is_said_with_its_places_and_what_was_left_out(demo):
    text = Reader(consented(demo, child_with_everything(demo))).text
    assert "Planned at first, then left out: Psoas major, right." in text
    assert "The map in words: Planned: left shoulder blade" in text
    assert "Not here: belly, right knee." in text


def test_the_consent_is_printed_exactly_as_it_was_shown(demo):
    ceremony = signing.open_ceremony(review.decide(clear_case(demo), "proceed", demo.siobhan), demo.mia)
    text = Reader(written(ceremony.review, ceremony)).text
    for section in ceremony.shown["sections"]:
        told = [section["title"], *section["paragraphs"], *section["items"]]
        assert " ".join(" ".join(told).split()) in text
        for row in section["rows"]:
            assert " ".join(row) in text


def test_signatures_carry_role_name_meaning_and_time_with_zone_the_clinician_last(demo):
    screening = child_with_everything(demo)
    html = consented(demo, screening)
    signatures = html[html.index(">Signatures<") :]
    text = Reader(signatures).text
    roles = re.findall(r"(Patient|Parent or guardian|Interpreter|Clinician): ", text)
    assert roles == ["Patient", "Parent or guardian", "Interpreter", "Clinician"]
    assert signatures.count("<path ") == signatures.count("<svg ") == signatures.count("<title>Signature drawn by") == 3
    for meaning in Ceremony.objects.get().shown["meanings"].values():
        assert meaning in text
    assert (
        len(re.findall(r"(drawn|typed) · \d+ \w+ \d{4}, \d\d:\d\d:\d\d Australia/Sydney \(UTC\+1[01]:00\)", text)) == 4
    )


def test_a_signature_is_one_curved_path_and_a_dot_stays():
    assert signature_path([[[1, 2], [3, 4], [6, 8]], [[9, 9]]]) == "M1 2Q1 2 2 3Q3 4 4.5 6L6 8M9 9h.1"
    assert signature_path([]) == ""


@pytest.mark.parametrize("value", ['"/><script>', None, "M"])
def test_nothing_but_numbers_gets_into_a_path(value):
    with pytest.raises((ValueError, TypeError)):
        signature_path([[[1, value]]])


def test_a_correction_shows_who_why_and_both_answers(demo):
    text = Reader(consented(demo, child_with_everything(demo))).text
    assert "Her mother remembered the pump." in text
    assert f"{QUESTIONS['device'].text} Before: No After: Yes" in text
    assert f"{QUESTIONS['device-which'].text} Before: not asked After: Medicine or insulin pump" in text


def test_what_no_longer_binds_stays_in_the_history(demo):
    text = Reader(consented(demo, child_with_everything(demo))).text
    history = text[text.index("History of this visit") :]
    assert "Override of 4. Age and willingness (Not recommended)" in history
    assert "A first thought, for another plan." in history
    assert "A first thought" not in text[: text.index("History of this visit")]


def test_a_refusal_is_on_the_first_page_of_the_decision_that_follows(demo):
    ceremony = signing.open_ceremony(review.decide(clear_case(demo), "proceed", demo.siobhan), demo.mia)
    signing.refuse(ceremony, "patient", "I would rather try exercise first.")
    again = review.reopen(ceremony.visit, demo.siobhan)
    text = Reader(written(review.decide(again, "decline", demo.siobhan, "He prefers exercises."))).text
    assert text.index("Did not agree Patient: Ruth Lindqvist") < text.index("Findings")
    assert "I would rather try exercise first." in text
    assert "Decision: declined" in text
    assert "Earlier decisions Proceed · Siobhan Byrne" in text


def test_a_deferral_says_why_and_when_to_come_back(demo):
    screening = demo.case("Peter Walsh", 35, "Elbow", ill_today="yes")
    day = demo.clinic.today() + datetime.timedelta(days=10)
    text = Reader(written(review.decide(screening, "defer", demo.siobhan, "A cold with fever.", day))).text
    assert f"A cold with fever. Come back on {day.day} {day:%B %Y}." in text
    assert "Signatures" not in text


def test_versions_and_settings_and_the_way_to_check_are_printed(demo):
    ClinicPolicy.objects.create(clinic=demo.clinic, values={"second_clinician": False, "minimum_age": 14})
    screening = clear_case(demo)
    html = consented(demo, screening)
    text = Reader(html).text
    for said in (
        HEAD.hash, "Entry 214", "9f" * 32, screening.intake.questionnaire_digest[:16], "python manage.py verify FILE",
        "No second clinician is asked", "Not recommended below 14 years", f"rules {screening.rules_version}",
    ):  # fmt: skip
        assert said in text
    assert Ceremony.objects.get().shown_digest[:16] in text


def test_times_are_the_clinic_s(demo):
    assert (
        "Sealed 24 November 2026, 10:42:05 Australia/Sydney (UTC+11:00)"
        in Reader(consented(demo, clear_case(demo))).text
    )


def test_what_people_typed_is_isolated_and_escaped(demo):
    evil = '</bdi><script src="//x"></script>&amp;'
    screening = clear_case(demo, "ليلى حداد", blood_thinner="yes", blood_thinner_details=evil)
    html = consented(demo, met(demo, screening, f"{evil} noted"))
    assert "<script" not in html
    isolated = Reader(html).isolated
    for typed in (evil, f"{evil} noted", "ليلى حداد", "Tension in the shoulders", "Harbour Physio"):
        assert typed in isolated


def test_the_page_keeps_the_rules_of_tagged_papers(demo):
    html = consented(demo, child_with_everything(demo))
    page = Reader(html)
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert page.tables
    assert all(len(set(rows)) == 1 for rows in page.tables)
    assert '<html lang="en">' in html
    assert not re.search(r"\sstyle=|opacity|<img|<th(?! scope=)[ >]", html)
    assert all("<title>" in svg for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL))


def test_the_templates_never_switch_escaping_off():
    folder = settings.BASE_DIR / "templates" / "consent"
    for file in folder.glob("record*.html"):
        assert not re.search(r"\|\s*safe|autoescape", file.read_text()), file.name


def test_the_same_rows_give_the_same_page(demo, settings):
    made = review.decide(child_with_everything(demo), "proceed", demo.siobhan)
    first = written(made)
    settings.TIME_ZONE = "Asia/Tokyo"
    assert written(Review.objects.get(pk=made.pk)) == first


def test_the_screening_that_was_decided_is_the_one_that_is_printed(demo):
    made = review.decide(clear_case(demo), "proceed", demo.siobhan)
    before = written(made)
    review.reopen(made.visit, demo.siobhan)
    newest = current_screening(made.visit)
    assert newest is not None
    demo.settle(newest, can_decide="no")
    assert "proceed" in before
    assert "Screening: clear" in Reader(written(Review.objects.get(pk=made.pk))).text


def signed_in(demo: Demo, *languages: str) -> str:
    """The record of a consent that a child and her mother signed in these languages, one each."""
    screening = child_with_everything(demo)
    ceremony = signing.open_ceremony(review.decide(screening, "proceed", demo.siobhan), demo.mia)
    demo.understand(ceremony, languages[0], missed="soreness")
    for language in languages:
        signer = signing.next_on_tablet(ceremony)
        assert signer is not None
        signing.sign(ceremony, signer.role, strokes=INK, language=language)
    return written(ceremony.review, ceremony, list(ceremony.signatures.all()))


def told_in(html: str, code: str) -> str:
    """What the record prints of the consent in one language."""
    direction = "rtl" if code == "ar" else "ltr"
    start = html.index(f'<div lang="{code}" dir="{direction}">')
    return Reader(html[start : html.index("</div>", start)]).text


def test_the_consent_is_printed_in_each_language_in_which_it_was_signed_and_in_the_clinic_s_last(demo, monkeypatch):
    made_up(monkeypatch)
    html = signed_in(demo, "ar", "es")
    shown = Ceremony.objects.get().shown
    for code, words in (("ar", shown["in"]["ar"]), ("es", shown["in"]["es"]), ("en", shown)):
        told = told_in(html, code)
        for section in words["sections"]:
            for line in (section["title"], *section["paragraphs"], *section["items"]):
                assert " ".join(line.split()) in told
    places = [html.index(f'<div lang="{code}"') for code in ("ar", "es", "en")]
    assert places == sorted(places)
    assert '<div lang="zh-hans"' not in html
    assert '<html lang="en">' in html


def test_what_is_printed_around_another_language_is_in_the_clinic_s(demo, monkeypatch):
    made_up(monkeypatch)
    with override("ar"):  # wherever it is drawn
        html = signed_in(demo, "ar", "ar")
    assert "What was explained and agreed" in html
    assert "[ar]" not in Reader(html[: html.index('<section class="fifteen"')]).text


def test_english_alone_is_printed_once_and_needs_no_status(demo):
    text = Reader(consented(demo, clear_case(demo))).text
    assert text.count("You can stop at any time") == 1
    assert "translation" not in text


@pytest.mark.parametrize("checked", ["confirmed", "unconfirmed"])
def test_each_language_says_whether_a_clinician_confirmed_the_translation(demo, monkeypatch, checked):
    confirmed(monkeypatch, *(["es"] if checked == "confirmed" else []))
    text = Reader(signed_in(demo, "es")).text
    words = "translation confirmed by a clinician" if checked == "confirmed" else "translation not yet confirmed"
    assert f"Spanish, {words}" in text
    assert f"consent text {wording.WORDING_VERSION} (Spanish, {words}" in text


def test_a_signature_in_another_language_has_its_meaning_in_both(demo, monkeypatch):
    made_up(monkeypatch)
    html = signed_in(demo, "ar")
    part = html[html.index(">Signatures<") :]
    assert f'dir="rtl">“{in_tongue("ar", wording.CHILD_SIGNS)}”' in unescape(part)
    assert f"In the clinic's language: “{wording.CHILD_SIGNS}”" in Reader(part).text


def test_questions_asked_in_another_language_are_printed_in_both(demo, monkeypatch):
    made_up(monkeypatch)
    text = Reader(signed_in(demo, "ar")).text
    part = text[text.index("What was asked before signing") : text.index(" Signatures ")]
    child = checks.SORENESS.child
    assert f"{child.text} {in_tongue('ar', child.text)}" in part
    assert f"Missed {checks.NOT_SURE} {in_tongue('ar', checks.NOT_SURE)}" in part
    assert f"Right {child.replies['normal']} {in_tongue('ar', child.replies['normal'])}" in part
