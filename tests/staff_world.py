"""A clinic in the middle of its day, in which every page of staff has something to show."""

import datetime
from typing import Any

import time_machine
from django.utils import timezone

from clinic import calls, holds, merging, particulars, phone
from clinic import people as members
from clinic.models import Membership, Patient, Purpose, Role
from consent import mistakes, signing, withdrawing
from consent.management.commands.demo import Demo, years_ago
from consent.models import SealedDocument
from screening import presence, review
from screening.models import Screening
from screening.policy import set_policy
from tests import on_record, people
from tests.test_clinic_settings import picture

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"  # a name that no line can break
NOBODY, DESK, CLINICIAN, ADMIN, NEWCOMER = "nobody", "mia", "siobhan", "grace", "newcomer"
SERIOUS: dict[str, Any] = {
    "blood_thinner": "yes", "blood_thinner_details": "Warfarin 3 mg, evening. INR 2.3 last week.",
    "varicose_veins": "yes", "vessel_where": ["calf_left"], "skin": "yes", "skin_where": ["knee_right"],
    "device": "yes", "device_which": "pacemaker", "device_where": ["upper_chest_left"],
    "metal_rash": "unsure", "metal_which": "unsure",
}  # fmt: skip
DONE = "One needle in the left shoulder, taken out at once."


