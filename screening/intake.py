"""The patient's answers: saved page by page as a draft, submitted once, corrected only as a new version."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext, override

from clinic import audit
from clinic.languages import ORIGINAL, checked, weakest
from clinic.models import Visit
from screening.evaluation import current_policy, evaluate, lock
from screening.last_time import LastTime, to_confirm
from screening.models import Intake, IntakeDraft, rules_of
from screening.precautions.questions import Asked, Question
from screening.precautions.vocabulary import Case
from screening.questionnaire import (
    EVERY_PAGE,
    FOR_GUARDIAN,
    PRECAUTION_OF,
    QUESTIONNAIRE_DIGEST,
    QUESTIONNAIRE_VERSION,
    QUESTIONS,
    Page,
    asked_under,
    birth_faults,
    fit_faults,
    parse_replies,
    shown,
)


class IntakeIncomplete(Exception):
    """Questions that apply have no answer yet; `codes` names them in order."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


class AlreadySubmitted(Exception):
    """The answers of this visit were sent before; they can only be corrected by a clinician."""


def draft_of(visit: Visit) -> IntakeDraft:
    """The visit's draft, begun when there is none; what has to be asked on the day is not kept from an earlier one."""
    if visit.intakes.exists():
        raise AlreadySubmitted
    draft = IntakeDraft.objects.get_or_create(visit=visit)[0]
    if draft.updated_at.astimezone(visit.clinic.zone).date() < visit.clinic.today():
        keep_overnight(draft)
    return draft


def keep_overnight(draft: IntakeDraft) -> None:
    """Only answers that need not be given anew at every visit outlast the day at the clinic."""
    lasting = {code for code in draft.replies if not (PRECAUTION_OF[code].each_visit or QUESTIONS[code].each_visit)}
    draft.replies = {code: reply for code, reply in draft.replies.items() if code in lasting}
    draft.typed, draft.guardian_absent, draft.guardian_with = {}, False, ""
    draft.save()


def draft_case(visit: Visit, replies: Mapping[str, Any]) -> Case:
    """The patient's answers so far (JSON) as a case, to know which questions apply."""
    parsed, _ = parse_replies({code: value for code, value in replies.items() if code in QUESTIONS})
    return Case(visit.patient.born, visit.clinic.today(), parsed, policy=rules_of(current_policy(visit)))


def patient_questions(case: Case) -> list[Question]:
    return shown(case, Asked.PATIENT)


def on_tablet(case: Case) -> list[Question]:
    """What the intake holds: all that the patient is asked, and the guardian's part where there was a guardian."""
    guardians = [question for question in shown(case, Asked.GUARDIAN) if question.code in case.replies]
    return [*patient_questions(case), *guardians]


def awaits_guardian(case: Case, draft: IntakeDraft) -> bool:
    """A minor's answers are not sent before the guardian's part is done, or the child has said that nobody is there."""
    missing = [question for question in shown(case, Asked.GUARDIAN) if question.code not in case.replies]
    # By a birth date that cannot be right nobody is a child: sending says so.
    return bool(missing) and not draft.guardian_absent and not birth_faults(case.born, case.today)


def mark_read(visit: Visit) -> None:
    """The patient has read what dry needling is; the questions come next."""
    with transaction.atomic():
        draft = draft_of(lock(visit))
        draft.read = True
        draft.save()


def save_page(
    visit: Visit, offered: list[str], replies: Mapping[str, Any], language: str = ""
) -> IntakeDraft:
    """Store one page: the replies (JSON) to the questions it offered; answers that no longer apply are dropped.

    `language` is the one in which the page was shown, where that is known.
    """
    with transaction.atomic():
        visit = lock(visit)
        draft = draft_of(visit)
        kept = {code: value for code, value in draft.replies.items() if code not in offered} | dict(replies)
        case = draft_case(visit, kept)
        draft.replies = {code: value for code, value in kept.items() if case.shows(QUESTIONS[code])}
        draft.confirmed = {code: day for code, day in draft.confirmed.items() if code not in offered}
        draft.typed = {page: data for page, data in draft.typed.items() if not names_of(page) & set(offered)}
        if language:
            draft.languages |= dict.fromkeys(offered, language)
        draft.save()
        return draft


def confirm(visit: Visit, page: Page, last: LastTime | None, language: str = "") -> bool:
    """The patient says that a page's answers of last time are still right; False when they have to be asked anew."""
    with transaction.atomic():
        replies = to_confirm(page, draft_case(visit, draft_of(lock(visit)).replies), last)
        if not replies or last is None:
            return False
        draft = save_page(visit, [question.code for question in page.questions], replies, language)
        draft.confirmed |= dict.fromkeys(replies, last.day.isoformat())
        draft.save()
        return True


GUARDIANS_PAGE = "guardian"  # among the pages that may be left before they are complete
PARTS = ("", "_0", "_1", "-unsure")  # by which the controls of one question are named


def names_of(page: str) -> set[str]:
    """The names under which a page of questions sends its answers."""
    found = next((asked.questions for asked in EVERY_PAGE if asked.code == page), ())
    questions = FOR_GUARDIAN if page == GUARDIANS_PAGE else found
    return {f"{question.code}{part}" for question in questions for part in PARTS}


