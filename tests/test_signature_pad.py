"""The pad in a real browser: finger, pen, mouse and keyboard, turned and resized; strokes that stay, and nobody else's ink."""

import json
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from clinic.models import Purpose
from consent import decision, signing
from consent.management.commands.demo import Demo
from consent.models import Ceremony, Signature
from tests.people import tablet_for
from tests.translated import made_up

pytestmark = pytest.mark.looks

INK_BOX = """canvas => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const xs = [], ys = [];
  for (let i = 0; i < width * height; i++) {
    if (data[4 * i + 3] <= 128) continue;
    xs.push((i % width) / width);
    ys.push(Math.floor(i / width) / height);
  }
  const ends = (all) => [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
  return xs.length ? [...ends(xs), ...ends(ys)] : [];
}"""

FITS = """() => {
  const canvas = document.querySelector("canvas");
  return canvas.width === Math.round(canvas.clientWidth * devicePixelRatio);
}"""


def adult(demo: Demo) -> Ceremony:
    screening = demo.settle(demo.case("Ruth Lindqvist", 44, "Shoulders"), can_decide="yes")
    return ready(demo, demo.plan(screening, "infraspinatus_left"))


def child(demo: Demo) -> Ceremony:
    screening = demo.settle(
        demo.case("Minh Châu", 12, "Neck"), can_decide="yes", child_explains="yes", guardian_agrees="yes",
        guardian_name="Hoa Nguyễn", guardian_relationship="mother",
    )  # fmt: skip
    screening = demo.plan(screening, "infraspinatus_left")
    demo.resolve(screening, "4b", "measures", "Two needles at most")
    return ready(demo, screening)


def ready(demo: Demo, screening: Any) -> Ceremony:
    ceremony = signing.open_ceremony(decision.record(screening, "proceed", demo.siobhan), demo.mia)
    demo.understand(ceremony)
    return ceremony


def at_pad(context: Any, live: Any, ceremony: Ceremony, language: str = "en") -> Page:
    """A tablet at the pad of the first who signs."""
    client = tablet_for(ceremony.visit, Purpose.CONSENT, language=language)
    cookie = client.cookies["sid"].value
    context.add_cookies([{"name": "sid", "value": cookie, "url": live.url}])
    page: Page = context.new_page()
    page.goto(reverse("ceremony-sign"))
    return page


@pytest.fixture
def pad(device, live) -> Page:
    return at_pad(device(), live, adult(Demo()))


def strokes(page: Page) -> list[list[list[int]]]:
    held = page.locator("[name=strokes]").input_value()
    return json.loads(held) if held else []


def spot(page: Page, x: float, y: float) -> tuple[float, float]:
    """A place on the sheet, from 0 to 1 both ways."""
    box = page.locator("canvas").bounding_box()
    assert box
    return box["x"] + box["width"] * x, box["y"] + box["height"] * y


def by_mouse(page: Page, *way: tuple[float, float], lift: bool = True) -> None:
    page.mouse.move(*spot(page, *way[0]))
    page.mouse.down()
    for place in way[1:]:
        page.mouse.move(*spot(page, *place), steps=4)
    if lift:
        page.mouse.up()


