"""Demo data, made by the same verbs that people use: one clinic, four staff, patients of every class, some records sealed."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from clinic import audit
from clinic.languages import ORIGINAL, code_for
from clinic.models import Clinic, Membership, Patient, Role, User, Visit
from consent import checks, comprehension, decision, signing, withdrawing
from consent.models import Ceremony, SealedDocument, SignerRole
from consent.requirements import PRESENT
from screening import intake, review
from screening.body import MUSCLES, MuscleSite
from screening.evaluation import current_screening
from screening.models import Finding, Screening
from screening.policy import set_policy
from screening.precautions.questions import Question
from screening.precautions.vocabulary import Plan

PASSWORD = "thin-needle-demo"  # noqa: S105 - printed for everyone to see
CLINIC = "Harbour Physio"
STAFF = (
    ("mia", "Mia", "Torres", "", Role.FRONT_DESK),
    ("siobhan", "Siobhan", "Byrne", "Physiotherapist", Role.CLINICIAN),
    ("tom", "Tom", "Ellis", "Physiotherapist", Role.CLINICIAN),
    ("grace", "Grace", "Okafor", "Practice manager", Role.ADMIN),
)
# A made-up drawn name, in pad coordinates.
INK = (
    "[[[120,240],[150,150],[185,90],[205,110],[200,190],[215,230],[250,180],[290,130],[310,170],[300,225],[330,180],[365,150],[380,200],"
    "[410,215],[450,180],[520,170],[610,175],[700,180]]]"
)


def clear_reply(question: Question) -> Any:
    """The harmless reply to a question, as JSON."""
    if question.clear:
        return question.clear[0]
    return question.options[0].code if question.options else ""


def years_ago(years: int, days: int = 0) -> datetime.date:
    today = datetime.date.today()  # noqa: DTZ011 - a made-up birth date
    return today.replace(year=today.year - years, day=min(today.day, 28)) - datetime.timedelta(days=days)


class Demo:
    """The clinic in which the demo happens, and the people who act in it."""

    def __init__(self) -> None:
        self.clinic = Clinic.objects.create(name=CLINIC, address="12 Quay Street, Sydney", time_zone="Australia/Sydney")
        self.people = {name: self.member(name, first, last, title, role) for name, first, last, title, role in STAFF}
        self.mia, self.siobhan, self.tom = self.people["mia"], self.people["siobhan"], self.people["tom"]

    def member(self, username: str, first: str, last: str, title: str, role: Role) -> User:
        user = User.objects.create_user(username, password=PASSWORD, first_name=first, last_name=last, title=title)
        Membership.objects.create(clinic=self.clinic, user=user, role=role)
        return user

    def visit(self, name: str, born: datetime.date, reason: str, language: str = "English") -> Visit:
        with transaction.atomic():
            patient = Patient.objects.create(
                clinic=self.clinic, name=name, born=born, phone="02 5550 0100", language=language
            )
            audit.log(self.clinic, self.mia, "patient.added", patient)
            visit = Visit.objects.create(
                clinic=self.clinic, patient=patient, clinician=self.siobhan, reason=reason, opened_by=self.mia
            )
            audit.log(self.clinic, self.mia, "visit.opened", visit)
        return visit

    def answer(self, visit: Visit, changes: Mapping[str, Any]) -> Screening:
        """Answer every question that applies, clear but for the changes, and submit."""
        draft = intake.draft_of(visit)
        while True:
            case = intake.draft_case(visit, draft.replies)
            todo = [question for question in intake.patient_questions(case) if question.code not in case.replies]
            if not todo:
                break
            replies = {question.code: changes.get(question.code, clear_reply(question)) for question in todo}
            draft = intake.save_page(visit, list(replies), replies)
        intake.submit(visit, language=code_for(visit.patient.language))
        return self.now(visit)

    def case(self, name: str, age: int, reason: str, **changes: Any) -> Screening:
        """A patient who has answered; question codes are written with _ for -."""
        visit = self.visit(name, years_ago(age, 40), reason, str(changes.get("language", "English")).title())
        return self.answer(visit, {code.replace("_", "-"): reply for code, reply in changes.items()})

    def now(self, visit: Visit) -> Screening:
        screening = current_screening(visit)
        if screening is None:
            raise ValueError("the patient has not answered yet")
        return screening

    def settle(self, screening: Screening, **answers: Any) -> Screening:
        return review.settle(
            screening, {code.replace("_", "-"): reply for code, reply in answers.items()}, self.siobhan
        )

    def plan(self, screening: Screening, *sites: str) -> Screening:
        muscles = tuple(MuscleSite(MUSCLES[site.rpartition("_")[0]], site.rpartition("_")[2]) for site in sites)  # type: ignore[arg-type]
        return review.plan(screening, Plan(muscles), self.siobhan)

    def finding(self, screening: Screening, part: str) -> Finding:
        return screening.findings.get(part=part)

    def resolve(self, screening: Screening, part: str, kind: str, note: str, **details: Any) -> None:
        review.resolve(self.finding(screening, part), kind, self.siobhan, note, **details)

    def consent(self, screening: Screening, typed: bool = False, missed: str = "") -> None:
        """Decide to proceed, and let everybody answer and sign; `missed`: a question answered right only the second time."""
        made = decision.record(screening, "proceed", self.siobhan)
        ceremony = signing.open_ceremony(made, self.mia)
        language = code_for(screening.visit.patient.language)
        self.understand(ceremony, language, missed)
        while signer := signing.next_on_tablet(ceremony):
            reads = ORIGINAL if signer.role == SignerRole.INTERPRETER else language
            name, ink = (signer.name, "") if typed else ("", INK)
            signing.sign(ceremony, signer.role, strokes=ink, typed=name, language=reads)
        signing.finish(ceremony, self.siobhan, PASSWORD, typed=self.siobhan.printed_name)

    def understand(self, ceremony: Ceremony, language: str = ORIGINAL, missed: str = "") -> None:
        while turn := comprehension.next_turn(ceremony, language):
            said = checks.UNSURE if turn.code == missed and not turn.is_again else turn.right
            signing.answer(ceremony, turn.code, turn.attempt, said, language)


def nothing_to_report(demo: Demo) -> None:
    screening = demo.case("Ruth Lindqvist", 44, "Tension in the shoulders")
    screening = demo.plan(demo.settle(screening, can_decide="yes"), "upper_trapezius_left", "upper_trapezius_right")
    demo.consent(screening)


def warfarin_and_veins(demo: Demo) -> None:
    """Psoas planned on warfarin, moved to a muscle that can be pressed; varicose veins overridden with a second clinician."""
    screening = demo.case(
        "Ann Keogh", 58, "Low back and neck pain",
        blood_thinner="yes", blood_thinner_details="Warfarin 3 mg, evening. INR 2.3 last week.",
        varicose_veins="yes", vessel_where=["calf_left"], metal_rash="unsure", metal_which="unsure",
    )  # fmt: skip
    screening = demo.settle(screening, can_decide="yes", metal_rash="yes", metal_which="nickel")
    screening = demo.plan(screening, "psoas_major_right", "upper_trapezius_left")
    screening = demo.plan(screening, "iliocostalis_lumborum_right", "upper_trapezius_left")
    demo.resolve(
        screening,
        "10a",
        "needle_material",
        "",
        material="gold_plated",
        brand="Seirin",
        coating="gold",
        lot="4471-B",
        free_of_metal=True,
    )
    demo.resolve(
        screening, "11a", "measures", "INR 2.3 on Friday. Superficial needling, press 60 seconds after each needle."
    )
    over = review.override(
        demo.finding(screening, "14a"), demo.siobhan,
        "Varicose veins in the left calf only. The planned sites are the lower back and the shoulder; "
        "no needle below the waist. Patient told and agrees.",
    )  # fmt: skip
    review.give_second_opinion(over, demo.tom, agrees=True, reason="Agree: the veins are far from the planned sites.")
    demo.consent(screening)


def child_of_twelve(demo: Demo) -> None:
    screening = demo.case("Nguyễn Thị Minh Châu", 12, "Neck stiff after swimming")
    screening = demo.settle(
        screening,
        can_decide="yes",
        child_explains="yes",
        guardian_agrees="yes",
        guardian_name="Nguyễn Thị Hoa",
        guardian_relationship="mother",
    )
    screening = demo.plan(screening, "upper_trapezius_right")
    demo.resolve(screening, "4b", "measures", "Two needles at most, lying down, mother beside her.")
    demo.consent(screening, typed=True)


def interpreter(demo: Demo) -> None:
    screening = demo.case("ليلى حداد", 39, "Headaches", language="arabic", language_help="yes")
    screening = demo.settle(screening, language_route_works="yes", language_route=PRESENT, can_decide="yes")
    review.record(
        screening,
        "communication",
        demo.siobhan,
        name="Samira Aziz",
        language="Arabic",
        mode=PRESENT,
        is_adult=True,
        teach_back=True,
    )
    screening = demo.plan(demo.now(screening.visit), "temporalis_left", "masseter_left")
    demo.consent(screening)


def in_spanish(demo: Demo) -> None:
    """Read, answered and signed in Spanish, with an interpreter by telephone; one question is understood the second time."""
    screening = demo.case(
        "Lucía Fernández Ortiz", 52, "Shoulder pain at work", language="spanish", language_help="yes",
        blood_thinner="yes", blood_thinner_details="Apixaban 5 mg dos veces al día",
    )  # fmt: skip
    screening = demo.settle(
        screening, language_route_works="yes", language_route="interpreter_remote", can_decide="yes"
    )  # fmt: skip
    review.record(
        screening, "communication", demo.siobhan, name="Telephone interpreter 4471", language="Spanish",
        mode="interpreter_remote", is_adult=True, teach_back=True,
    )  # fmt: skip
    screening = demo.plan(demo.now(screening.visit), "infraspinatus_right")
    demo.resolve(
        screening, "11a", "measures", "Press for two minutes after each needle; she keeps taking her medicine."
    )
    demo.consent(screening, missed=checks.BLEEDING.code)


def deferred_for_a_cold(demo: Demo) -> None:
    screening = demo.case(
        "Peter Walsh", 35, "Tennis elbow", ill_today="yes", infection_details="A cold since Sunday, 37.9 degrees"
    )
    decision.record(
        screening,
        "defer",
        demo.siobhan,
        "A cold with fever. Come back when it has gone completely.",
        demo.clinic.today() + datetime.timedelta(days=10),
    )


def declined_by_the_patient(demo: Demo) -> None:
    screening = demo.case("Harold Finch", 71, "Knee pain", wants_treatment="no", needle_fear="lot", needle_try="no")
    decision.record(
        screening, "decline", demo.siobhan, "He does not want needles. Exercise plan and manual treatment instead."
    )


def waiting_for_a_second_clinician(demo: Demo) -> None:
    screening = demo.case(
        "Dolores Ibáñez", 63, "Shoulder pain", varicose_veins="yes", vessel_where=["calf_left", "calf_right"]
    )
    screening = demo.plan(demo.settle(screening, can_decide="yes"), "infraspinatus_right")
    review.override(
        demo.finding(screening, "14a"),
        demo.siobhan,
        "Superficial veins in both calves; needling only behind the right shoulder. Patient told.",
    )


def waiting_for_consent(demo: Demo) -> None:
    screening = demo.case("Ewa Nowak", 29, "Calf cramps when running", metal_rash="yes", metal_which="nickel")
    screening = demo.plan(demo.settle(screening, can_decide="yes"), "gastrocnemius_left")
    demo.resolve(
        screening,
        "10a",
        "needle_material",
        "",
        material="silver_plated",
        brand="Seirin",
        coating="silver",
        lot="1180-A",
        free_of_metal=True,
    )
    decision.record(screening, "proceed", demo.siobhan)


def withdrawn(demo: Demo) -> None:
    """A consent that was taken back in the middle of the treatment."""
    screening = demo.case("Marek Dvořák", 47, "Calf pain after running")
    demo.consent(demo.plan(demo.settle(screening, can_decide="yes"), "gastrocnemius_left", "soleus_left"))
    row = withdrawing.withdraw(
        SealedDocument.objects.get(visit=screening.visit), demo.siobhan, "patient", timezone.now(),
        "One needle in the left calf; taken out at once.", "It hurts more than I thought.",
    )  # fmt: skip
    withdrawing.seal_withdrawal(row)


def refused_then_replaced(demo: Demo) -> None:
    """No to the first plan, yes to a smaller one; then the plan changed once more, and a new record replaced the first."""
    screening = demo.settle(demo.case("Aoife Daly", 38, "Headaches"), can_decide="yes")
    screening = demo.plan(screening, "temporalis_left", "masseter_left")
    ceremony = signing.open_ceremony(decision.record(screening, "proceed", demo.siobhan), demo.mia)
    withdrawing.seal_refusal(signing.refuse(ceremony, "patient", "Not in my face, please."))
    for site in ("upper_trapezius_left", "upper_trapezius_right"):
        demo.consent(demo.plan(review.reopen(screening.visit, demo.siobhan), site))


def waiting_cases(demo: Demo) -> None:
    demo.case("Joan Mitchell", 52, "Stiff neck")
    demo.case(
        "Carla Rossi", 49, "Arm pain", lymph_nodes="yes", lymphedema_where=["front_upper_arm_left", "forearm_left"]
    )
    demo.case("Sunita Rao", 31, "Hip pain", pregnant="yes", pregnancy_counted="weeks", pregnancy_weeks="9+3")
    demo.case(
        "Bernd Kaiser", 67, "Chest wall pain", device="yes", device_which="pacemaker", device_where=["upper_chest_left"]
    )
    demo.case("Olivia Brown", 11, "Sports injury of the thigh", skin="yes", skin_where=["knee_right"])
    demo.case(
        "Walter Quinn",
        80,
        "Back pain",
        memory_trouble="unsure",
        health_helper="My daughter Jane",
        immune_weak="yes",
        immune_details="Chemotherapy since May",
        diabetes="yes",
        diabetes_eaten="no",
        bad_reaction="unsure",
        all_medicines="Metformin 500 mg twice a day",
    )
    demo.visit("Liam Park", years_ago(26), "Hamstring strain")


STORIES = (
    nothing_to_report, warfarin_and_veins, child_of_twelve, interpreter, in_spanish, deferred_for_a_cold, declined_by_the_patient,
    withdrawn, refused_then_replaced, waiting_for_a_second_clinician, waiting_for_consent, waiting_cases,
)  # fmt: skip


class Command(BaseCommand):
    help = "Fill an empty database with a demo clinic, its staff and patients, and print the demo sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        if Clinic.objects.filter(name=CLINIC).exists() and User.objects.filter(username=STAFF[0][0]).exists():
            self.stdout.write("The demo clinic is already there.")
        elif Clinic.objects.exists():
            self.stderr.write("This database holds a clinic. The demo goes into an empty database only.")
            raise SystemExit(1)
        else:
            demo = Demo()
            set_policy(demo.clinic, demo.people["grace"], additional=["A3", "A4", "A6", "A9"])
            for story in STORIES:
                story(demo)
        self.stdout.write(f"Demo sign-ins (password for all: {PASSWORD})")
        for username, first, last, _, role in STAFF:
            self.stdout.write(f"  {username:10} {first} {last}, {role.label.lower()}")
