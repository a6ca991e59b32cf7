"""What happened, in plain words: every action of the audit trail, by its name, and the words for what it says of itself."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

# By the kind of event that the audit page can be narrowed to, in the order in which a visit goes.
KINDS: Mapping[str, tuple[Any, Mapping[str, Any]]] = {
    "people": (_("Signing in and members"), {
        "member.signed_in": _("Signed in"),
        "member.signed_out": _("Signed out"),
        "member.changed_clinic": _("Came over from another clinic"),
        "member.sign_in_refused": _("Sign-in refused"),
        "member.password_refused": _("Wrong password"),
        "member.added": _("Member added"),
        "member.invited": _("Member invited"),
        "member.joined": _("Invitation accepted"),
        "member.changed": _("Member changed"),
        "member.password_changed": _("Password changed"),
        "invitation.made": _("Invitation made"),
        "invitation.ended": _("Invitation ended"),
        "invitation.emailed": _("Invitation sent by email"),
        "member.roles_changed": _("Member’s roles changed"),
        "member.deactivated": _("Member deactivated"),
        "member.reactivated": _("Member taken on again"),
    }),
    "patients": (_("Patients and visits"), {
        "patient.added": _("Patient put on file"),
        "patient.changed": _("Patient’s details changed"),
        "patient.opened": _("Patient’s page opened"),
        "patient.records_listed": _("List of the patient’s records opened"),
        "patient.merged": _("Two files of one patient merged"),
        "patient.entered_in_error": _("Patient marked as entered in error"),
        "patient.separated": _("Merge of two files undone"),
        "patient.error_undone": _("Entered in error: undone"),
        "patient.held": _("Records put on hold"),
        "patient.released": _("Hold on records lifted"),
        "visit.opened": _("Visit opened"),
        "visit.seen": _("Visit’s page opened"),
    }),
    "tablet": (_("Tablet and phone"), {
        "tablet.handed_over": _("Tablet handed to the patient"),
        "tablet.confirmed": _("Patient confirmed who they are"),
        "tablet.returned": _("Tablet came back"),
        "tablet.closed": _("Pages closed by themselves"),
        "tablet.help_called": _("Patient called a member of staff"),
        "tablet.help_answered": _("Call answered"),
        "link.made": _("Link made for the patient’s own phone"),
        "link.emailed": _("Link sent by email"),
        "link.opened": _("Link opened with the right date of birth"),
        "link.birth_date_refused": _("Wrong date of birth given for the link"),
        "link.ended": _("Link ended"),
    }),
    "case": (_("Answers and cases"), {
        "intake.assisted": _("Patient named who helps to answer"),
        "intake.submitted": _("Answers sent"),
        "intake.corrected": _("Answers corrected by a clinician"),
        "screening.made": _("Screened"),
        "case.opened": _("Case opened"),
        "reply.settled": _("Open answers settled"),
        "requirement.met": _("Requirement met"),
        "communication.recorded": _("Interpreter or other help recorded"),
        "representative.recorded": _("Representative recorded"),
        "needles.recorded": _("Needle material recorded"),
        "finding.overridden": _("Finding overridden"),
        "override.second_opinion": _("Second clinician’s opinion"),
        "case.decided": _("Case decided"),
    }),
    "consent": (_("Consent"), {
        "consent.seen": _("Consent’s desk page opened"),
        "consent.opened": _("Consent opened"),
        "consent.question_answered": _("Question about the risks answered"),
        "consent.signed": _("Consent signed"),
        "consent.refused": _("Consent not given"),
        "consent.password_refused": _("Wrong password at signing"),
        "consent.withdrawn": _("Consent withdrawn"),
        "copy.link_made": _("Link made for the patient’s copy"),
        "copy.emailed": _("Link to the copy sent by email"),
        "copy.read": _("Patient opened their copy"),
        "copy.birth_date_refused": _("Wrong date of birth given for the copy"),
        "aftercare.read": _("Aftercare sheet opened"),
    }),
    "records": (_("Sealed records"), {
        "record.sealed": _("Record sealed"),
        "record.opened": _("Record’s page opened"),
        "record.read": _("Record’s PDF opened"),
        "record.verified": _("Record verified"),
        "record.missing": _("Record’s file found missing"),
        "record.damaged": _("Record’s file found damaged"),
        "record.stamped": _("Record time-stamped"),
        "records.exported": _("Records exported"),
        "certificate.added": _("Sealing certificate made"),
    }),
    "clinic": (_("Clinic and overview"), {
        "policy.set": _("Clinical policy changed"),
        "clinic.changed": _("Clinic’s settings changed"),
        "logo.changed": _("Clinic’s logo changed"),
        "retention.opened": _("Retention preview opened"),
        "audit.opened": _("Audit trail opened"),
        "overview.opened": _("Overview opened"),
        "overview.exported": _("Overview’s figures exported"),
    }),
}  # fmt: skip
WORDS: dict[str, Any] = {action: words for _label, actions in KINDS.values() for action, words in actions.items()}

# What the visit's own page tells; there, looking is not part of the story.
STORY = frozenset({
    "visit.opened", *(action for action in WORDS if action.startswith(("tablet.", "link.", "intake."))),
    "case.decided", "consent.opened", "consent.signed", "consent.refused", "consent.withdrawn",
})  # fmt: skip
BECAUSE = {
    "not_me": _("the person said that they are not this patient"),
    "returned": _("given back"),
    "replaced": _("handed over anew"),
    "idle": _("nobody used them"),
    "expired": _("their time was over"),
    "new_link": _("a new link was made"),
    "stopped": _("stopped by staff"),
    "locked": _("five wrong dates of birth"),
    "another_link": _("another patient’s link was opened on the same phone"),
    "merged": _("the patient’s file was merged or set aside"),
}


def words_of(action: str) -> Any:
    """The action in words; one that this version does not know is named as it was written."""
    return WORDS.get(action, action)
