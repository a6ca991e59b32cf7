"""Records to read in tests: cases made through the verbs, and the page read as people read it."""

import datetime
import re
from html.parser import HTMLParser

from django.conf import settings

from clinic import audit
from consent import signing
from consent.document import record_html
from consent.management.commands.demo import INK, Demo
from consent.models import Ceremony, Signature
from screening import correction, review
from screening.models import Review, Screening

SEALED_AT = datetime.datetime(2026, 11, 23, 23, 42, 5, 77, tzinfo=datetime.UTC)
HEAD = audit.Head(214, "ab12" * 16)
SEEN = "The planned sites lie far from it; the patient was told and agrees."
WORDS = " ".join(f"reason{i}" for i in range(1000))  # about 10,000 characters, every word another
TOKEN = "x" * 3000


class Reader(HTMLParser):
    """The page as people read it, with everything in <bdi> apart, and its tables as rows of cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said: list[str] = []
        self.isolated: list[str] = []
        self.headings: list[int] = []
        self.tables: list[list[int]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "bdi":
            self.isolated.append("")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append(0)
        if tag in {"td", "th"}:
            self.tables[-1][-1] += 1
        if tag not in {"meta", "br", "col"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "bdi" in self.open:
            self.isolated[-1] += data
        self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())


def written(review: Review, ceremony: Ceremony | None = None, signatures: list[Signature] | None = None) -> str:
    return record_html(
        review, number="7F3A-92C1-K4MN", sealed_at=SEALED_AT, head=HEAD, certificate="9f" * 32, ceremony=ceremony,
        signatures=signatures or [], valid_until=datetime.date(2027, 11, 23) if ceremony else None,
        address=settings.PUBLIC_ADDRESS,
    )  # fmt: skip


def consented(demo: Demo, screening: Screening, ink: str = INK) -> str:
    """The record of a consent that everybody signed; the clinician's signature is not saved yet."""
    ceremony = signing.open_ceremony(review.decide(screening, "proceed", demo.siobhan), demo.mia)
    while signer := signing.next_on_tablet(ceremony):
        signing.sign(ceremony, signer.role, strokes=ink)
    last = signing.make_signature(ceremony, signing.unsigned(ceremony)[0], "", "Siobhan Byrne", demo.siobhan)
    return written(ceremony.review, ceremony, [*ceremony.signatures.all(), last])


def clear_case(demo: Demo, name: str = "Ruth Lindqvist", **changes) -> Screening:
    screening = demo.case(name, 44, "Tension in the shoulders", **changes)
    return demo.plan(demo.settle(screening, can_decide="yes"), "infraspinatus_left")


def met(demo: Demo, screening: Screening, note: str = "Seen to, with care", reason: str = SEEN) -> Screening:
    """Record everything that the findings ask for."""
    for finding in screening.findings.all():
        for need in set(finding.requires) & {"education", "measures", "inspection"}:
            review.resolve(finding, need, demo.siobhan, note)
        if "override" in finding.requires:
            over = review.override(finding, demo.siobhan, reason)
            if "second_clinician" in finding.requires:
                review.give_second_opinion(over, demo.tom, agrees=True, reason="I agree, having seen her.")
    return screening


def child_with_everything(demo: Demo, **long) -> Screening:
    """A child of eleven with a guardian and an interpreter; overrides, a corrected answer, a plan that changed."""
    screening = demo.case(
        "Nguyễn Thị Minh Châu", 11, "Neck", language="vietnamese", language_help="yes", needle_fear="little",
        varicose_veins="yes", vessel_where=["calf_left"], skin="unsure", skin_where=["knee_right"], clot_past="yes",
        clot_details=long.get("answer", "In 2024, in the left leg"),
    )  # fmt: skip
    pump = {"device": "yes", "device-which": "pump", "device-where": ["abdomen"]}
    screening = correction.correct(screening, pump, demo.siobhan, "Her mother remembered the pump.")
    screening = demo.settle(
        screening, can_decide="yes", child_explains="yes", guardian_agrees="yes", language_route_works="yes",
        guardian_name="Nguyễn Thị Hoa", guardian_relationship="mother", language_route="interpreter_present",
    )  # fmt: skip
    screening = review.settle(screening, {"skin": "yes"}, demo.siobhan, "A dry graze, seen today.")
    review.record(
        screening, "communication", demo.siobhan, name="Trần Văn Bình", language="Vietnamese", mode="interpreter_present",
        is_adult=True, teach_back=True,
    )  # fmt: skip
    screening = demo.plan(screening, "psoas_major_right", "infraspinatus_left")
    review.override(demo.finding(screening, "4c"), demo.siobhan, "A first thought, for another plan.")
    screening = demo.plan(screening, "infraspinatus_left")
    met(demo, screening, long.get("note", "Lying down, with her mother"), long.get("reason", SEEN))
    return demo.now(screening.visit)
