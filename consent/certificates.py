"""How the clinic's sealing certificate stands: whose it is, how long it lasts, and when to see to the next one."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import Clinic
from consent.models import SealingCertificate

WARNED = 12 * 7  # days before the end
WEEK = 7


@dataclass(frozen=True)
class CertificateStatus:
    """One certificate today; `days` are those left, below zero once it has expired."""

    row: SealingCertificate
    valid_from: datetime
    self_made: bool
    days: int

    @property
    def expired(self) -> bool:
        return self.row.valid_until <= timezone.now()

    @property
    def is_due(self) -> bool:
        return self.days < WARNED

    @property
    def words(self) -> str:
        if self.expired:
            return _("The sealing certificate has expired. No record can be sealed until there is a new one.")
        if self.days < WEEK:
            return ngettext(
                "The sealing certificate expires in %(count)s day.",
                "The sealing certificate expires in %(count)s days.",
                self.days,
            ) % {"count": self.days}
        weeks = self.days // WEEK
        return ngettext(
            "The sealing certificate expires in %(count)s week.",
            "The sealing certificate expires in %(count)s weeks.",
            weeks,
        ) % {"count": weeks}

    @property
    def fingerprint(self) -> str:
        """In groups of four, to be compared aloud."""
        return " ".join(self.row.fingerprint[at : at + 4] for at in range(0, 64, 4))


def status_of(row: SealingCertificate) -> CertificateStatus:
    certificate = x509.load_pem_x509_certificate(row.pem.encode())
    return CertificateStatus(
        row,
        certificate.not_valid_before_utc,
        certificate.issuer == certificate.subject,
        (row.valid_until - timezone.now()).days,
    )


def certificates(clinic: Clinic) -> list[CertificateStatus]:
    """The newest first: that one seals."""
    return [status_of(row) for row in SealingCertificate.objects.filter(clinic=clinic).order_by("-created_at")]


def current(clinic: Clinic) -> CertificateStatus | None:
    """None before the first record was sealed."""
    row = SealingCertificate.objects.filter(clinic=clinic).order_by("-created_at").first()
    return status_of(row) if row else None
