"""A clinic and its people in a moment: members of each role, patients, visits, and answers that report nothing."""

import datetime
import uuid
from typing import Any

from django.test import Client

from clinic.models import Clinic, Handover, Membership, Patient, Purpose, Role, User, Visit
from clinic.tablet import KEY, LASTS
from screening import intake
from screening.models import Intake
from screening.precautions.questions import Date, Question, Weeks, Where
from screening.questionnaire import QUESTIONS

PASSWORD = "thin-needle-tests"
BORN = datetime.date(1980, 5, 17)


def make_clinic(name: str = "Harbour Physio", time_zone: str = "Australia/Sydney") -> Clinic:
    return Clinic.objects.create(name=name, time_zone=time_zone)


def make_member(clinic: Clinic, role: str = Role.CLINICIAN, name: str = "Siobhan Byrne", username: str = "") -> User:
    """A member of staff; another role for the same person is another `Membership`."""
    first, _, last = name.partition(" ")
    username = username or f"{first.lower()}-{uuid.uuid4().hex[:6]}"
    user = User.objects.create_user(username, password=PASSWORD, first_name=first, last_name=last)
    Membership.objects.create(clinic=clinic, user=user, role=role)
    return user


def make_patient(clinic: Clinic, name: str = "Ann Keogh", born: datetime.date = BORN, **details: Any) -> Patient:
    return Patient.objects.create(clinic=clinic, name=name, born=born, **details)


def make_visit(patient: Patient, clinician: User, reason: str = "Neck pain", **details: Any) -> Visit:
    details = {"opened_by": clinician} | details
    return Visit.objects.create(clinic=patient.clinic, patient=patient, clinician=clinician, reason=reason, **details)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def clear_reply(question: Question) -> Any:
    """The harmless reply, as JSON; where no reply is harmless, the first that can be given."""
    if question.clear:
        return question.clear[0]
    if isinstance(question, Where):
        return ["knee_left"]
    if isinstance(question, Weeks):
        return "20+0"
    if isinstance(question, Date):
        return "unsure"
    return question.options[0].code if question.options else ""


def clear_replies(visit: Visit, **changes: Any) -> dict[str, Any]:
    """Replies (JSON) to all that the patient is asked: clear, but for the changes (question codes with _ for -)."""
    changes = {code.replace("_", "-"): reply for code, reply in changes.items()}
    replies: dict[str, Any] = {}
    while True:
        case = intake.draft_case(visit, replies)
        todo = [question.code for question in intake.patient_questions(case) if question.code not in replies]
        if not todo:
            replies = {code: reply for code, reply in replies.items() if case.shows(QUESTIONS[code])}
            break
        replies |= {code: changes.get(code, clear_reply(QUESTIONS[code])) for code in todo}
    assert set(changes) <= set(replies), "a change to a question that is not asked"
    return replies


def answered(visit: Visit, **changes: Any) -> Visit:
    """The visit with a draft in which everything is answered, read and saved, but not sent."""
    replies = clear_replies(visit, **changes)
    intake.mark_read(visit)
    intake.save_page(visit, list(replies), replies)
    return visit


def submitted(visit: Visit, **changes: Any) -> Intake:
    """The intake of the visit, sent, with its first screening."""
    return intake.submit(answered(visit, **changes))


def tablet_for(visit: Visit, purpose: str = Purpose.INTAKE, confirmed: bool = True, **changes: Any) -> Client:
    """A tablet in the hands of the visit's patient."""
    now = changes.pop("now", None) or visit.created_at
    handover = Handover.objects.create(
        visit=visit, purpose=purpose, issued_by=visit.opened_by,
        **({"expires_at": now + LASTS, "confirmed_at": now if confirmed else None} | changes),
    )  # fmt: skip
    client = Client()
    session = client.session
    session[KEY] = str(handover.pk)
    session.save()
    return client
