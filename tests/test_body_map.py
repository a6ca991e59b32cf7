"""The body that a patient taps: drawing, list and words say the same, and left and right are the patient's own."""

import gzip
import re

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from clinic.models import Visit
from screening.body import AREAS
from screening.body_drawing import FIGURES
from screening.models import IntakeDraft
from screening.precautions.questions import Where
from screening.questionnaire import PAGES
from tests.journeys.walking import tap
from tests.people import answered, make_clinic, make_member, make_patient, make_visit, signed_in, submitted, tablet_for
from tests.serving import Live

pytestmark = pytest.mark.looks

SKIN = reverse("intake-page", args=["skin-lesions"])
HEAVIEST_PAGE = 10_000  # bytes of a question page, compressed


@pytest.fixture
def visit(db) -> Visit:
    clinic = make_clinic()
    return answered(make_visit(make_patient(clinic), make_member(clinic)), skin="yes", skin_where=["abdomen"])


@pytest.fixture
def open_skin(device, live, visit):
    """The page about the skin with nothing marked yet, on a tablet of its own."""

    def open_it(language: str = "en", marks: tuple[str, ...] = (), **options) -> Page:
        draft = IntakeDraft.objects.get()
        draft.replies["skin-where"] = list(marks)
        if not marks:
            del draft.replies["skin-where"]
        draft.save()
        page = device(**options).new_page()
        lend_cookies(page, live, tablet_for(visit, language=language))
        page.goto(SKIN)
        return page

    return open_it


def lend_cookies(page: Page, live: Live, client: Client) -> None:
    cookies = client.cookies.items()
    page.context.add_cookies([{"name": name, "value": cookie.value, "url": live.url} for name, cookie in cookies])


def box(page: Page, code: str) -> Locator:
    return page.locator(f'input[name="skin-where"][value="{code}"]')


def shapes(page: Page, code: str) -> Locator:
    return page.locator(f'[data-area="{code}"]')


def boxes_ticked(page: Page) -> list[str]:
    return page.eval_on_selector_all("[name=skin-where]:checked", "all => all.map(one => one.value)")


def in_step(page: Page, *codes: str) -> None:
    """Boxes, drawing, ticks, words and buttons all say that these are marked and no others."""
    ordered = [code for code in AREAS if code in codes]
    words = [AREAS[code].words for code in ordered]
    expect(page.get_by_role("button", name=re.compile("^Remove "))).to_have_text([f"Remove {name}" for name in words])
    assert [code for code in boxes_ticked(page) if code != "unsure"] == ordered
    drawn = page.eval_on_selector_all("[data-area].marked", "all => all.map(one => one.dataset.area)")
    assert set(drawn) == set(codes)
    assert len(drawn) == sum(shape.code in codes for figure in FIGURES for shape in figure.shapes)
    assert page.locator(".body-tick").count() == len(drawn)
    said = page.locator("[data-said] p").first
    if words:
        expect(said).to_have_text(f"Marked: {', '.join(words)}.")
    else:
        assert not said.inner_text().startswith("Marked:")


def unfold(page: Page) -> None:
    if page.locator(".body-list").get_attribute("open") is None:
        page.get_by_text("Choose from a list instead").click()


def middle_of(part: Locator) -> float:
    found = part.bounding_box()
    assert found
    return found["x"] + found["width"] / 2


def test_each_of_the_52_areas_is_marked_by_a_tap_on_any_of_its_shapes(open_skin):
    page = open_skin()
    for code in AREAS:
        for at in range(shapes(page, code).count()):
            tap(page, shapes(page, code).nth(at))
            assert boxes_ticked(page) == [code]
            tap(page, shapes(page, code).nth(at))
            assert boxes_ticked(page) == []


def test_drawing_list_and_words_are_in_step_whichever_of_them_is_used(open_skin):
    page = open_skin()
    in_step(page)
    expect(page.locator("[data-said]")).to_have_text("Nothing marked yet.")
    tap(page, shapes(page, "knee_right").first)
    in_step(page, "knee_right")
    unfold(page)
    box(page, "calf_left").focus()
    page.keyboard.press("Space")
    in_step(page, "knee_right", "calf_left")
    page.get_by_role("checkbox", name="right knee").uncheck()
    in_step(page, "calf_left")
    tap(page, shapes(page, "calf_left"))
    in_step(page)


