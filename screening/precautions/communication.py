"""Precaution 3: communication, directly or through an interpreter."""

from collections.abc import Iterator

from screening.precautions.questions import YES, Asked, Choice, Option, YesNo, _, after
from screening.precautions.vocabulary import Case, Outcome, Precaution, Requirement, Statement, Trigger

LANGUAGE = Choice(
    code="language",
    text=_("Which language do you like best for talking about your health?"),
    child=_("Which language do you like best for talking?"),
    why=_("So that we can find the right person to talk with you."),
    options=(
        Option("english", _("English")),
        Option("spanish", _("Spanish")),
        Option("mandarin", _("Mandarin")),
        Option("cantonese", _("Cantonese")),
        Option("arabic", _("Arabic")),
        Option("vietnamese", _("Vietnamese")),
        Option("sign", _("A sign language")),
        Option("other", _("Another language")),
    ),
)
NEEDS_HELP = YesNo(
    code="language-help",
    text=_("Do you need an interpreter, sign language or other help to talk with us?"),
    hint=_("An interpreter is a trained adult who puts what we say into your language."),
    child=_("Do you need somebody or something to help you talk with us?"),
    child_hint=_(
        "For example a grown-up who speaks your language, sign language, writing, or a speech tablet. You never have to translate for us."
    ),
    why=_("You need to understand us, and we need to understand you, before you can agree to anything."),
)
ROUTE_WORKS = YesNo(
    code="language-route-works",
    text=_("Is a way of talking with this patient here now, and does it work?"),
    hint=_("An interpreter, signing, writing or a speech tablet. A child never interprets."),
    asked=Asked.STAFF,
    follows=(after(NEEDS_HELP),),
    clear=(YES,),
)
ROUTE = Choice(
    code="language-route",
    text=_("Which way of talking is used?"),
    asked=Asked.STAFF,
    follows=(after(ROUTE_WORKS, YES),),
    options=(
        Option("interpreter_present", _("Interpreter in the room")),
        Option("interpreter_remote", _("Interpreter by telephone or video")),
        Option("sign", _("Sign language")),
        Option("writing", _("Writing")),
        Option("speech_tablet", _("Speech tablet or board")),
    ),
)

CANNOT_COMMUNICATE = Statement(
    part="3a",
    says=_(
        "A person who cannot communicate, directly or through an interpreter, may not be suitable for dry needling."
    ),
    outcome=Outcome.CONSENT_STEP,
    requires=(Requirement.WORKING_ROUTE,),
)


def rule(case: Case) -> Iterator[Trigger]:
    if (needs := case.unclear(NEEDS_HELP)) and (no_route := case.unclear(ROUTE_WORKS)):
        yield CANNOT_COMMUNICATE.because(*needs, *no_route)


COMMUNICATION = Precaution(
    number=3,
    code="communication",
    title=_("Communication"),
    questions=(LANGUAGE, NEEDS_HELP, ROUTE_WORKS, ROUTE),
    statements=(CANNOT_COMMUNICATE,),
    rule=rule,
    for_patient=_("We will make sure that there is a way for us to understand each other before you decide."),
    for_clinician=_(
        "Arrange an interpreter, signing, writing or a speech tablet, and check by teach-back that it works. Never a child."
    ),
)
