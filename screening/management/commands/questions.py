"""Print every question as JSON, for those who maintain or audit the rules."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from screening.body import AREAS
from screening.precautions.questions import UNSURE, Question, Where
from screening.questionnaire import PRECAUTION_OF, QUESTIONNAIRE_VERSION, QUESTIONS
from screening.written import number_of

FORMATS = {
    "yes_no": "one of the option codes",
    "choice": "one of the option codes",
    "places": 'a list of area codes; an empty list or "unsure" counts as the whole body',
    "date": 'an ISO date such as "2026-11-30", or "unsure"',
    "weeks": 'completed weeks+days such as "13+6", or "unsure"',
    "text": "any text, may be empty",
}


def described(question: Question) -> dict[str, Any]:
    """A question as the command prints it. `clear` are the harmless replies; null when no reply is of concern."""
    options = [{"code": option.code, "text": option.text} for option in question.options]
    if isinstance(question, Where):
        options = [{"code": area.code, "text": area.words} for area in AREAS.values()]
    return {
        "code": question.code,
        "kind": question.kind,
        "text": question.text,
        "hint": question.hint,
        "options": options,
        "reply": FORMATS[question.kind],
        "unsure": UNSURE,
        "clear": question.clear,
        "asked": question.asked,
        "only_below_majority": question.minors_only,
        "follows": [{"code": lead.question.code, "replies": lead.replies} for lead in question.follows],
        "precaution": number_of(PRECAUTION_OF[question.code]),
        "group": question.group,
    }


class Command(BaseCommand):
    help = (
        f"Print the questionnaire ({QUESTIONNAIRE_VERSION}) as JSON. "
        "A question that follows others is shown when any of them has one of the replies named."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--additional",
            action="store_true",
            help="also those beyond the source, each asked where the policy's `additional` names its group",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = [question for question in QUESTIONS.values() if options["additional"] or not question.group]
        self.stdout.write(json.dumps([described(question) for question in wanted], indent=2, ensure_ascii=False))
