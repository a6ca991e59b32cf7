"""The precautions page, its switches, trying a case, and the published cases that any clinic can run."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from clinic.models import AuditEvent, Role
from consent.management.commands.demo import Demo
from screening import intake
from screening.models import ClinicPolicy, Intake, Screening
from screening.policy import PolicyRefused, set_policy
from screening.precautions import EVERY
from screening.precautions.policy import ADDITIONAL_GROUPS, Policy
from screening.published import PUBLISHED, published
from screening.questionnaire import QUESTIONNAIRE_DIGEST, QUESTIONNAIRE_VERSION, QUESTIONS, RULES_VERSION
from screening.triggers import not_by_a_reply, raised_by
from screening.versions import VERSIONS
from tests import looking
from tests.browsing import as_client
from tests.people import (
    clear_replies,
    make_clinic,
    make_member,
    make_patient,
    make_visit,
    signed_in,
    submitted,
    tablet_for,
)
from tests.written import Reader, clear_case, consented


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def admin(clinic):
    return make_member(clinic, Role.ADMIN, "Grace Okafor")


@pytest.fixture
def clinician(clinic):
    return make_member(clinic)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


# The page


def test_every_group_statement_and_question_is_on_the_page_with_class_and_number(clinician):
    page = text_of(signed_in(clinician).get(reverse("precautions")))
    for precaution in EVERY:
        assert f'id="source-{precaution.mark}"' in page
        assert all(f"<strong>{statement.part}</strong> {statement.says}" in page for statement in precaution.statements)
    for code in QUESTIONS:
        assert f'<dd class="mono">{code}</dd>' in page
    assert "Source, precaution 15" in page
    assert "Source, precaution 16" not in page
    assert "This clinic also asks (A11)" in page
    assert "All as expected" in page


@pytest.mark.parametrize(("code", "direction"), [("es", "ltr"), ("zh-hans", "ltr"), ("ar", "rtl")])
def test_questions_are_shown_in_each_language_with_its_status_and_staffs_stay_english(clinician, code, direction):
    page = text_of(signed_in(clinician).get(reverse("precautions"), {"language": code}))
    assert f"{QUESTIONS['skin'].text}</p>" not in page
    assert f'<p class="ask" lang="{code}" dir="{direction}">' in page
    assert f'<span lang="{code}" dir="{direction}">' in page, "what the patient reads is in that language too"
    assert f'href="?language={code}#fifteen" aria-current="true"' in page
    assert "not yet confirmed by a clinician" in page
    assert QUESTIONS["can-decide"].text in page
    assert "What the source says in our words" in page


def test_a_language_that_there_is_none_of_is_english(clinician):
    page = text_of(signed_in(clinician).get(reverse("precautions"), {"language": "tlh"}))
    assert QUESTIONS["skin"].text in page


def test_the_front_desk_reads_neither_page(clinic):
    mia = signed_in(make_member(clinic, Role.FRONT_DESK, "Mia Torres"))
    assert mia.get(reverse("precautions")).status_code == 403
    assert mia.get(reverse("try-case")).status_code == 403


def test_what_raises_what_is_found_by_running_the_rules():
    by_part = {
        part
        for group in EVERY
        for question in group.questions
        for row in raised_by(group, question)
        for part in row.parts
    }
    assert by_part == {statement.part for group in EVERY for statement in group.statements} - {"4b", "4c"}
    assert [part for group in EVERY for part in not_by_a_reply(group)] == ["4b", "4c"]
    lead = {row.reply.render(): row.parts for row in raised_by(EVERY[1], QUESTIONS["memory-trouble"])}
    assert lead == {"Yes": ("2a",), "Not sure": ("2a",)}


def test_the_newest_version_is_the_one_in_force_and_each_has_a_digest_of_its_own():
    newest = VERSIONS[0]
    assert (newest.questions, newest.rules, newest.digest) == (
        QUESTIONNAIRE_VERSION,
        RULES_VERSION,
        QUESTIONNAIRE_DIGEST,
    )
    assert len({version.digest for version in VERSIONS}) == len(VERSIONS)
    assert [version.questions for version in VERSIONS] == sorted((v.questions for v in VERSIONS), reverse=True)


# The switches


def test_an_admin_switches_groups_on_and_off_and_everything_else_stays_as_it_was(clinic, admin):
    ClinicPolicy.objects.create(clinic=clinic, values={"minimum_age": 14}, by=admin)
    client = signed_in(admin)
    client.post(reverse("precautions-switch"), {"group": ["A9", "A3"]})
    assert clinic.policies.latest("created_at").policy == Policy(minimum_age=14, additional=("A3", "A9"))
    client.post(reverse("precautions-switch"), {})
    assert clinic.policies.latest("created_at").policy == Policy(minimum_age=14)
    assert clinic.policies.count() == 3
    client.post(reverse("precautions-switch"), {})
    assert clinic.policies.count() == 3
    assert AuditEvent.objects.filter(action="policy.set").count() == 2


def test_a_group_that_does_not_exist_is_refused_in_words_and_nothing_changes(clinic, admin):
    answer = signed_in(admin).post(reverse("precautions-switch"), {"group": ["A1", "A99"]})
    assert answer.status_code == 422
    assert "There is no group A99" in text_of(answer)
    assert not clinic.policies.exists()


def test_clinicians_read_the_groups_and_do_not_switch_them(clinic, clinician):
    assert "Ask these groups" not in text_of(signed_in(clinician).get(reverse("precautions")))
    assert signed_in(clinician).post(reverse("precautions-switch"), {"group": ["A1"]}).status_code == 403
    with pytest.raises(PolicyRefused):
        set_policy(clinic, clinician, additional=["A1"])
    assert not clinic.policies.exists()


def test_an_admin_of_another_clinic_sets_nothing_here(clinic):
    stranger = make_member(make_clinic("Elsewhere"), Role.ADMIN, "Otto Else")
    with pytest.raises(PolicyRefused):
        set_policy(clinic, stranger, additional=["A1"])


# On the tablet, in the case


def test_the_tablet_asks_the_groups_that_are_on_after_the_fifteen_under_a_heading_of_their_own(
    clinic, admin, clinician
):
    set_policy(clinic, admin, additional=["A3", "A9"])
    visit = make_visit(make_patient(clinic), clinician)
    intake.mark_read(visit)
    tablet = tablet_for(visit)
    page = text_of(tablet.get(reverse("intake-page", args=["diabetes"])))
    assert "This clinic also asks · 1 of 2" in page
    assert "Your health ·" not in page
    assert "Your health · 1 of 25" in text_of(tablet.get(reverse("intake-page", args=["needle-aversion"])))
    assert tablet.get(reverse("intake-page", args=["numbness"])).status_code == 302
    replies = clear_replies(visit, diabetes="yes")
    intake.save_page(visit, list(replies), replies)
    assert "This clinic also asks: Diabetes" in text_of(tablet.get(reverse("intake-check")))
    sent = intake.submit(visit)
    assert {"diabetes", "diabetes-eaten", "bad-reaction"} <= set(sent.replies)
    assert "numbness" not in sent.replies
    assert [finding.part for finding in visit.screenings.get().findings.all() if finding.number > 15] == ["A3"]


def test_on_the_case_what_the_clinic_also_asks_stands_apart_and_is_never_cited_as_the_source(clinic, admin, clinician):
    set_policy(clinic, admin, additional=["A3", "A9"])
    visit = make_visit(make_patient(clinic), clinician)
    submitted(visit, diabetes="yes", antiplatelet="yes")
    page = text_of(signed_in(clinician).get(reverse("case", args=[visit.pk])))
    assert '<h2 class="also">This clinic also asks</h2>' in page
    assert page.index("part-11+") < page.index('class="also"')
    assert "This clinic also asks (A3)" in page
    assert "Source 103" not in page
    assert "This clinic also asks: 1 group with nothing to report" in page
    assert "A9. Earlier bad reaction" in page


def test_a_group_switched_on_later_makes_an_open_case_stale_and_counts_as_not_sure_when_it_is_taken_up(
    clinic, admin, clinician
):
    from screening import review

    visit = make_visit(make_patient(clinic), clinician)
    submitted(visit)
    set_policy(clinic, admin, additional=["A9"])
    with pytest.raises(review.StaleScreening, match="policy has changed"):
        review.check_may_proceed(visit.screenings.get())
    again = review.reopen(visit, clinician)
    assert "bad-reaction" in again.open
    assert again.findings.filter(part="A9").exists()
    page = text_of(signed_in(clinician).get(reverse("case", args=[visit.pk])))
    assert QUESTIONS["bad-reaction"].text in page
    settled = review.settle(again, {"bad-reaction": "no"}, clinician)
    assert not settled.findings.filter(part="A9").exists()


# In the record


def test_the_record_has_what_was_also_asked_in_a_section_of_its_own_after_the_fifteen(db):
    demo = Demo()
    set_policy(demo.clinic, make_member(demo.clinic, Role.ADMIN, "Olga Admin"), additional=["A3", "A6"])
    screening = demo.case("Ruth Lindqvist", 44, "Neck", diabetes="yes", diabetes_eaten="yes", all_medicines="Metformin")
    screening = demo.plan(demo.settle(screening, can_decide="yes"), "upper_trapezius_left")
    demo.resolve(screening, "A3", "measures", "Feeling tested, legs left alone today.")
    text = Reader(consented(demo, screening)).text
    fifteen, _heading, beyond = text.partition("Questions of this clinic beyond the source")
    assert "15. Surgery and implants" in fifteen
    assert "A3. Diabetes" in beyond
    assert "A6. All medicines" in beyond
    assert "Metformin" in beyond
    assert "A9. " not in text
    assert "This clinic also asks (A3)" in text
    assert "This clinic also asks: A3, A6" in text
    assert "103" not in text.replace(str(screening.pk), "")
    assert "Source, precaution A3" not in text


def test_the_record_of_a_clinic_that_asks_nothing_beyond_has_no_such_section(db):
    demo = Demo()
    assert "beyond the source" not in Reader(consented(demo, clear_case(demo))).text


# Try a case


def tried(user, **changes):
    client = signed_in(user)
    form = client.get(reverse("try-case")).context["form"]
    data = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    data |= {"born": "1980-05-17", "today": "2026-11-30"} | {
        code.replace("_", "-"): value for code, value in changes.items()
    }
    data = {name.replace("-of-", "_of_"): value for name, value in data.items()}
    return client.post(reverse("try-case"), data)


def test_a_case_is_tried_by_the_same_rules_and_nothing_of_it_is_stored(clinician):
    before = (Intake.objects.count(), Screening.objects.count(), AuditEvent.objects.count())
    answer = tried(clinician, **{"blood-thinner": "yes", "muscle-1": "psoas_major", "side-1": "left"})
    page = text_of(answer)
    assert answer.status_code == 200
    assert "Made up: nothing is stored." in page
    assert [found.trigger.part for found in answer.context["result"]["found"]] == ["11a", "11b"]
    assert "The plan runs into it." in page
    assert "Direct pressure cannot reach the planned muscle." in page
    assert (Intake.objects.count(), Screening.objects.count(), AuditEvent.objects.count()) == before


def test_nothing_chosen_comes_to_clear_and_what_is_chosen_stays_chosen(clinician):
    assert tried(clinician).context["result"]["found"] == []
    form = tried(clinician, skin="yes", **{"skin-where": ["calf_left", "knee_right"]}).context["form"]
    assert form["skin-where"].value() == ["calf_left", "knee_right"]


def test_a_clinics_switches_can_be_tried(clinician):
    on = tried(clinician, additional=["A9"], **{"bad-reaction": "unsure"})
    assert [found.trigger.part for found in on.context["result"]["found"]] == ["A9"]
    off = tried(clinician, **{"bad-reaction": "unsure"})
    assert off.context["result"]["found"] == []
    assert off.context["result"]["left_out"] == [QUESTIONS["bad-reaction"].text]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"born": ""}, "Enter a date of birth."),
        ({"born": "2027-01-01"}, "in the future"),
        ({"today": "soon"}, "Enter the date as day, month and year"),
        ({"muscle-1": "psoas_major"}, "Choose the side of"),
        ({"side-1": "left"}, "Choose a muscle"),
        ({"skin": "perhaps"}, "Please choose one of the answers offered."),
        ({"minimum_age": "11"}, "never lowered"),
        ({"age_of_majority": "99"}, "must be from 16 to 21"),
        ({"first_trimester_ends": ""}, "This field is required."),
    ],
    ids=str,
)
def test_what_cannot_be_tried_is_said_and_all_that_was_chosen_stays(clinician, changes, words):
    client = signed_in(clinician)
    form = client.get(reverse("try-case")).context["form"]
    data = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    data |= {"born": "1980-05-17", "today": "2026-11-30", "ill-today": "yes"} | changes
    answer = client.post(reverse("try-case"), data)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert answer.context["form"]["ill-today"].value() == "yes"


# Published cases


def checked(*args: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("check_cases", *args, stdout=out, stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_published_cases_all_come_out_as_expected():
    code, out, _err = checked()
    assert code == 0
    assert f"{len(published())} of {len(published())} cases come out as expected" in out


def test_every_statement_is_in_a_published_case_and_there_are_at_least_forty():
    cases = published()
    assert len(cases) >= 40
    assert {part for case in cases for part in case.findings} == {s.part for group in EVERY for s in group.statements}
    assert {item for case in cases for item in case.overall} >= {"clear", "declined", "contraindicated"}


def test_the_list_names_every_case():
    listed = checked("--list")[1].splitlines()
    assert len(listed) == len(published())
    assert any(line.startswith("13 weeks and 6 days is the first trimester: 13a caution; caution") for line in listed)


def written(folder, *cases, **more) -> str:
    path = folder / "mine.json"
    path.write_text(json.dumps({"unless_said": {"born": "1980-05-17", "today": "2026-11-30"}, "cases": cases} | more))
    return str(path)


MINE = {"name": "A cold", "replies": {"ill-today": "yes"}, "expect": {"findings": {}, "overall": ["clear"]}}


def test_a_case_of_the_clinics_own_that_comes_out_otherwise_is_named_with_what_differs(tmp_path):
    code, out, _err = checked(written(tmp_path, MINE))
    assert code == 1
    assert "A cold:" in out
    assert "7a (contraindicated) is found and not expected" in out
    assert "the overall outcome is contraindicated, expected is clear" in out
    assert "0 of 1 cases" in out


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (MINE | {"name": ""}, "name: must say in plain words"),
        (MINE | {"replies": {"ill": "yes"}}, "ill: there is no such question"),
        (MINE | {"replies": {"ill-today": "maybe"}}, "ill-today: must be one of"),
        (MINE | {"replies": {"skin-where": ["knee_left"]}}, "not shown"),
        (MINE | {"born": "yesterday"}, "born: must be a date"),
        (MINE | {"expect": {}}, "expect: must be"),
        (MINE | {"expect": {"findings": {"99z": "caution"}, "overall": ["clear"]}}, "there is no part 99z"),
        (MINE | {"expect": {"findings": {"7a": "bad"}, "overall": ["clear"]}}, "the class must be one of"),
        (MINE | {"expect": {"findings": {}, "overall": ["fine"]}}, "overall must be a list of"),
        (MINE | {"expect": {"findings": {}, "overall": ["clear"], "conflicts": ["6a"]}}, "conflicts must be"),
        (MINE | {"policy": {"additional": ["A12"]}}, "there is no group"),
        ("a case", "must be an object"),
    ],
    ids=str,
)
def test_a_case_that_is_not_right_is_refused_by_its_number_and_name(tmp_path, case, words):
    code, _out, err = checked(written(tmp_path, case))
    assert code == 2
    assert "case 1 (" in err
    assert words in err


@pytest.mark.parametrize("text", ["", "[]", "{", '{"cases": {}}', '{"cases": []}', '{"case": []}'])
def test_a_file_that_is_not_right_is_refused(tmp_path, text):
    (tmp_path / "mine.json").write_text(text)
    code, _out, err = checked(str(tmp_path / "mine.json"))
    assert code == 2
    assert "mine.json: " in err


def test_a_file_that_is_not_there_is_said(tmp_path):
    assert checked(str(tmp_path / "none.json"))[0] == 2


def test_the_groups_of_the_file_are_known():
    assert PUBLISHED.exists()
    assert len(ADDITIONAL_GROUPS) == 11


# How they look


@pytest.mark.looks
@pytest.mark.parametrize("width", [1024, 320])
def test_both_pages_can_be_read_and_used_by_everybody(device, live, clinician, width):
    context = device(viewport={"width": width, "height": 768})
    as_client(context, signed_in(clinician), live.url)
    page = context.new_page()
    for at in (reverse("precautions") + "?language=ar", reverse("try-case")):
        page.goto(live.url + at)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert looking.axe(page) == []
        assert looking.faint_borders(page) == []
        assert looking.overflow(page) == 0
