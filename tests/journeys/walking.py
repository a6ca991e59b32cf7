"""Steps of a journey, as a person takes them: by the words on the page."""

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect
from pypdf import PdfReader

from clinic.models import Visit
from consent import archive
from consent.checks import CHECKS
from consent.models import SealedDocument
from screening.evaluation import current_intake
from tests.people import PASSWORD, clear_replies

type_of_device = Callable[..., BrowserContext]


def onward(link_or_button: Locator) -> None:
    """Press it and wait for the next page: a patient's page asks or sends first, and goes then."""
    link_or_button.wait_for()
    with link_or_button.page.expect_navigation():
        link_or_button.click()


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def add_patient(page: Page, name: str, born: str, reason: str) -> Visit:
    """The front desk adds a patient and opens a visit."""
    page.get_by_role("link", name="Patients", exact=True).click()
    page.get_by_role("link", name=re.compile("Add")).first.click()
    page.get_by_label("Full name").fill(name)
    page.get_by_label("Date of birth").fill(born)
    page.get_by_label("Phone").fill("02 5550 0100")
    page.locator("main form button[type=submit]").last.click()
    page.get_by_role("link", name=re.compile("Open a visit")).first.click()
    page.get_by_label("Reason for coming").fill(reason)
    page.get_by_label("Clinician").select_option(label="Siobhan Byrne")
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("button", name="Hand to patient")).to_be_visible()
    return Visit.objects.get(pk=page.url.rstrip("/").rsplit("/", 1)[-1])


def hand_to_patient(page: Page) -> None:
    page.get_by_role("button", name="Hand to patient").click()
    onward(page.get_by_role("button", name="Yes, this is me"))


def read_what_it_is(page: Page) -> None:
    onward(page.get_by_role("link", name="Continue"))
    onward(page.get_by_role("link", name="Continue"))
    onward(page.get_by_role("button", name="Continue to the questions"))


def answer(page: Page, visit: Visit, **changes: Any) -> None:
    """Answer page by page as a patient does: what the page shows, clear but for the changes."""
    replies = clear_replies(visit, **changes)
    while page.url.rstrip("/").rsplit("/", 1)[-1] != "check":
        for code, reply in on_page(page, replies).items():
            fill(page, code, reply)
        onward(page.get_by_role("button", name="Continue"))
        expect(page.locator(".error-summary")).to_have_count(0)


def on_page(page: Page, replies: Mapping[str, Any]) -> dict[str, Any]:
    names = page.eval_on_selector_all("main [name]", "all => all.map(one => one.name)")
    return {code: reply for code, reply in replies.items() if code in names or f"{code}_0" in names}


def fill(page: Page, code: str, reply: Any) -> None:
    if isinstance(reply, list):
        for area in reply:
            mark(page, code, area)
    elif page.locator(f'[name="{code}"][value="{reply}"]').count():
        page.locator(f'[name="{code}"][value="{reply}"]').check()
    elif page.locator(f'[name="{code}_0"]').count():
        weeks, days = reply.split("+")
        page.locator(f'[name="{code}_0"]').fill(weeks)
        page.locator(f'[name="{code}_1"]').fill(days)
    else:
        page.locator(f'[name="{code}"]').fill(reply)


def mark(page: Page, code: str, area: str) -> None:
    """A place on the drawing of the body is tapped, unless it is marked."""
    box = page.locator(f'[name="{code}"][value="{area}"]')
    if not box.is_checked():
        tap(page, page.locator("[data-body]").filter(has=box).locator(f'[data-area="{area}"]').first)
    expect(box).to_be_checked()


def tap(page: Page, shape: Locator, x: float = 0, y: float = 0) -> None:
    """In the middle of a shape of the drawing, or so many px away from there."""
    middle = shape.evaluate(
        """shape => {
            shape.scrollIntoView({ block: "center" });
            const [x, y] = shape.dataset.at.split(" ").map(Number);
            const spot = new DOMPoint(x, y).matrixTransform(shape.ownerSVGElement.getScreenCTM());
            return [spot.x, spot.y];
        }"""
    )
    page.mouse.click(middle[0] + x, middle[1] + y)


def send_answers(page: Page) -> None:
    page.get_by_role("button", name="Send my answers").click()
    expect(page).to_have_url(re.compile("/tablet/done/$"))