def test_a_place_is_removed_by_its_own_button_and_the_focus_goes_on(open_skin):
    page = open_skin(marks=("abdomen", "knee_right", "calf_left"))
    in_step(page, "abdomen", "knee_right", "calf_left")
    page.get_by_role("button", name="Remove right knee").press("Enter")
    in_step(page, "abdomen", "calf_left")
    expect(page.get_by_role("button", name="Remove left calf")).to_be_focused()
    page.get_by_role("button", name="Remove left calf").click()
    expect(page.get_by_role("button", name="Remove belly")).to_be_focused()
    page.get_by_role("button", name="Remove belly").click()
    in_step(page)
    expect(page.locator("[data-said]")).to_be_focused()


def test_the_buttons_that_remove_are_large_enough_for_a_finger(open_skin):
    page = open_skin(marks=("calf_left",))
    found = page.get_by_role("button", name="Remove left calf").bounding_box()
    assert found
    assert found["height"] >= 44


def test_i_cannot_show_where_takes_the_marks_away_in_words_and_gives_them_back(open_skin):
    page = open_skin(marks=("knee_right", "calf_left"))
    cannot = page.get_by_role("checkbox", name="I cannot show where")
    said = page.locator("[data-said]")
    cannot.check()
    in_step(page)
    expect(said).to_have_text("“I cannot show where” is ticked. No longer marked: right knee, left calf.")
    page.get_by_role("button", name="Mark these places again").click()
    expect(cannot).not_to_be_checked()
    in_step(page, "knee_right", "calf_left")
    cannot.check()
    cannot.uncheck()
    in_step(page, "knee_right", "calf_left")


def test_a_marked_place_takes_i_cannot_show_where_away_and_says_so(open_skin):
    page = open_skin()
    cannot = page.get_by_role("checkbox", name="I cannot show where")
    cannot.check()
    expect(page.locator("[data-said]")).to_have_text("“I cannot show where” is ticked.")
    tap(page, shapes(page, "calf_left"))
    expect(cannot).not_to_be_checked()
    in_step(page, "calf_left")
    expect(page.locator("[data-said] p").nth(1)).to_have_text("“I cannot show where” is no longer ticked.")


def test_what_is_marked_is_what_is_saved_and_is_shown_again(open_skin):
    page = open_skin()
    tap(page, shapes(page, "wrist_hand_left").last)
    tap(page, shapes(page, "upper_chest_right"))
    page.locator("[name=skin-open][value=no]").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    assert IntakeDraft.objects.get().replies["skin-where"] == ["upper_chest_right", "wrist_hand_left"]
    page.goto(SKIN)
    in_step(page, "upper_chest_right", "wrist_hand_left")


def test_boxes_that_the_browser_ticks_by_itself_are_drawn_too(open_skin):
    page = open_skin()
    page.evaluate(
        """() => {
            document.querySelector('[name=skin-where][value=calf_left]').checked = true;
            window.dispatchEvent(new PageTransitionEvent("pageshow"));
        }"""
    )
    in_step(page, "calf_left")


def test_a_tap_beside_an_area_counts_for_it_and_one_far_from_all_for_none(open_skin):
    page = open_skin()
    foot = shapes(page, "ankle_foot_top_left")
    foot.evaluate("shape => shape.scrollIntoView({ block: 'center' })")
    found = foot.bounding_box()
    assert found
    toe, down = found["x"] + found["width"], found["y"] + found["height"] - 6
    page.mouse.click(toe + 18, down)
    assert boxes_ticked(page) == []
    page.mouse.click(toe + 9, down)
    in_step(page, "ankle_foot_top_left")


def sides_are_the_patients_own(page: Page) -> None:
    front, back = page.locator(".body-drawn svg").all()
    for figure, codes in ((front, ("wrist_hand", "front_thigh")), (back, ("wrist_hand", "calf"))):
        words = figure.locator("xpath=..").locator(".body-whose > span")
        expect(words).to_have_count(4)
        for word in words.all():
            side = "left" if "left" in word.inner_text() else "right"
            for code in codes:
                shape = figure.locator(f'[data-area="{code}_{side}"]')
                assert (middle_of(word) < middle_of(figure)) == (middle_of(shape) < middle_of(figure))
    assert middle_of(front.locator('[data-area="calf_left"], [data-area="shin_left"]')) > middle_of(front)
    assert middle_of(back.locator('[data-area="calf_left"]')) < middle_of(back)


def test_the_words_your_left_and_your_right_stand_where_the_patients_left_and_right_are(open_skin):
    page = open_skin()
    expect(page.locator(".body-whose > span")).to_have_text(
        ["Your right", "Your left"] * 2 + ["Your left", "Your right"] * 2, use_inner_text=True
    )
    sides_are_the_patients_own(page)


