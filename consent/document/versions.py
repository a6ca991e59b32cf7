"""By what a record was made: versions, the clinic's settings, the audit trail's head, the seal's certificate."""

import tomllib
from dataclasses import dataclass, fields
from functools import cache

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


def check_at(number: str) -> Check | None:
    """Only where the product has an address that the outside can reach."""
    if not settings.PUBLIC_ADDRESS:
        return None
    address = f"{settings.PUBLIC_ADDRESS}{reverse('verifying')}?record={number}"
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