def guardians_part(page: Page, name: str, relationship: str) -> None:
    """The child hands the tablet to the parent or guardian, who says who they are, agrees, and sends."""
    onward(page.get_by_role("button", name="Continue"))
    onward(page.get_by_role("button", name="I am the parent or guardian"))
    page.get_by_label("What is your full name?").fill(name)
    page.get_by_label("What is your relationship to the child?").fill(relationship)
    page.get_by_role("radio", name="Yes").check()
    page.get_by_role("button", name="Send the answers").click()
    expect(page).to_have_url(re.compile("/tablet/done/$"))


def take_intake(
    page: Page, desk: str, name: str, born: str, reason: str, guardian: tuple[str, str] | None = None, **changes: Any
) -> Visit:
    """From the front desk's sign-in to the patient's thank-you, on one tablet."""
    sign_in(page, desk)
    visit = add_patient(page, name, born, reason)
    hand_to_patient(page)
    read_what_it_is(page)
    answer(page, visit, **changes)
    if guardian:
        guardians_part(page, *guardian)
    else:
        send_answers(page)
    assert current_intake(visit).version == 1
    return visit


def open_case(page: Page, name: str) -> None:
    """The clinician goes to the case from the queue."""
    page.goto("/")
    page.get_by_role("link", name=re.compile(re.escape(name))).first.click()
    expect(page.get_by_role("heading", name="Decision")).to_be_visible()


def answer_questions(page: Page, **answers: str) -> None:
    """The questions asked of staff, clinician and guardian."""
    form = page.locator("form#questions")
    for code, reply in answers.items():
        name = code.replace("_", "-")
        if form.locator(f'[name="{name}"][value="{reply}"]').count():
            form.locator(f'[name="{name}"][value="{reply}"]').check()
        else:
            form.locator(f'[name="{name}"]').fill(reply)
    form.get_by_role("button", name="Save these answers").click()


def plan(page: Page, muscle: str, side: str) -> None:
    """Found by typing its name, put on a side, saved."""
    form = page.locator("form#plan-form")
    form.locator("input[role=combobox]").fill(muscle.replace("_", " "))  # not the list that it takes the place of
    form.locator(".muscles").get_by_role("option").first.click()
    form.get_by_role("button", name=f"Add {side}").click()
    expect(form.locator(f'[data-token^="{muscle}_{side}@"]')).to_be_visible()
    form.get_by_role("button", name="Save the plan").click()


def note(page: Page, part: str, kind: str, words: str) -> None:
    form = page.locator(f"form#resolve-{part}-{kind}")
    form.locator("textarea, input[type=text]").first.fill(words)
    form.get_by_role("button").click()


def proceed(page: Page) -> None:
    page.locator("#decision").get_by_role("button", name="Proceed").click()


def hand_over_consent(page: Page) -> None:
    page.get_by_role("button", name="Hand to patient for consent").click()
    onward(page.get_by_role("button", name="Yes, this is me"))


def read_consent(page: Page) -> None:
    """Read to the end and answer the questions, up to the pad."""
    while page.get_by_role("link", name="Continue", exact=True).count():
        onward(page.get_by_role("link", name="Continue", exact=True))
    onward(page.get_by_role("link", name="Continue to the questions"))
    answer_comprehension(page)


def answer_comprehension(page: Page) -> None:
    """The right answer to every question that is asked."""
    right = [asked.replies[check.right] for check in CHECKS for asked in (check.adult, check.child)]
    while page.url.endswith("/consent/check/"):
        reply = next(words for words in page.locator("main .reply").all_inner_texts() if words in right)
        page.get_by_label(reply, exact=True).check()
        onward(page.get_by_role("button", name="Continue"))


def draw(page: Page) -> None:
    """A drawn name, by the mouse."""
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] * 0.6)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 40 + step * 35, box["y"] + box["height"] * (0.3 if step % 2 else 0.7), steps=3)
    page.mouse.up()


def type_name(page: Page, name: str) -> None:
    page.get_by_role("button", name="Type my name").click()
    page.get_by_label("Type your full name to sign").fill(name)


def sign(page: Page) -> None:
    onward(page.get_by_role("button", name="Sign", exact=True))


def sign_and_seal(page: Page, username: str, name: str) -> None:
    """The clinician signs in on the same tablet, and signs last by password."""
    sign_in(page, username)
    page.get_by_role("link", name=re.compile(re.escape(name))).first.click()
    draw(page)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign and seal").click(timeout=30_000)  # the record is drawn in the meantime
    expect(page.get_by_role("heading", name="Sealed")).to_be_visible()


def sealed_text(visit: Visit) -> str:
    """The text of the newest sealed record of the visit, read back from its PDF."""
    document = SealedDocument.objects.filter(visit=visit).latest("sealed_at")
    pages = PdfReader(io.BytesIO(archive.get(document.sha256))).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
