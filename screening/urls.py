"""Addresses of the patient's intake and of the clinician's case."""

from django.urls import path

from screening.views import intake

urlpatterns = [
    path("tablet/intake/", intake.start, name="intake"),
    path("tablet/intake/read/<slug:page>/", intake.read, name="intake-read"),
    path("tablet/intake/check/", intake.check, name="intake-check"),
    path("tablet/intake/submit/", intake.submit, name="intake-submit"),
    path("tablet/intake/<slug:slug>/", intake.page, name="intake-page"),
]
