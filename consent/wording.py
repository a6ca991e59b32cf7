"""What a person is told before they sign, in our own plain words; risk figures always with their unit and study.

The texts are versioned: change a word, and WORDING_VERSION changes with it (a test holds the digest). Everything here is
only marked for translation; `told` says it in a language.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from consent.checks import CHECKS, NOT_SURE, WENT_ON, Check
from screening.precautions.questions import Message

WORDING_VERSION = "2026.4"

type_of_translate = Callable[[str], str]


def _(text: str) -> str:
    """Mark a string for translation."""
    return text


def say(words: str | Message, translate: type_of_translate) -> str:
    return words.render(translate) if isinstance(words, Message) else translate(words)


@dataclass(frozen=True)
class Section:
    """One part of what is shown. `page` groups parts on the tablet; `rows` are event, figure, study."""

    code: str
    page: str
    title: str
    paragraphs: tuple[str | Message, ...] = ()
    items: tuple[str | Message, ...] = ()
    rows: tuple[tuple[str, str, str], ...] = ()

    def told(self, translate: type_of_translate) -> dict[str, Any]:
        """The part as JSON, in one language."""
        return {
            "code": self.code,
            "page": self.page,
            "title": translate(self.title),
            "paragraphs": [say(words, translate) for words in self.paragraphs],
            "items": [say(words, translate) for words in self.items],
            "rows": [[translate(words) for words in row] for row in self.rows],
        }


PAGES = {
    "child": _("For you"),
    "about": _("About dry needling"),
    "plan": _("Your plan for today"),
    "risks": _("Risks"),
    "choices": _("Your choices"),
}

CHILD = (
    Section("child-what", "child", _("What will happen"), (
        _("The needle is very thin, thinner than the one for a vaccination. It goes into a muscle that is tight or sore."),
        _("You may feel a small prick. Sometimes the muscle jumps a little, and that is all right."),
    )),
    Section("child-after", "child", _("Afterwards"), (
        _("You may be sore for a day or two, or have a small blue mark. That goes away by itself."),
        _("At home, tell a grown-up at once if your chest hurts, if it is hard to breathe, or if you feel ill."),
    )),
    Section("child-stop", "child", _("You may say stop"), (
        _("You may say stop at any time, and then we stop. You may also say no. Nobody will be cross with you."),
        _("You can ask us anything you like."),
    )),
)  # fmt: skip
LUNG = Section(
    "lung", "about", _("First: your lung"),
    (
        _("Some of the muscles planned today lie close to the lung. Very rarely a needle can let air in around the lung (a pneumothorax). It may need hospital treatment."),
        _("In acupuncture, hospitals saw it 0.87 times in a million treatments, and 1.75 times in a million near the lung (Lin 2019). There is no reliable figure for dry needling."),
        _("Get emergency help for chest pain, a dry cough or short breath, even hours or days later."),
    ),
)  # fmt: skip
ABOUT = Section(
    "about", "about", _("What dry needling is and does"),
    (
        _("A very thin, solid needle goes through the skin into tight or tender spots in muscles, or into the tissue around them. Nothing is injected."),
        _("It is used for pain and for trouble with moving, together with other care such as exercise."),
    ),
)  # fmt: skip
HOW = Section(
    "how", "about", _("How it works"),
    (
        _("A needle in a tight or tender spot often makes the muscle twitch for a moment and then let go. Nerves and blood flow respond too. Exactly how it works is still being studied."),
    ),
)  # fmt: skip
BENEFIT = Section(
    "benefit",
    "about",
    _("What you can expect"),
    (
        _(
            "It helps some people, not all. Some feel better the same day, some after a few visits, and some do not feel a difference."
        ),
    ),
)
RISKS = Section(
    "risks", "risks", _("What can happen"),
    (
        _("Most effects are mild and pass by themselves. The figures come from studies; where a study looked at acupuncture, with similar needles, we say so."),
    ),
    rows=(
        (_("Any mild effect"), _("19.18% of treatments"), _("Brady 2014, dry needling, 7,629 treatments, Ireland")),
        (_("Any minor effect"), _("36.7% of sessions"), _("Boyce 2020, dry needling, 20,464 sessions, US")),
        (_("Bleeding, bruising, pain during treatment"), _("16%, 7.7%, 5.9% of sessions"), _("Boyce 2020, dry needling")),
        (_("Symptoms worse, drowsy, headache, feeling sick"), _("0.88%, 0.26%, 0.14%, 0.13% of treatments"), _("Brady 2014, dry needling")),
        (_("Sore for a day or two"), _("common: 29 to 91% across trials"), _("Navarro-Santana 2020")),
        (_("Fainting, first visit and later"), _("0.94% and 0.11% of procedures"), _("Chen 1990, acupuncture")),
        (_("A major event of any kind"), _("fewer than 0.1% of sessions"), _("Boyce 2020, dry needling")),
        (_("Air around the lung (pneumothorax)"), _("0.87 per million treatments, 1.75 near the lung; no reliable figure for dry needling"), _("Lin 2019, acupuncture, hospital cases")),
    ),
)  # fmt: skip
THINNER_ROW = (
    _("Bleeding while taking blood thinners"),
    _("1 moderate bleed in 3,974 treatments, 0.025%"),
    _("McCulloch 2015, acupuncture"),
)
ALTERNATIVES = Section(
    "alternatives", "choices", _("What else you could choose"),
    items=(
        _("No treatment: some pain goes away with time."),
        _("Exercise and movement."),
        _("Treatment with the hands, such as massage or joint mobilisation."),
        _("Heat, cold or tape."),
        _("Medicine, after talking with your doctor or pharmacist."),
    ),
)  # fmt: skip
RIGHTS = Section(
    "rights",
    "choices",
    _("You can stop at any time"),
    (
        _(
            "You can say stop during the treatment, and you can withdraw your consent at any time, without giving a reason and without any penalty. Your other care goes on."
        ),
    ),
)
AFTERCARE = Section(
    "aftercare", "choices", _("Afterwards"),
    (
        _("Being a little sore or bruised is normal. Keep moving gently and drink water."),
        _("Get emergency help for chest pain, a dry cough or short breath (even hours or days later), a sudden severe headache, new weakness or numbness, or bleeding or swelling that does not stop."),
        _("Call us or your doctor for spreading redness, fever, or a hot joint."),
    ),
)  # fmt: skip
PRIVACY = Section(
    "privacy",
    "choices",
    _("Your record"),
    (
        _(
            "Your answers, this text and the signatures are kept in a sealed record at the clinic. Only the people who care for you and those who must check the records may see it. You can have a copy."
        ),
    ),
)

CHILD_SIGNS = _(
    "I want to have dry needling today. I was told what will happen, and that it can hurt a little. I could ask my questions. I may say stop at any time, and then we stop."
)
MEANINGS = {
    "patient": _("I agree to dry needling today as planned above. I was told what it is, the risks, and what else I could choose. I could ask my questions. I can stop at any time."),
    "guardian": _("I am the parent or guardian named here. I was told what dry needling is, the risks and the alternatives. I agree that this child has dry needling today as planned above. We can stop at any time."),
    "representative": _("I may decide for this person, by the authority named here. I was told what dry needling is, the risks and the alternatives. I agree to it today as planned above, and can withdraw at any time."),
    "interpreter": _("I am an adult. I have put everything said here into the patient's language and back, completely and to the best of my ability."),
    "clinician": _("I explained the treatment, its risks and the alternatives, answered the questions, reviewed the screening and the plan above, and judge that this consent is valid."),
}  # fmt: skip
HEADINGS = (_("What"), _("How often"), _("Study"))  # of a section's rows, in a record
MUSCLE_AND_PLACES = _("%(muscle)s (%(places)s)")
NEEDLES = {
    "": _("We use single-use, sterile needles."),
    "stainless_steel": _("We use single-use, sterile needles made of stainless steel."),
    "gold_plated": _("We use single-use, sterile needles that are plated with gold."),
    "silver_plated": _("We use single-use, sterile needles that are plated with silver."),
    "titanium": _("We use single-use, sterile needles made of titanium."),
    "other": _("We use single-use, sterile needles of another material, without the metal that you told us about."),
}
TECHNIQUES = {
    "superficial": _("The needles stay just under the skin."),
    "into_muscle": _("The needles go into the muscle, and often make it twitch for a moment."),
    "left_in": _("The needles stay in the muscle for a few minutes."),
    "twisted": _("The needles are turned gently where they are."),
}
SITE_NUMBER = _("%(site)s. Number of needles: %(number)s")
SITE_DEPTH = _("%(site)s. Depth: %(depth)s")
OWN_WORDS = _("In the clinic’s own words")
NOT_OURS = _("The clinic wrote this part about its technique. It is shown as it was written, and not translated.")
NO_FINDINGS = _("Your answers gave no reason to change the treatment.")
PEOPLE = _("%(clinician)s explains this to you, answers your questions and treats you, at %(clinic)s.")


def plan_section(sites: Iterable[Message], material: str, techniques: Iterable[str] = ()) -> Section:
    """`material`: of the needles, where it was chosen; `techniques`: those that the plan names."""
    needles = NEEDLES.get(material, NEEDLES["other"])
    said = (needles, *(TECHNIQUES[technique] for technique in techniques if technique in TECHNIQUES))
    return Section("plan", "plan", _("Where we mean to needle"), said, tuple(sites))


def technique_section(words: str) -> Section:
    """What the clinic says about its own technique, in its own paragraphs: shown as its claim, never as ours."""
    own = tuple(part.strip() for part in words.split("\n\n") if part.strip())
    return Section("technique", "about", OWN_WORDS, (NOT_OURS, *own))


def findings_section(words: Iterable[str]) -> Section:
    return Section("findings", "plan", _("What your answers mean"), tuple(words) or (NO_FINDINGS,))


def people_section(clinician: str, clinic: str) -> Section:
    named = Message(PEOPLE, {"clinician": clinician, "clinic": clinic})
    return Section("people", "plan", _("Who explains and who treats"), (named,))


def child_sections(places: Iterable[Message]) -> list[Section]:
    return [*CHILD, Section("child-plan", "child", _("Where we mean to needle"), items=tuple(places))]


def risks_section(thinner: bool) -> Section:
    rows = (*RISKS.rows, THINNER_ROW) if thinner else RISKS.rows
    return Section(RISKS.code, RISKS.page, RISKS.title, RISKS.paragraphs, rows=rows)


def meanings(roles: Iterable[str], is_child: bool) -> dict[str, str]:
    """What each signature means; a child's in words for a child."""
    known = MEANINGS | ({"patient": CHILD_SIGNS} if is_child else {})
    return {role: known[role] for role in roles}