def test_a_page_from_right_to_left_does_not_turn_the_drawing(open_skin):
    page = open_skin(language="ar")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    front, back = page.locator(".body-drawn svg").all()
    assert middle_of(front) < middle_of(back)
    assert middle_of(front.locator('[data-area="shin_left"]')) > middle_of(front)
    assert middle_of(back.locator('[data-area="calf_left"]')) < middle_of(back)
    words = [page.locator(f".body-whose.{at} > span").first for at in ("high", "low")]
    assert all(middle_of(word) < middle_of(front) for word in words)
    tap(page, shapes(page, "calf_left"))
    assert boxes_ticked(page) == ["calf_left"]


def test_without_the_script_the_list_is_open_and_answers_and_there_is_no_drawing(open_skin):
    page = open_skin(java_script_enabled=False)
    expect(page.locator("[data-drawing]")).to_be_hidden()
    page.get_by_role("checkbox", name="left calf").check()
    page.get_by_role("checkbox", name="I cannot show where").check()
    page.locator("[name=skin-open][value=no]").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".field-error")).to_contain_text("You marked a place and also “I cannot show where”")
    expect(page.get_by_role("checkbox", name="left calf")).to_be_checked()
    page.get_by_role("checkbox", name="I cannot show where").uncheck()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".field-error")).to_have_count(0)
    assert IntakeDraft.objects.get().replies["skin-where"] == ["calf_left"]


def test_the_list_is_folded_beside_the_drawing_and_open_beside_an_error(open_skin):
    page = open_skin()
    expect(page.get_by_role("checkbox", name="left calf")).to_be_hidden()
    expect(page.get_by_role("checkbox", name="I cannot show where")).to_be_visible()
    page.locator("[name=skin-open][value=no]").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    expect(page.locator(".field-error")).to_contain_text("Please mark at least one place")
    expect(page.get_by_role("checkbox", name="left calf")).to_be_visible()
    expect(page.locator("[data-drawing]")).to_be_visible()


def test_who_does_not_see_the_drawing_has_the_list_by_keyboard_alone(open_skin):
    page = open_skin()
    drawing = page.locator("[data-drawing]")
    assert drawing.get_attribute("aria-hidden") == "true"
    assert drawing.locator("a, button, input, [tabindex]").count() == 0
    page.get_by_role("checkbox", name="I cannot show where").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    first = next(iter(AREAS))
    in_step(page, first)
    groups = page.locator(".body-list fieldset")
    assert [group.locator("legend").inner_text() for group in groups.all()] == [
        "Head and neck", "Chest, belly and hips", "Back and buttocks", "Shoulders, arms and hands", "Legs and feet",
    ]  # fmt: skip
    assert page.get_by_role("status").filter(has_text="Marked:").count() == 1


@pytest.mark.parametrize("width", [320, 810])
def test_nothing_runs_over_the_edge_and_the_figures_stack_where_there_is_no_room(open_skin, width):
    page = open_skin(marks=tuple(AREAS)[:20], viewport={"width": width, "height": 1000})
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    front, back = (figure.bounding_box() for figure in page.locator(".body-figure").all())
    assert front
    assert back
    assert (back["y"] > front["y"] + front["height"] - 1) == (width == 320)
    sides_are_the_patients_own(page)


@pytest.mark.parametrize("page", [page for page in PAGES if any(isinstance(q, Where) for q in page.questions)])
def test_a_page_with_the_drawing_is_light(visit, page):
    answer = tablet_for(visit).get(reverse("intake-page", args=[page.code]))
    assert b"data-drawing" in answer.content
    assert len(gzip.compress(answer.content, 6)) < HEAVIEST_PAGE


def test_staff_who_place_a_finding_read_whose_left_it_is(page, live, visit):
    submitted(visit, skin="yes", skin_where=["abdomen"])
    lend_cookies(page, live, signed_in(visit.clinician))
    page.goto(reverse("case", args=[visit.pk]))
    page.locator("details.placing > summary").first.click()
    placing = page.locator("details.placing").first
    expect(placing.locator(".body-whose > span").first).to_have_text("Patient’s right", use_inner_text=True)
    tap(page, placing.locator('[data-area="calf_left"]'))
    expect(placing.locator("[data-said]")).to_have_text("Marked: belly, left calf.")
    assert page.eval_on_selector_all("details.placing [name=areas]:checked", "all => all.map(one => one.value)") == [
        "abdomen", "calf_left",
    ]  # fmt: skip