def keep_typed(visit: Visit, page: str, data: QueryDict) -> None:
    """Keep what stands in a page that the patient leaves before it is complete, so that it stands there again."""
    wanted = {name: [value for value in data.getlist(name) if can_be_kept(value)] for name in names_of(page)}
    typed = {name: values for name, values in wanted.items() if any(values)}
    with transaction.atomic():
        draft = draft_of(lock(visit))
        draft.typed = {code: data for code, data in draft.typed.items() if code != page} | ({page: typed} if typed else {})
        draft.save()


def can_be_kept(value: str) -> bool:
    """Whatever a database can hold: what is wrong with it is said when the page is sent."""
    return not any(mark == "\x00" or "\ud800" <= mark <= "\udfff" for mark in value)


def to_guardian(visit: Visit, handover: str) -> None:
    """The tablet goes on to the guardian: for as long as it is handed over, the child's pages stay closed."""
    with transaction.atomic():
        draft = draft_of(lock(visit))
        draft.guardian_with = handover
        draft.save()


def no_guardian(visit: Visit) -> None:
    """Nobody is there who could do the guardian's part; staff ask later, and until then it counts as not agreed."""
    with transaction.atomic():
        draft = draft_of(lock(visit))
        draft.guardian_absent = True
        draft.typed.pop(GUARDIANS_PAGE, None)
        draft.save()


def worded(question: Question, case: Case) -> dict[str, str]:
    """A question as this patient is asked it, and their answer, in the language of the moment."""
    asked = case.worded(question)
    return {
        "text": gettext(asked.text),
        "hint": gettext(asked.hint) if asked.hint else "",
        "said": question.say(case[question]).render(gettext),
    }


def as_asked(
    case: Case, languages: Mapping[str, str] | None = None, confirmed: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Each question with its answer, in the words in which it was shown; beside another language, `original` has English.

    By code: `languages`, in which it was asked, and `confirmed`, the day of the earlier answer that was only confirmed.
    """
    rows = []
    for question in on_tablet(case):
        language = (languages or {}).get(question.code, ORIGINAL)
        with override(language):
            shown_as = worded(question, case)
        row: dict[str, Any] = {
            "code": question.code, "precaution": PRECAUTION_OF[question.code].number, "by": question.asked,
            **shown_as, "reply": question.dump(case[question]), "confirmed": (confirmed or {}).get(question.code, ""),
        }  # fmt: skip
        if language != ORIGINAL:
            with override(ORIGINAL):
                row |= {"language": language, "original": worded(question, case)}
        rows.append(row)
    return rows


def asked_and_answered(
    case: Case, languages: Mapping[str, str] | None = None, confirmed: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What an intake row says of the questions: their version, their words, and the answers."""
    rows = as_asked(case, languages, confirmed)
    spoken = Counter(row.get("language", ORIGINAL) for row in rows)
    return {
        "questionnaire_version": QUESTIONNAIRE_VERSION,
        "questionnaire_digest": QUESTIONNAIRE_DIGEST,
        "language": spoken.most_common(1)[0][0],
        "translation": weakest(checked(language) for language in spoken),
        "replies": {question.code: question.dump(case[question]) for question in on_tablet(case)},
        "asked": rows,
    }


def complete_case(visit: Visit, replies: Mapping[str, Any]) -> Case:
    """The case of a finished intake; `IntakeIncomplete` names what is missing or does not fit."""
    case = draft_case(visit, replies)
    asked = {question.code for question in patient_questions(case)}
    missing = [code for code in QUESTIONS if code in asked and code not in case.replies]
    misfits = [fault.partition(":")[0] for fault in fit_faults(case, complete=True)]
    if missing or misfits or birth_faults(case.born, case.today):
        raise IntakeIncomplete(missing + misfits)
    return case


def submit(visit: Visit, language: str = ORIGINAL) -> Intake:
    """Turn the draft into the visit's intake, in the words shown, with its first screening. Sent twice, it gives the same.

    `language` is that of the answers whose page did not say.
    """
    with transaction.atomic():
        visit = lock(visit)
        if existing := visit.intakes.order_by("version").first():
            return existing
        draft = draft_of(visit)
        now = draft_case(visit, draft.replies)
        if left := [question.code for page in asked_under(now.policy) if page.code in draft.typed for question in page.questions]:
            raise IntakeIncomplete(left)  # what was typed since and never sent is not passed over
        case = complete_case(visit, {code: reply for code, reply in draft.replies.items() if now.shows(QUESTIONS[code])})
        languages = dict.fromkeys(QUESTIONS, language) | draft.languages
        intake = Intake.objects.create(
            visit=visit, help=draft.help, **asked_and_answered(case, languages, draft.confirmed)
        )
        draft.delete()
        audit.log(visit.clinic, None, "intake.submitted", intake, visit=str(visit.pk), questions=len(intake.asked))
        evaluate(visit, "intake", by=None)
        return intake
