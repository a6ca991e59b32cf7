"""Signatures, consents and sealed records; all append-only."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.append_only import AppendOnly
from clinic.models import Clinic, User, Visit
from clinic.text import check_name, check_text
from screening.models import Review


class SealingCertificate(AppendOnly):
    """A certificate with which a clinic seals; a seal by any other is not ours."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="certificates")
    fingerprint = models.CharField(max_length=64, unique=True)
    pem = models.TextField()
    valid_until = models.DateTimeField()


class Ceremony(AppendOnly):
    """The signing of one consent: the words exactly as shown, frozen when it is opened."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="ceremonies")
    review = models.ForeignKey(Review, models.PROTECT, related_name="ceremonies")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    wording_version = models.CharField(max_length=20)
    shown = models.JSONField()
    shown_digest = models.CharField(max_length=64)
    roles = models.JSONField()
    clinic_path = "visit__clinic"


class SignerRole(models.TextChoices):
    PATIENT = "patient", _("Patient")
    GUARDIAN = "guardian", _("Parent or guardian")
    REPRESENTATIVE = "representative", _("Representative")
    INTERPRETER = "interpreter", _("Interpreter")
    CLINICIAN = "clinician", _("Clinician")


class Signature(AppendOnly):
    """One person's signature, drawn (strokes in pad coordinates) or typed, with its meaning as shown above the pad."""

    ceremony = models.ForeignKey(Ceremony, models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=20, choices=SignerRole)
    name = models.TextField(validators=[check_text])
    standing = models.TextField(blank=True, validators=[check_text])
    meaning = models.TextField()
    language = models.CharField(max_length=20, default="en")
    strokes = models.JSONField(null=True)
    typed = models.CharField(max_length=120, blank=True, validators=[check_name])
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    clinic_path = "ceremony__visit__clinic"

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["ceremony", "role"], name="one_signature_per_role"),
            models.CheckConstraint(condition=models.Q(role__in=SignerRole.values), name="signer_role_known"),
            models.CheckConstraint(
                condition=models.Q(strokes__isnull=False) ^ ~models.Q(typed=""), name="signature_drawn_or_typed"
            ),
            models.CheckConstraint(
                condition=~models.Q(role="clinician") | models.Q(user__isnull=False), name="clinician_signs_signed_in"
            ),
        ]


class Comprehension(AppendOnly):
    """One answer to a question about today's real risks; a wrong one is explained again and told to the clinician."""

    ceremony = models.ForeignKey(Ceremony, models.PROTECT, related_name="comprehension")
    code = models.CharField(max_length=40)
    attempt = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=20, default="en")
    asked = models.TextField()
    said = models.TextField()
    right = models.BooleanField()
    clinic_path = "ceremony__visit__clinic"

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["ceremony", "code", "attempt"], name="one_answer_per_attempt")
        ]


class Refusal(AppendOnly):
    """Somebody who was asked to sign said no, in their own words if they wished; nobody is asked again in this ceremony."""

    ceremony = models.OneToOneField(Ceremony, models.PROTECT, related_name="refusal")
    role = models.CharField(max_length=20, choices=SignerRole)
    words = models.TextField(blank=True, max_length=4000, validators=[check_text])
    clinic_path = "ceremony__visit__clinic"


class RecordKind(models.TextChoices):
    CONSENT = "consent", _("Consent to dry needling")
    DECISION = "decision", _("Decision record")


class SealedDocument(AppendOnly):
    """A sealed PDF in the archive, found by its hash. A consent is complete only with its sealed document."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="documents")
    review = models.OneToOneField(Review, models.PROTECT, related_name="document")
    ceremony = models.OneToOneField(Ceremony, models.PROTECT, null=True, related_name="document")
    kind = models.CharField(max_length=20, choices=RecordKind)
    number = models.CharField(max_length=20, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    unsigned_length = models.PositiveIntegerField()
    certificate = models.ForeignKey(SealingCertificate, models.PROTECT, related_name="documents")
    sealed_at = models.DateTimeField()
    valid_until = models.DateField(null=True)
    clinic_path = "visit__clinic"

    class Meta:
        indexes = [models.Index(fields=["sealed_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="consent", ceremony__isnull=False) | models.Q(kind="decision", ceremony=None),
                name="consent_has_its_ceremony",
            ),
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="sha256_is_a_hash"),
        ]
