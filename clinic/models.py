"""Clinics, the people at work in them, their patients and visits, and the audit trail."""

import datetime
import uuid
import zoneinfo
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.append_only import AppendOnly, Scoped
from clinic.text import check_name, check_text, folded


def check_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("%(value)s is not a time zone such as Australia/Sydney."), params={"value": value})


class Paper(models.TextChoices):
    A4 = "A4", _("A4")
    LETTER = "Letter", _("US Letter")


class Clinic(models.Model):
    """A clinic and what it has set for itself; its clinical policy is a versioned row of its own.

    `technique` is what the clinic says about its own way of needling, shown as its own words. `adult_years` and
    `child_until_age` (years) say how long records are kept, `exports_a_day` how many may leave in exports.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, validators=[check_text])
    address = models.CharField(max_length=240, blank=True, validators=[check_text])
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    technique = models.TextField(blank=True, max_length=2000, validators=[check_text])
    paper = models.CharField(max_length=10, choices=Paper, default=Paper.A4)
    adult_years = models.PositiveSmallIntegerField(default=8)
    child_until_age = models.PositiveSmallIntegerField(default=25)
    exports_a_day = models.PositiveIntegerField(default=5000)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(paper__in=Paper.values), name="paper_known")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def today(self) -> datetime.date:
        """The calendar day at the clinic, by which ages are counted."""
        return timezone.now().astimezone(self.zone).date()


class User(AbstractUser):
    """A member of staff; what they may do is said by their memberships."""

    title = models.CharField(
        max_length=60, blank=True, help_text=_("Profession as printed in records"), validators=[check_text]
    )

    def clinics(self) -> "models.QuerySet[Clinic]":
        return Clinic.objects.filter(memberships__user=self, memberships__active=True).distinct()

    @property
    def printed_name(self) -> str:
        return self.get_full_name() or self.username


class Logo(AppendOnly):
    """A picture (PNG) that stands at the head of a clinic's records; the newest at the time counts, an empty one is none."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="logos")
    png = models.BinaryField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")


class Role(models.TextChoices):
    FRONT_DESK = "front_desk", _("Front desk")
    CLINICIAN = "clinician", _("Clinician")
    ADMIN = "admin", _("Admin")


class Membership(models.Model):
    """One role of one person in one clinic; a person may have several."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "user", "role"], name="one_membership_per_role"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user.printed_name}: {self.role}"


class Invitation(models.Model):
    """A one-time link by which a new member of staff sets their own password. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="invitations")
    user = models.ForeignKey(User, models.PROTECT, related_name="invitations")
    token_sha256 = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = Scoped.as_manager()
    clinic_path = "clinic"


def age_on(day: datetime.date, born: datetime.date) -> int:
    """Completed years; a birthday on 29 February falls on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class Patient(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="patients")
    name = models.CharField(_("Full name"), max_length=120, validators=[check_name])
    born = models.DateField(_("Date of birth"))
    phone = models.CharField(_("Phone"), max_length=40, blank=True, validators=[check_text])
    email = models.EmailField(_("Email"), blank=True)
    language = models.CharField(_("Preferred language"), max_length=60, default="English", validators=[check_text])
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    entered_in_error = models.CharField(max_length=200, blank=True, validators=[check_text])
    name_key = models.CharField(max_length=400, default="", editable=False)  # `folded`, by which the patient is found

    objects = Scoped.as_manager()
    clinic_path = "clinic"

    class Meta:
        indexes = [models.Index(fields=["clinic", "name"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.name_key = folded(self.name)[:400]
        if update_fields is not None:
            update_fields = {*update_fields, "name_key"}
        super().save(*args, update_fields=update_fields, **kwargs)


class LegalHold(AppendOnly):
    """Whether a patient's records must be kept whatever their age; the newest row counts."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="holds")
    holds = models.BooleanField()
    reason = models.CharField(max_length=200, validators=[check_text])
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    clinic_path = "patient__clinic"


class Visit(models.Model):
    """One coming of one patient: its own intake, decision and record.

    `closed_at` is when its newest decision was sealed; it only spares the queue from walking over all that is done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="visits")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="visits")
    clinician = models.ForeignKey(User, models.PROTECT, related_name="visits")
    reason = models.CharField(_("Reason for coming"), max_length=200, validators=[check_text])
    starts_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = Scoped.as_manager()
    clinic_path = "clinic"

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "starts_at"]),
            models.Index(fields=["clinic", "starts_at"], condition=models.Q(closed_at=None), name="open_visits"),
        ]

    def __str__(self) -> str:
        return f"{self.patient}, {self.starts_at:%Y-%m-%d}"


class Purpose(models.TextChoices):
    INTAKE = "intake", _("Intake")
    CONSENT = "consent", _("Consent")


IDLE = datetime.timedelta(minutes=3)


class Handover(models.Model):
    """The time in which a tablet is in a patient's hands; it reaches this visit's patient pages only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="handovers")
    purpose = models.CharField(max_length=20, choices=Purpose)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    own_phone = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    seen_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10, default="en")
    text_size = models.PositiveSmallIntegerField(default=0)
    high_contrast = models.BooleanField(default=False)
    help_wanted_at = models.DateTimeField(null=True)

    objects = Scoped.as_manager()
    clinic_path = "visit__clinic"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=models.Q(ended_at=None), name="one_open_handover_per_visit"
            ),
            models.CheckConstraint(condition=models.Q(purpose__in=Purpose.values), name="handover_purpose_known"),
        ]
        indexes = [
            models.Index(
                fields=["help_wanted_at"], condition=models.Q(help_wanted_at__isnull=False), name="calls_for_help"
            )
        ]

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and timezone.now() < min(self.expires_at, self.seen_at + IDLE)


class IntakeLink(models.Model):
    """A link by which a patient answers on their own phone: good for its day, and for one intake. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    emailed_at = models.DateTimeField(null=True)
    wrong_days = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    objects = Scoped.as_manager()
    clinic_path = "visit__clinic"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit"], condition=models.Q(ended_at=None), name="one_open_link_per_visit")
        ]


class AuditEvent(AppendOnly):
    """One link of a clinic's hash chain; `data` holds ids, hashes and counts, never what a person said."""

    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField()
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    actor_kind = models.CharField(max_length=10)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "seq"], name="one_event_per_seq")]
        indexes = [models.Index(fields=["clinic", "subject"])]
