"""Addresses of the front desk and of the tablet's first and last page."""

from django.urls import path

from clinic.views import calls, patients, phone, sign_in, tablet, visits

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("patients/", patients.patients, name="patients"),
    path("patients/add/", patients.patient_add, name="patient-add"),
    path("patients/<uuid:patient>/", patients.patient, name="patient"),
    path("patients/<uuid:patient>/edit/", patients.patient_edit, name="patient-edit"),
    path("patients/<uuid:patient>/visits/add/", visits.visit_add, name="visit-add"),
    path("visits/<uuid:visit>/", visits.visit, name="visit"),
    path("visits/<uuid:visit>/hand-over/", visits.hand_over, name="hand-over"),
    path("visits/<uuid:visit>/link/", phone.make, name="link-make"),
    path("visits/<uuid:visit>/link/email/", phone.email, name="link-email"),
    path("visits/<uuid:visit>/link/stop/", phone.stop, name="link-stop"),
    path("calls/", calls.waiting, name="calls"),
    path("calls/<uuid:handover>/answer/", calls.answer, name="call-answer"),
    path("tablet/", tablet.tablet, name="tablet"),
    path("tablet/confirm/", tablet.confirm, name="tablet-confirm"),
    path("tablet/return/", tablet.give_back, name="tablet-return"),
    path("tablet/still-here/", tablet.still_here, name="tablet-still-here"),
    path("tablet/done/", tablet.done, name="tablet-done"),
    path("tablet/closed/", tablet.closed, name="tablet-closed"),
    path("tablet/phone/<str:token>/", phone.enter, name="phone"),
]
