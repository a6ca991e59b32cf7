"""Every page of staff, full and empty, and with its errors: nothing hard to see, to reach or to press, nothing cut off."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, ViewportSize

from clinic.models import Membership, Role
from tests import looking, people
from tests.browsing import as_client
from tests.serving import Live
from tests.staff_world import ADMIN, CLINICIAN, DESK, LONG, NEWCOMER, NOBODY, World
from tests.test_tablet import TABLET, patterns

SCREEN: ViewportSize = {"width": 1024, "height": 768}
PHONE: ViewportSize = {"width": 320, "height": 640}


@dataclass(frozen=True)
class Look:
    """A page: its name, who sees it, of what (keys of the world), and words by which it is known.

    `typed` (by label) and `press` lead from it to what only a button shows: another page, or the same with its errors.
    """

    name: str
    who: str
    of: str = ""
    says: str = ""
    typed: tuple[str, str] = ("", "")
    press: str = ""
    query: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.of, self.query, self.press) if part)

    def address(self, world: World) -> str:
        return reverse(self.name, args=[world.keys[key] for key in self.of.split()]) + self.query


LOOKS = (
    # without signing in
    Look("sign-in", NOBODY, says="User name"),
    Look("sign-in", NOBODY, press="Sign in", says="There is a problem"),
    Look("join", NOBODY, "token", "Set your password"),
    Look("join", NOBODY, "token", "There is a problem", press="Set the password and sign in"),
    Look("join", NOBODY, "unknown", "This link is closed"),
    Look("verifying", NOBODY, says="Check"),
    Look("verifying", NOBODY, press="Check", says="Choose the PDF first"),
    # the front desk
    Look("home", DESK, says="Liam Park"),
    Look("patients", DESK, says="Type at least two letters"),
    Look("patients", DESK, says="Marta", typed=("Name or date of birth", LONG[:12]), press="Search"),
    Look("patients", DESK, says="Nobody found", typed=("Name or date of birth", LONG * 2), press="Search"),
    Look("patient-add", DESK, says="Full name"),
    Look("patient-add", DESK, says="There is a problem", press="Add patient"),
    Look("patient", DESK, "patient", "Strain"),
    Look("patient", DESK, "merged", "Olivia"),
    Look("patient", DESK, "mistaken", "Made while training"),
    Look("patient-edit", DESK, "patient", "Change details"),
    Look("patient-edit", DESK, "patient", "There is a problem", ("Full name", ""), "Save"),
    Look("patient-merge-find", DESK, "kept", "Same name and date of birth"),
    Look("patient-merge-find", DESK, "kept", "No other file found", ("Name or date of birth", LONG * 2), "Search"),
    Look("patient-merge", DESK, "kept duplicate", "This file is kept"),
    Look("patient-merge", DESK, "kept duplicate", "There is a problem", press="Merge"),
    Look("patient-merge", DESK, "kept merged", "There is a problem"),
    Look("patient-in-error", DESK, "patient", "Reason"),
    Look("patient-in-error", DESK, "patient", "There is a problem", press="Mark as entered in error"),
    Look("visit-add", DESK, "patient", "There is a visit today already"),
    Look("visit-add", DESK, "kept", "There is a problem", press="Open the visit"),
    Look("visit", DESK, "visit", "A link is open"),
    Look("visit", DESK, "sealed", "What has happened"),
    Look("visit", DESK, "visit", "Let the patient scan", press="Make a new link"),
    Look("recall", DESK, says="Due: the day has come"),
    Look("case", DESK, "foreign", "Questions for you"),
    Look("case", DESK, "visit", "has not sent their answers"),
    Look("consent-desk", DESK, "reading", "in their hands now"),
    Look("consent-desk", DESK, "visit", "No decision yet"),
    Look("consent-desk", DESK, "sealed", "Sealed"),
    Look("aftercare", DESK, "document", "After your treatment"),
    Look("aftercare", DESK, "document", query="?language=ar"),
    Look("consent-desk", DESK, "sealed", "Let the patient scan", press="Copy for the patient’s phone"),
    Look("audit", DESK, says="This page is for"),
    # clinicians
    Look("home", CLINICIAN, says="Open now: Tom Ellis"),
    Look("home", CLINICIAN, query="?stage=refused&class=not_recommended", says="Show"),
    Look("case", CLINICIAN, "case", "Tom Ellis"),
    Look("case", CLINICIAN, "again", "Since the last visit"),
    Look("case", CLINICIAN, "foreign", "Communication"),
    Look("case", CLINICIAN, "sealed", "Proceed"),
    Look("case-correct", CLINICIAN, "case slug", "Only for a slip"),
    Look("case-correct", CLINICIAN, "case slug", "There is a problem", press="Save the correction"),
    Look("consent-desk", CLINICIAN, "undecided", "Hand to patient for consent"),
    Look("consent-desk", CLINICIAN, "reading", "in their hands now"),
    Look("consent-desk", CLINICIAN, "to_sign", "Your signature completes the consent"),
    Look("consent-desk", CLINICIAN, "to_sign", "There is a problem", press="Sign and seal"),
    Look("consent-desk", CLINICIAN, "refused", "Did not agree"),
    Look("consent-desk", CLINICIAN, "unsealed", "Not sealed yet"),
    Look("consent-desk", CLINICIAN, "withdrawn", "Consent withdrawn: do not treat on it"),
    Look("records", CLINICIAN, says="withdrawn on"),
    Look("records", CLINICIAN, says="No record matches", typed=("Patient", LONG * 2), press="Find"),
    Look("record", CLINICIAN, "document", "Audit trail of this record"),
    Look("record", CLINICIAN, "taken_back", "Seal now"),
    Look("record-withdraw", CLINICIAN, "document", "Marta"),
    Look(
        "record-withdraw", CLINICIAN, "document", "There is a problem", ("What had been done", ""), "Withdraw and seal"
    ),
    Look("patient-records", CLINICIAN, "patient_sealed", "1 sealed record"),
    Look("precautions", CLINICIAN, says="The fifteen precautions"),
    Look("try-case", CLINICIAN, says="Made up: nothing is stored."),
    Look(
        "try-case",
        CLINICIAN,
        says="What the rules say",
        typed=("Date of birth", "1980-05-17"),
        press="Screen this case",
    ),
    Look("try-case", CLINICIAN, says="There is a problem", typed=("Date of birth", ""), press="Screen this case"),
    # admins
    Look("home", ADMIN, says="Latest sealed records"),
    Look("dashboard", ADMIN, says="Overrides by clinician"),
    Look("audit", ADMIN, says="Consent withdrawn"),
    Look("audit-patient", ADMIN, "patient_sealed", "Consent signed"),
    Look("audit-record", ADMIN, "document", "Consent signed"),
    Look("records", ADMIN, says="may leave the clinic"),
    Look("records", ADMIN, says="There is a problem", press="Export all that match"),
    Look("clinic", ADMIN, says="Retention"),
    Look("clinic-settings", ADMIN, says="Logo"),
    Look("clinic-settings", ADMIN, says="There is a problem", press="Save the logo"),
    Look("policy", ADMIN, says="Versions, newest first"),
    Look("policy", ADMIN, says="There is a problem", typed=("Age of majority", "7"), press="Save a new version"),
    Look("certificate", ADMIN, says="Fingerprint"),
    Look("retention", ADMIN, says="Old File"),
    Look("patient", ADMIN, "held", "On legal hold"),
    Look("patient", ADMIN, "merged", "Olivia"),
    Look("patient-hold", ADMIN, "held", "Lift the hold"),
    Look("patient-hold", ADMIN, "kept", "There is a problem", press="Put on hold"),
    Look("people", ADMIN, says="Invited"),
    Look("people-invite", ADMIN, says="Profession"),
    Look("people-invite", ADMIN, says="There is a problem", press="Make the link"),
    Look("person", ADMIN, "person", "Deactivate"),
    Look("person", ADMIN, "invited", "Stop the link"),
    Look("person", ADMIN, "gone", "Take on again"),
    Look("person", ADMIN, "person", "There is a problem", ("First name", ""), "Save"),
    Look("person", ADMIN, "invited", "It works once", press="Make a new link"),
    Look("person-deactivate", ADMIN, "person", "signed out everywhere"),
    # where nothing has happened yet, with every role
    Look("home", NEWCOMER, says="Nobody is waiting"),
    Look("patients", NEWCOMER, says="Type at least two letters"),
    Look("patient", NEWCOMER, "fresh", "Ida Holm"),
    Look("visit", NEWCOMER, "untouched", "Ready for the patient’s answers"),
    Look("recall", NEWCOMER, says="Nobody has to be called"),
    Look("records", NEWCOMER, says="No record has been sealed yet"),
    Look("patient-records", NEWCOMER, "fresh", "no sealed record"),
    Look("dashboard", NEWCOMER, says="Nothing happened from"),
    Look("audit", NEWCOMER, says="Audit trail opened"),
    Look("audit", NEWCOMER, query="?kind=records", says="No event fits"),
    Look("people", NEWCOMER, says="Nora Lund"),
    Look("person-deactivate", NEWCOMER, "myself", "There is a problem", press="Deactivate"),
    Look("policy", NEWCOMER, says="Nothing was changed yet"),
    Look("certificate", NEWCOMER, says="There is no certificate yet"),
    Look("retention", NEWCOMER, says="No record is past the limits"),
    Look("patient-hold", NEWCOMER, "fresh", "Use it when a dispute"),
    Look("patient-merge-find", NEWCOMER, "fresh", "Type at least two letters"),
    Look("clinic-settings", NEWCOMER, says="No logo yet"),
)

# Named addresses that are no page of staff, each with why.
PATIENTS, SENT, FILE, PART = "patients", "only takes what is sent", "a file", "part of a page"
ONLY_SENT = (
    "sign-out", "change-clinic", "call-answer", "patient-separate", "patient-in-error-undo", "hand-over", "link-make",
    "link-email", "link-stop", "person-link", "person-link-email", "person-link-stop", "clinic-logo-change", "case-present",
    "case-settle", "case-plan", "case-plan-preview", "case-as-last-time", "case-resolve", "case-record",
    "case-override", "case-second", "case-decide", "case-reopen", "precautions-switch", "consent-open",
    "consent-sign", "consent-seal", "copy-link", "copy-email", "copy-show", "dashboard-export", "records-export",
    "record-verify", "record-withdrawal-seal", "verifying-hash",
)  # fmt: skip
LEFT_OUT = {
    **dict.fromkeys((*TABLET, "tablet-done", "tablet-closed", "phone", "copy"), PATIENTS),
    **dict.fromkeys(("clinic-logo", "record-pdf"), FILE),
    **dict.fromkeys(("calls", "home-rows", "consent-progress"), PART),
    **dict.fromkeys(ONLY_SENT, SENT),
}


def test_every_named_address_is_looked_at_or_left_out_for_a_reason():
    looked_at = {look.name for look in LOOKS}
    assert looked_at & set(LEFT_OUT) == set()
    assert looked_at | set(LEFT_OUT) == set(patterns())


def test_what_only_takes_what_is_sent_shows_no_page(db):
    world = World()
    grace, desk = world.everyone[ADMIN], world.demo.clinic
    for role in (Role.FRONT_DESK, Role.CLINICIAN):
        Membership.objects.create(clinic=desk, user=grace, role=role)
    keys, client = world.keys | {"user": world.keys["person"]}, people.signed_in(grace)
    for name in ONLY_SENT:
        address = reverse(name, kwargs={key: keys[key] for key in patterns()[name].pattern.converters})
        assert client.get(address).status_code in {302, 405}, name


def problems(page: Page) -> Iterator[str]:
    yield from (f"axe {what}" for what in looking.axe(page))
    yield from (f"border {what}" for what in looking.faint_borders(page))
    for size in (SCREEN, PHONE):
        page.set_viewport_size(size)
        yield from (f"at {size['width']} px, target {what}" for what in looking.small_targets(page))
        if over := looking.overflow(page):
            yield f"{over} px wider than a window of {size['width']} px"


def open_it(page: Page, look: Look, world: World) -> None:
    page.set_viewport_size(SCREEN)
    page.goto(look.address(world))
    label, words = look.typed
    if label:
        page.get_by_label(label).first.fill(words)
    if look.press:
        with page.expect_navigation():
            page.get_by_role("button", name=look.press).first.click()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


@pytest.mark.looks
@pytest.mark.parametrize("who", [NOBODY, DESK, CLINICIAN, ADMIN, NEWCOMER])
def test_no_page_of_staff_has_a_flaw(device: Callable[..., BrowserContext], live: Live, who: str):
    world, context, found = World(), device(viewport=SCREEN), []
    if who != NOBODY:
        as_client(context, people.signed_in(world.everyone[who]), live.url)
    page = context.new_page()
    for look in (look for look in LOOKS if look.who == who):
        open_it(page, look, world)
        if look.says not in page.locator("body").inner_text():
            found.append(f"{look}: does not say {look.says}")
        found += [f"{look}: {what}" for what in problems(page)]
    assert not found, "\n".join(found)
