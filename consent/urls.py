"""Addresses of the queue, the consent and the records."""

from django.urls import path

from consent.views import audit, ceremony, copies, dashboard, desk, earlier, records, verifying, withdrawal
from consent.views.home import home, home_rows
from consent.views.recall import recall_list

urlpatterns = [
    path("", home, name="home"),
    path("today/rows/", home_rows, name="home-rows"),
    path("recall/", recall_list, name="recall"),
    path("cases/<uuid:visit>/decide/", desk.decide, name="case-decide"),
    path("cases/<uuid:visit>/reopen/", desk.reopen, name="case-reopen"),
    path("cases/<uuid:visit>/consent/", desk.desk, name="consent-desk"),
    path("cases/<uuid:visit>/consent/open/", desk.open_consent, name="consent-open"),
    path("cases/<uuid:visit>/consent/sign/", desk.sign, name="consent-sign"),
    path("cases/<uuid:visit>/consent/seal/", desk.seal_decision, name="consent-seal"),
    path("tablet/consent/", ceremony.start, name="ceremony"),
    path("tablet/consent/check/", ceremony.check, name="ceremony-check"),
    path("tablet/consent/sign/", ceremony.sign, name="ceremony-sign"),
    path("tablet/consent/question/", ceremony.question, name="ceremony-question"),
    path("tablet/consent/disagree/", ceremony.disagree, name="ceremony-disagree"),
    path("tablet/consent/read/<slug:page>/", ceremony.read, name="ceremony-read"),
    path("overview/", dashboard.overview, name="dashboard"),
    path("overview/export/", dashboard.export, name="dashboard-export"),
    path("audit/", audit.of_clinic, name="audit"),
    path("audit/patients/<uuid:patient>/", audit.of_patient, name="audit-patient"),
    path("audit/records/<uuid:document>/", audit.of_record, name="audit-record"),
    path("records/<uuid:document>/aftercare/", copies.sheet, name="aftercare"),
    path("records/<uuid:document>/copy/", copies.link, name="copy-link"),
    path("records/<uuid:document>/copy/email/", copies.email, name="copy-email"),
    path("records/<uuid:document>/copy/show/", copies.show, name="copy-show"),
    path("tablet/consent/copy/", copies.on_tablet, name="copy-tablet"),
    path("tablet/consent/copy/record.pdf", copies.pdf_on_tablet, name="copy-tablet-pdf"),
    path("tablet/copy/<str:token>/", copies.copy, name="copy"),
    path("verify/", verifying.page, name="verifying"),
    path("verify/hash/", verifying.by_hash, name="verifying-hash"),
    path("records/", records.records, name="records"),
    path("records/export/", records.export_records, name="records-export"),
    path("records/<uuid:document>/", records.record, name="record"),
    path("patients/<uuid:patient>/records/", earlier.patient_records, name="patient-records"),
    path("records/<uuid:document>/record.pdf", records.pdf, name="record-pdf"),
    path("records/<uuid:document>/verify/", records.verify, name="record-verify"),
    path("records/<uuid:document>/withdraw/", withdrawal.withdraw, name="record-withdraw"),
    path("records/<uuid:document>/withdraw/seal/", withdrawal.seal, name="record-withdrawal-seal"),
]