class World:
    """The clinic and one where nothing has happened yet; `keys` are what addresses are made of."""

    def __init__(self) -> None:
        self.demo = demo = Demo()
        self.keys: dict[str, Any] = {"slug": "vascular", "unknown": "no-such-key"}
        self.everyone = demo.people | {NEWCOMER: self.newcomer()}
        self.of_the_clinic()
        self.of_long_ago()
        self.of_the_front_desk()
        self.of_clinicians()
        self.of_consents()
        self.of_files()

    def newcomer(self) -> Any:
        """Somebody of every role where nothing has happened yet."""
        clinic = people.make_clinic("Hill Physio")
        person = people.make_member(clinic, Role.ADMIN, "Nora Lund")
        Membership.objects.bulk_create(
            Membership(clinic=clinic, user=person, role=role) for role in (Role.CLINICIAN, Role.FRONT_DESK)
        )
        fresh = people.make_patient(clinic, "Ida Holm")
        self.keys |= {"fresh": fresh.pk, "untouched": people.make_visit(fresh, person).pk, "myself": person.pk}
        return person

    def of_the_clinic(self) -> None:
        demo, grace = self.demo, self.demo.people["grace"]
        set_policy(demo.clinic, grace, additional=["A3", "A4"])
        set_policy(demo.clinic, grace, age_of_majority=16, majority_basis="Minors (Property and Contracts) Act 1970")
        particulars.set_logo(demo.clinic, picture(), grace)
        email = f"{LONG.lower()}@physiotherapy.example.org"
        invited, token = members.invite(demo.clinic, grace, "ann.lee", [Role.CLINICIAN], first_name="Ann", email=email)
        members.invite(demo.clinic, grace, "bo.lee", [Role.FRONT_DESK], first_name="Bo", last_name=LONG)
        other = people.make_clinic(f"Hill Physio {LONG}")  # so that there is a clinic to change to
        for name in (CLINICIAN, ADMIN):
            Membership.objects.create(clinic=other, user=demo.people[name], role=Role.CLINICIAN)
        gone = people.make_member(demo.clinic, Role.CLINICIAN, "Ray Gone")
        members.deactivate(demo.clinic, gone, grace)
        self.keys |= {"person": demo.tom.pk, "invited": invited.user_id, "gone": gone.pk, "token": token}

    def of_long_ago(self) -> None:
        """Past the clinic's limits, due to come back, and a first visit of somebody who comes again today."""
        now = timezone.now()
        for name in ("Old File", LONG):
            people.make_patient(self.demo.clinic, name, created_at=now - datetime.timedelta(days=4000))
        with time_machine.travel(now - datetime.timedelta(days=20), tick=True):
            until = self.demo.clinic.today() + datetime.timedelta(days=10)
            screening = self.demo.case(f"Peter {LONG}", 35, "Tennis elbow", ill_today="yes")
            on_record.put(self.demo, review.decide(screening, "defer", self.demo.siobhan, "A cold with fever", until))
            document = self.sealed("Ruth Lindqvist", "infraspinatus_left")
        again = people.make_visit(document.visit.patient, self.demo.siobhan)
        self.demo.answer(again, {"blood-thinner": "yes", "blood-thinner-details": "Apixaban"})
        self.keys |= {"again": again.pk, "before": document.pk}

    def ready(self, name: str, *sites: str, **changes: Any) -> Screening:
        return self.demo.plan(self.demo.settle(self.demo.case(name, 58, "Neck", **changes), can_decide="yes"), *sites)

    def sealed(self, name: str, site: str) -> SealedDocument:
        opened = self.opened(self.ready(name, site))
        self.demo.understand(opened)
        signing.sign(opened, "patient", typed=name)
        return on_record.put(self.demo, opened.review, ceremony=opened)

    def opened(self, screening: Screening) -> Any:
        made = review.decide(screening, "proceed", self.demo.siobhan)
        return signing.open_ceremony(made, self.demo.mia)

    def of_the_front_desk(self) -> None:
        demo = self.demo
        waits, answering = (demo.visit(name, years_ago(26), "Strain") for name in ("Liam Park", "Joan Mitchell"))
        phone.make(waits, demo.mia)
        people.tablet_for(answering)
        calls.call(answering.handovers.get())
        Patient.objects.filter(pk=waits.patient_id).update(email=f"{LONG.lower()}@example.org")
        self.keys |= {"visit": waits.pk, "patient": waits.patient_id, "handover": answering.handovers.get().pk}

    def of_clinicians(self) -> None:
        demo = self.demo
        screening = self.ready("Ann Keogh", "psoas_major_right", "upper_trapezius_left", **SERIOUS)
        review.override(
            demo.finding(screening, "14a"), demo.tom, "Veins in the calf only; the needles are far from it."
        )
        presence.seen(screening.visit, demo.tom)
        foreign = demo.case("ليلى حداد", 39, "Headaches", language="arabic", language_help="yes")
        later = review.decide(
            demo.case("Harold Finch", 71, "Knee"), "defer", demo.siobhan, f"See {LONG} first",
            demo.clinic.today() + datetime.timedelta(days=9),
        )  # fmt: skip
        self.keys |= {"case": screening.visit_id, "foreign": foreign.visit_id, "unsealed": later.visit_id}

    def of_consents(self) -> None:
        demo = self.demo
        undecided = review.decide(self.ready("Ewa Nowak", "gastrocnemius_left"), "proceed", demo.siobhan)
        reading = self.opened(self.ready("Dolores Ibáñez", "infraspinatus_right"))
        people.tablet_for(reading.visit, Purpose.CONSENT)
        to_sign = self.opened(self.ready("Walter Quinn", "infraspinatus_right"))
        demo.understand(to_sign, missed=to_sign.shown["questions"][0]["code"])
        signing.sign(to_sign, "patient", typed="Walter Quinn")
        refused = self.opened(self.ready("Aoife Daly", "temporalis_left"))
        signing.refuse(refused, "patient", f"Not in my face, please. {LONG}")
        document, taken_back = (self.sealed(name, "soleus_left") for name in (f"Marta {LONG}", "Marek Dvořák"))
        withdrawing.withdraw(taken_back, demo.siobhan, "patient", timezone.now(), DONE, "It hurts.")
        self.keys |= {
            "undecided": undecided.visit_id, "reading": reading.visit_id, "to_sign": to_sign.visit_id,
            "refused": refused.visit_id, "document": document.pk, "sealed": document.visit_id,
            "patient_sealed": document.visit.patient_id, "taken_back": taken_back.pk, "withdrawn": taken_back.visit_id,
        }  # fmt: skip

    def of_files(self) -> None:
        """One person on file twice, merged files, files set aside and on hold."""
        demo, grace = self.demo, self.demo.people["grace"]
        born = years_ago(40)
        kept, duplicate, other, mistaken, held = (
            people.make_patient(demo.clinic, name, born, phone="02 5550 0199")
            for name in ("Olivia Brown", "Olivia Brown", f"Olivia {LONG}", "Nobody Real", "Carla Rossi")
        )
        merging.merge(other, people.make_patient(demo.clinic, "Livvy Brown", born), "twice", grace)
        mistakes.mark(mistaken, "Made while training", grace)
        holds.hold(held, f"Complaint of last week, see {LONG}", grace)
        merged = other.merged.get()
        self.keys |= {
            "kept": kept.pk, "duplicate": duplicate.pk, "merged": merged.pk, "mistaken": mistaken.pk, "held": held.pk,
        }  # fmt: skip