class Hand:
    """Real touches and a real pen, several at a time."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wire = page.context.new_cdp_session(page)

    def touch(self, kind: str, **fingers: tuple[float, float]) -> None:
        points = [
            dict(zip("xy", spot(self.page, *place), strict=True)) | {"id": int(name[1:])}
            for name, place in fingers.items()
        ]
        self.wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def pen(self, kind: str, x: float, y: float) -> None:
        at = dict(zip("xy", spot(self.page, x, y), strict=True))
        self.wire.send(
            "Input.dispatchMouseEvent",
            {"type": kind, "button": "left", "buttons": 1, "clickCount": 1, "pointerType": "pen"} | at,
        )

    def write(self) -> None:
        self.pen("mousePressed", 0.2, 0.5)
        for x in (0.3, 0.4, 0.5, 0.6):
            self.pen("mouseMoved", x, 0.6)
        self.pen("mouseReleased", 0.6, 0.6)


def test_a_stroke_is_saved_when_it_ends_in_the_coordinates_of_the_pad(pad):
    by_mouse(pad, (0.1, 0.2), (0.5, 0.8), lift=False)
    assert strokes(pad) == []
    pad.mouse.up()
    (first,) = strokes(pad)
    assert abs(first[0][0] - 100) <= 3
    assert abs(first[0][1] - 70) <= 3
    assert abs(first[-1][0] - 500) <= 3
    assert abs(first[-1][1] - 280) <= 3
    by_mouse(pad, (0.6, 0.5), (0.9, 0.5))
    assert [len(strokes(pad)), strokes(pad)[0]] == [2, first]


def test_undo_and_clear_wait_for_ink(pad):
    undo, clear = pad.get_by_role("button", name="Undo"), pad.get_by_role("button", name="Clear")
    expect(undo).to_be_disabled()
    expect(clear).to_be_disabled()
    by_mouse(pad, (0.1, 0.5), (0.4, 0.5))
    by_mouse(pad, (0.6, 0.5), (0.9, 0.5))
    expect(undo).to_be_enabled()
    undo.click()
    assert len(strokes(pad)) == 1
    by_mouse(pad, (0.6, 0.5), (0.9, 0.5))
    clear.click()
    assert strokes(pad) == []
    assert pad.locator("canvas").evaluate(INK_BOX) == []
    expect(undo).to_be_disabled()
    expect(clear).to_be_disabled()


@pytest.mark.parametrize("size", [(1080, 810), (320, 600), (1366, 1024)])
def test_turning_and_resizing_leave_the_ink_where_it_was(pad, size):
    by_mouse(pad, (0.1, 0.2), (0.3, 0.8), (0.8, 0.3))
    held, drawn = strokes(pad), pad.locator("canvas").evaluate(INK_BOX)
    pad.set_viewport_size({"width": size[0], "height": size[1]})
    pad.wait_for_function(FITS)
    assert strokes(pad) == held
    assert pad.locator("canvas").evaluate(INK_BOX) == pytest.approx(drawn, abs=0.02)


def test_a_finger_draws_and_the_page_stays_where_it_is(pad):
    pad.set_viewport_size({"width": 600, "height": 700})
    pad.locator("canvas").scroll_into_view_if_needed()
    before, hand = pad.evaluate("scrollY"), Hand(pad)
    hand.touch("touchStart", f1=(0.2, 0.2))
    for y in (0.4, 0.6, 0.9):
        hand.touch("touchMove", f1=(0.3, y))
    hand.touch("touchEnd")
    assert len(strokes(pad)) == 1
    assert pad.evaluate("scrollY") == before


def test_a_second_finger_and_the_ball_of_the_hand_draw_nothing(pad):
    hand = Hand(pad)
    hand.touch("touchStart", f1=(0.2, 0.5))
    hand.touch("touchStart", f1=(0.2, 0.5), f2=(0.8, 0.9))
    hand.touch("touchMove", f1=(0.4, 0.5), f2=(0.9, 0.1))
    hand.touch("touchEnd", f1=(0.4, 0.5))
    hand.touch("touchEnd")
    (stroke,) = strokes(pad)
    assert max(x for x, _y in stroke) < 500


def test_a_pen_goes_before_the_hand_that_holds_it(pad):
    hand = Hand(pad)
    hand.touch("touchStart", f1=(0.9, 0.9))  # the hand comes down first
    hand.write()
    hand.touch("touchEnd")
    hand.touch("touchStart", f1=(0.9, 0.9))  # and rests while the pen is lifted for a moment
    hand.touch("touchEnd")
    (stroke,) = strokes(pad)
    assert stroke[0][0] == pytest.approx(200, abs=5)
    assert max(x for x, _y in stroke) < 700


def test_what_a_pen_wrote_can_be_signed_with(pad):
    Hand(pad).write()
    drawn = strokes(pad)
    pad.get_by_role("button", name="Sign", exact=True).click()
    pad.wait_for_url("**" + reverse("tablet-done"))
    assert Signature.objects.get().strokes == drawn


def test_drawing_and_typing_are_offered_side_by_side_and_alike(pad):
    draw, typed = pad.get_by_role("button", name="Draw my name"), pad.get_by_role("button", name="Type my name")
    boxes = [button.bounding_box() for button in (draw, typed)]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["height"] == boxes[1]["height"] >= 44
    assert boxes[0]["width"] == pytest.approx(boxes[1]["width"], abs=1)
    by_mouse(pad, (0.1, 0.2), (0.5, 0.8))
    held = strokes(pad)
    typed.click()
    expect(typed).to_have_attribute("aria-pressed", "true")
    assert strokes(pad) == []  # one of the two is sent
    draw.click()
    assert strokes(pad) == held


def test_by_the_keyboard_alone_a_name_is_typed_and_signed(pad):
    pad.get_by_role("button", name="Type my name").focus()
    pad.keyboard.press("Enter")
    pad.keyboard.type("Ruth Lindqvist")
    pad.keyboard.press("Enter")
    pad.wait_for_url("**" + reverse("tablet-done"))
    assert Signature.objects.get().typed == "Ruth Lindqvist"


@pytest.mark.parametrize("way", [[(0.5, 0.5)], []], ids=["a dot", "nothing"])
def test_a_dot_and_nothing_are_refused_beside_the_pad_and_the_ink_stays(pad, way, faults):
    if way:
        by_mouse(pad, *way)
    held = strokes(pad)
    pad.get_by_role("button", name="Sign", exact=True).click()
    summary = pad.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(pad.locator("#pad .field-error")).to_be_visible()
    assert strokes(pad) == held
    summary.get_by_role("link").click()
    expect(pad.locator("#pad")).to_be_focused()
    by_mouse(pad, (0.1, 0.2), (0.5, 0.8))
    pad.get_by_role("button", name="Sign", exact=True).click()
    pad.wait_for_url("**" + reverse("tablet-done"))
    assert len(Signature.objects.get().strokes or []) == len(way) + 1
    faults.clear()  # the refusal itself


def test_ink_stays_when_the_language_changes(pad):
    by_mouse(pad, (0.1, 0.2), (0.5, 0.8))
    held, drawn = strokes(pad), pad.locator("canvas").evaluate(INK_BOX)
    pad.locator(".language > summary").click()
    pad.locator('.language-list [value="ar"]').click()
    expect(pad.locator('html[dir="rtl"]')).to_have_count(1)
    assert strokes(pad) == held
    assert pad.locator("canvas").evaluate(INK_BOX) == pytest.approx(drawn, abs=0.02)


def test_in_a_language_from_right_to_left_nothing_is_mirrored(device, live, monkeypatch):
    made_up(monkeypatch)
    page = at_pad(device(), live, adult(Demo()), language="ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    by_mouse(page, (0.1, 0.5), (0.3, 0.5))
    (stroke,) = strokes(page)
    assert stroke[0][0] == pytest.approx(100, abs=5)
    assert stroke[-1][0] == pytest.approx(300, abs=5)
    assert page.locator("canvas").evaluate(INK_BOX)[:2] == pytest.approx([0.1, 0.3], abs=0.02)


def test_the_guardian_never_meets_the_child_s_ink(device, live):
    page = at_pad(device(), live, child(Demo()))
    by_mouse(page, (0.1, 0.2), (0.5, 0.8))
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Now hand the tablet to")).to_be_visible()
    for _ in range(2):
        expect(page.get_by_text("signs here, as parent or guardian")).to_be_visible()
        assert strokes(page) == []
        assert page.locator("canvas").evaluate(INK_BOX) == []
        page.go_back()
        page.wait_for_load_state()
        if not page.url.endswith(reverse("ceremony-sign")):
            page.go_forward()
            page.wait_for_load_state()


def test_without_script_the_name_is_typed(device, live):
    page = at_pad(device(java_script_enabled=False), live, adult(Demo()))
    assert page.locator("canvas").is_hidden()
    page.get_by_label("Type your full name to sign").fill("Ruth Lindqvist")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_url("**" + reverse("tablet-done"))
    assert Signature.objects.get().typed == "Ruth Lindqvist"


def test_on_a_tablet_the_words_the_pad_and_the_button_are_seen_at_once(pad):
    intent, sign = (
        pad.locator(".intent").bounding_box(),
        pad.get_by_role("button", name="Sign", exact=True).bounding_box(),
    )
    assert intent["y"] >= 0
    assert sign["y"] + sign["height"] <= 1080
