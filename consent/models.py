"""Signatures, consents and sealed records; all append-only."""

import uuid
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.append_only import AppendOnly, Scoped
from clinic.models import AuditEvent, Clinic, User, Visit
from clinic.text import check_name, check_text
from consent.name_words import key_of, words_of
from screening.models import Decision, Review


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


class PageRead(AppendOnly):
    """A page of the consent that was shown on the tablet, and in which language."""

    ceremony = models.ForeignKey(Ceremony, models.PROTECT, related_name="pages_read")
    page = models.CharField(max_length=40)
    language = models.CharField(max_length=20, default="en")
    clinic_path = "ceremony__visit__clinic"

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["ceremony", "page", "language"], name="one_reading_per_page_and_language")
        ]


class Withdrawal(AppendOnly):
    """A consent taken back: by whom, when they said so, and what had already been done by then."""

    consent = models.OneToOneField("SealedDocument", models.PROTECT, related_name="withdrawn_by")
    role = models.CharField(max_length=20, choices=SignerRole)
    name = models.TextField(validators=[check_text])
    said_at = models.DateTimeField()
    done = models.TextField(max_length=4000, validators=[check_text])
    words = models.TextField(blank=True, max_length=4000, validators=[check_text])
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    clinic_path = "consent__visit__clinic"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=SignerRole.values), name="withdrawal_role_known")
        ]


class RecordKind(models.TextChoices):
    CONSENT = "consent", _("Consent to dry needling")
    DECISION = "decision", _("Decision record")
    REFUSAL = "refusal", _("Consent not given")
    WITHDRAWAL = "withdrawal", _("Consent withdrawn")


class SealedDocument(AppendOnly):
    """A sealed PDF in the archive, found by its hash. A consent is complete only with its sealed document.

    `previous` is the record that this one supersedes, withdraws or follows on; its hash is printed. `patient_name`,
    `decision`, `decided_by` and `overridden` are as printed, so that records are found without reading the clinic's
    whole history; `patient_key` and `clinician_name` are made of them when the row is saved, to sort by. `frozen` holds the
    audit trail's head ([seq, hash]) and the public address as printed, and what it was drawn with, by which the page can be
    drawn again.
    `stamped_at`: the time of a time stamp inside the file.
    """

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="documents")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="documents")
    review = models.OneToOneField(Review, models.PROTECT, null=True, related_name="document")
    ceremony = models.OneToOneField(Ceremony, models.PROTECT, null=True, related_name="document")
    refusal = models.OneToOneField(Refusal, models.PROTECT, null=True, related_name="document")
    withdrawal = models.OneToOneField(Withdrawal, models.PROTECT, null=True, related_name="document")
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed_by")
    kind = models.CharField(max_length=20, choices=RecordKind)
    number = models.CharField(max_length=20, unique=True)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    unsigned_length = models.PositiveIntegerField()
    certificate = models.ForeignKey(SealingCertificate, models.PROTECT, related_name="documents")
    sealed_at = models.DateTimeField()
    stamped_at = models.DateTimeField(null=True)
    valid_until = models.DateField(null=True)
    patient_name = models.CharField(max_length=120)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    overridden = models.BooleanField(default=False)
    frozen = models.JSONField(default=dict)
    patient_key = models.CharField(max_length=120, default="", editable=False)
    clinician_name = models.CharField(max_length=310, default="", editable=False)
    clinic_path = "clinic"

    class Meta:
        indexes = [
            models.Index(fields=["sealed_at"]),
            models.Index(fields=["clinic", "sealed_at", "id"], name="records_by_time"),
            models.Index(fields=["clinic", "patient_key", "-sealed_at", "-id"], name="records_by_patient"),
            models.Index(fields=["clinic", "clinician_name", "-sealed_at", "-id"], name="records_by_clinician_name"),
            models.Index(fields=["clinic", "decided_by", "-sealed_at", "-id"], name="records_by_clinician"),
            models.Index(fields=["clinic", "decision", "-sealed_at", "-id"], name="records_by_decision"),
            models.Index(fields=["clinic", "kind", "-sealed_at", "-id"], name="records_by_kind"),
            models.Index(fields=["clinic", "overridden", "-sealed_at", "-id"], name="records_by_override"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="consent", review__isnull=False, ceremony__isnull=False, refusal=None, withdrawal=None)
                | models.Q(kind="decision", review__isnull=False, ceremony=None, refusal=None, withdrawal=None)
                | models.Q(kind="refusal", review=None, ceremony=None, refusal__isnull=False, withdrawal=None)
                | models.Q(kind="withdrawal", review=None, ceremony=None, refusal=None, withdrawal__isnull=False)
                & models.Q(previous__isnull=False),
                name="record_has_what_it_is_about",
            ),
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="sha256_is_a_hash"),
        ]

    @property
    def outcome_words(self) -> str:
        """The decision, or that a consent was refused or withdrawn."""
        return str(self.get_decision_display() or self.get_kind_display())

    def save(self, *args: Any, **kwargs: Any) -> None:
        """With the words by which it is found; inside the transaction that puts it on record."""
        self.patient_key, self.clinician_name = key_of(self.patient_name), self.decided_by.printed_name
        super().save(*args, **kwargs)
        words = words_of(self.patient_name, self.number)
        RecordWord.objects.bulk_create([RecordWord(clinic=self.clinic, document=self, word=word) for word in words])


# How PostgreSQL keeps these columns in an index: words so that their beginnings are found whatever the database's collation.
KEY, BEGINNING = "uuid_ops", "varchar_pattern_ops"


class RecordWord(AppendOnly):
    """One word by whose beginning a record is found; read from either end, so both ways have an index."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+", db_index=False)
    document = models.ForeignKey(SealedDocument, models.PROTECT, related_name="words", db_index=False)
    word = models.CharField(max_length=60)

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "word", "document"], name="records_by_word", opclasses=[KEY, BEGINNING, KEY]),
            models.Index(fields=["document", "word"], name="words_of_record", opclasses=[KEY, BEGINNING]),
        ]


class RecordExport(AppendOnly):
    """A record that left in an export; the event says who took it, when and why."""

    document = models.ForeignKey(SealedDocument, models.PROTECT, related_name="exports")
    event = models.ForeignKey(AuditEvent, models.PROTECT, related_name="+")
    clinic_path = "document__clinic"


class TimeStamp(AppendOnly):
    """A time stamp (RFC 3161) over a sealed file's hash that came after the seal, since its authority was away then."""

    document = models.OneToOneField(SealedDocument, models.PROTECT, related_name="time_stamp")
    token = models.BinaryField()
    authority = models.CharField(max_length=200)
    stamped_at = models.DateTimeField()
    clinic_path = "document__clinic"


class CopyLink(models.Model):
    """A link by which a patient gets their copy of a record, after their birth date. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(SealedDocument, models.PROTECT, related_name="copy_links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    emailed_at = models.DateTimeField(null=True)
    wrong_days = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = Scoped.as_manager()
    clinic_path = "document__clinic"
