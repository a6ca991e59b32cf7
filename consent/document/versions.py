"""By what a record was made: versions, the clinic's settings, the audit trail's head, the seal's certificate."""

import ctypes
import hashlib
import tomllib
import zlib
from dataclasses import dataclass, fields
from functools import cache
from importlib.metadata import version

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clinic import audit
from clinic.languages import status_words
from clinic.qr import drawn
from consent.models import Ceremony
from screening.models import Screening
from screening.precautions.policy import STRICTER, Policy

SETTINGS = {
    "age_of_majority": lazy("Age of majority: %(value)s years"),
    "majority_basis": lazy("Legal basis of that age: %(value)s"),
    "minimum_age": lazy("Not recommended below %(value)s years"),
    "first_trimester_ends": lazy("Last day of the first trimester: day %(value)s"),
    "consent_valid_days": lazy("A consent is valid for %(value)s days"),
    "additional": lazy("This clinic also asks: %(value)s"),
}
PARTS = (
    "clinic/**/*.py", "clinic/**/*.mo", "screening/**/*.py", "consent/**/*.py", "templates/consent/record*.html",
    "templates/screening/body_*.html", "static/css/record.css", "static/fonts/*.ttf",
)  # fmt: skip
PACKAGES = ("Django", "WeasyPrint", "pydyf", "fonttools")
LIBRARIES = {"libpango-1.0.so.0": "pango_version_string", "libharfbuzz.so.0": "hb_version_string"}


@dataclass(frozen=True)
class Versions:
    """What printed lines and the footer need."""

    software: str
    rules: str
    questionnaire: str
    questionnaire_digest: str
    language: str
    translation: str
    wording: str
    wording_digest: str
    policy: tuple[str, ...]
    audit_seq: int
    audit_hash: str
    certificate: str


@cache
def software_version() -> str:
    data = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(data["project"]["version"])


@cache
def drawn_with() -> str:
    """A digest of all that decides a record's bytes besides its rows: our code, words and fonts, and what draws them."""
    files = [path for part in PARTS for path in sorted(settings.BASE_DIR.glob(part))]
    made = [software_version(), zlib.ZLIB_RUNTIME_VERSION, *map(version, PACKAGES)]
    made += [library_version(*library) for library in LIBRARIES.items()]
    made += [f"{path.relative_to(settings.BASE_DIR)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files]
    return hashlib.sha256("\n".join(made).encode()).hexdigest()[:16]


def library_version(library: str, function: str) -> str:
    """What a library of the system says of itself; nothing where it goes by another name."""
    try:
        tell = getattr(ctypes.CDLL(library), function)
    except (OSError, AttributeError):
        return ""
    tell.restype = ctypes.c_char_p
    told: bytes = tell()
    return told.decode()


def policy_words(policy: Policy) -> tuple[str, ...]:
    """Every setting that is not the default."""
    standard = Policy()
    changed = {
        item.name: getattr(policy, item.name)
        for item in fields(Policy)
        if getattr(policy, item.name) != getattr(standard, item.name)
    }
    return tuple(setting_words(name, value) for name, value in changed.items())


def setting_words(name: str, value: object) -> str:
    if name == "second_clinician":
        return _("No second clinician is asked when a contraindication is overridden")
    if name in STRICTER:
        return _("Stricter than the source: %(rule)s") % {"rule": _(STRICTER[name])}
    if isinstance(value, tuple):
        value = ", ".join(value)
    return str(SETTINGS[name]) % {"value": value}


@dataclass(frozen=True)
class Check:
    """Where anyone can check the record, and the same as a QR code; it names the record and nobody."""

    address: str
    path: str
    size: int


def check_at(number: str, public: str) -> Check | None:
    """`public`: the product's address for the outside; nothing where it has none."""
    if not public:
        return None
    address = f"{public}{reverse('verifying')}?record={number}"
    return Check(address, **drawn(address))


def versions(screening: Screening, ceremony: Ceremony | None, head: audit.Head, certificate: str) -> Versions:
    intake = screening.intake
    return Versions(
        software=software_version(), rules=screening.rules_version, questionnaire=intake.questionnaire_version,
        questionnaire_digest=intake.questionnaire_digest, language=intake.language,
        translation=status_words(intake.language, intake.translation),
        wording=ceremony.wording_version if ceremony else "", wording_digest=ceremony.shown_digest if ceremony else "",
        policy=policy_words(screening.policy.policy) if screening.policy else (),
        audit_seq=head.seq, audit_hash=head.hash, certificate=certificate,
    )  # fmt: skip
