"""What a person is told before they sign, in our own plain words; risk figures always with their unit and study.

The texts are versioned: change a word, and WORDING_VERSION changes with it (a test holds the digest).
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field

WORDING_VERSION = "2026.1"


def _(text: str) -> str:
    """Mark a string for translation."""
    return text


@dataclass(frozen=True)
class Section:
    """One part of what is shown. `page` groups parts on the tablet; `rows` are event, figure, study."""

    code: str
    page: str
    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, str, str], ...] = field(default=())


PAGES = {
    "about": _("About dry needling"),
    "plan": _("Your plan for today"),
    "risks": _("Risks"),
    "choices": _("Your choices"),
}

LUNG = Section(
    "lung", "risks", _("First: your lung"),
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

MEANINGS = {
    "patient": _("I agree to dry needling today as planned above. I was told what it is, the risks, and what else I could choose. I could ask my questions. I can stop at any time."),
    "guardian": _("I am the parent or guardian named here. I was told what dry needling is, the risks and the alternatives. I agree that this child has dry needling today as planned above. We can stop at any time."),
    "representative": _("I may decide for this person, by the authority named here. I was told what dry needling is, the risks and the alternatives. I agree to it today as planned above, and can withdraw at any time."),
    "interpreter": _("I am an adult. I have put everything said here into the patient's language and back, completely and to the best of my ability."),
    "clinician": _("I explained the treatment, its risks and the alternatives, answered the questions, reviewed the screening and the plan above, and judge that this consent is valid."),
}  # fmt: skip


def plan_section(sites: list[str], needles: str) -> Section:
    return Section("plan", "plan", _("Where we mean to needle"), (needles,), tuple(sites))


def findings_section(words: list[str]) -> Section:
    if not words:
        return Section(
            "findings",
            "plan",
            _("What your answers mean"),
            (_("Your answers gave no reason to change the treatment."),),
        )
    return Section("findings", "plan", _("What your answers mean"), tuple(words))


def people_section(clinician: str, clinic: str) -> Section:
    return Section("people", "plan", _("Who explains and who treats"), (f"{clinician}, {clinic}",))


def sections(
    *, sites: list[str], needles: str, findings: list[str], clinician: str, clinic: str, near_lung: bool, thinner: bool
) -> list[Section]:
    """All that is shown, in order; muscles near the lung bring that risk to the front."""
    rows = (*RISKS.rows, THINNER_ROW) if thinner else RISKS.rows
    risks = Section(RISKS.code, RISKS.page, RISKS.title, RISKS.paragraphs, rows=rows)
    body = [
        ABOUT,
        HOW,
        BENEFIT,
        plan_section(sites, needles),
        findings_section(findings),
        people_section(clinician, clinic),
        risks,
        ALTERNATIVES,
        RIGHTS,
        AFTERCARE,
        PRIVACY,
    ]
    return [LUNG, *body] if near_lung else body


def frozen(parts: list[Section], roles: list[str], language: str = "en") -> dict[str, object]:
    """The words as JSON, with what each signature means."""
    return {
        "language": language,
        "sections": [asdict(part) for part in parts],
        "meanings": {role: MEANINGS[role] for role in roles},
    }


def digest_of(shown: object) -> str:
    """SHA-256 over the words as shown (hex)."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


FIXED = (LUNG, ABOUT, HOW, BENEFIT, RISKS, ALTERNATIVES, RIGHTS, AFTERCARE, PRIVACY)
WORDING_DIGEST = "6f0e0683b62a0395775795b979bbf057115db11784ebaa09235e03c27886006a"


def wording_digest() -> str:
    """Digest of every fixed text, to hold the version to the words."""
    return digest_of([[asdict(part) for part in FIXED], list(THINNER_ROW), MEANINGS])