def told(
    parts: Iterable[Section],
    checks: Iterable[Check],
    roles: Iterable[str],
    is_child: bool,
    translate: type_of_translate,
) -> dict[str, Any]:
    """All that is shown, as JSON, in one language."""
    return {
        "sections": [part.told(translate) for part in parts],
        "questions": [check.told(is_child, translate) for check in checks],
        "meanings": {role: translate(words) for role, words in meanings(roles, is_child).items()},
    }


def words_in(shown: Mapping[str, Any], code: str) -> dict[str, Any]:
    """What a frozen consent says in a language on offer when it was opened; else in the language that it was written in."""
    here = shown.get("in", {}).get(code)
    found = here or shown
    return {
        "code": code if here else shown["language"],
        "checked": found.get("checked", ""),
        "sections": found["sections"],
        "questions": found.get("questions", []),
        "meanings": found["meanings"],
    }


def digest_of(shown: object) -> str:
    """SHA-256 over the words as shown (hex)."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


FIXED = (*CHILD, LUNG, ABOUT, HOW, BENEFIT, RISKS, ALTERNATIVES, RIGHTS, AFTERCARE, PRIVACY)
WORDING_DIGEST = "f2f99be96161aaacb34fc084a98f5a90c781d921b6f69b72ea45e783bb1373c3"


def everything() -> list[Any]:
    """Every text that a consent can hold."""
    filled: list[Section] = [
        plan_section((), ""), technique_section(""), findings_section(()), people_section("", ""), *child_sections(()),
    ]  # fmt: skip
    return [
        [asdict(part) for part in (*FIXED, *filled)], list(THINNER_ROW), MEANINGS, CHILD_SIGNS, MUSCLE_AND_PLACES, NEEDLES,
        TECHNIQUES, SITE_NUMBER, SITE_DEPTH,
        NOT_SURE, WENT_ON, [asdict(check) for check in CHECKS],
    ]  # fmt: skip


def wording_digest() -> str:
    """Digest of every fixed text, to hold the version to the words."""
    return digest_of(everything())
