"""Addresses of the patient's intake and of the clinician's case."""

from django.urls import path

from screening.views import (
    assistance,
    case,
    case_acts,
    case_correction,
    case_planning,
    guardian,
    intake,
    policy,
    precautions,
    presence,
    try_case,
)

urlpatterns = [
    path("tablet/intake/", intake.start, name="intake"),
    path("tablet/intake/read/<slug:page>/", intake.read, name="intake-read"),
    path("tablet/intake/check/", intake.check, name="intake-check"),
    path("tablet/intake/submit/", intake.submit, name="intake-submit"),
    path("tablet/intake/guardian/", guardian.guardian, name="intake-guardian"),
    path("tablet/intake/guardian/answers/", guardian.answers, name="intake-guardian-answers"),
    path("tablet/intake/help/", assistance.helpers, name="intake-help"),
    path("tablet/intake/help/turn/", assistance.turn_to, name="intake-help-turn"),
    path("tablet/intake/<slug:slug>/", intake.page, name="intake-page"),
    path("clinic/policy/", policy.policy, name="policy"),
    path("cases/<uuid:visit>/", case.case, name="case"),
    path("cases/<uuid:visit>/present/", presence.present, name="case-present"),
    path("cases/<uuid:visit>/settle/", case_acts.settle, name="case-settle"),
    path("cases/<uuid:visit>/plan/", case_planning.plan, name="case-plan"),
    path("cases/<uuid:visit>/plan/preview/", case_planning.look, name="case-plan-preview"),
    path("cases/<uuid:visit>/as-last-time/", case_planning.repeat, name="case-as-last-time"),
    path("cases/<uuid:visit>/resolve/", case_acts.resolve, name="case-resolve"),
    path("cases/<uuid:visit>/record/", case_acts.record, name="case-record"),
    path("cases/<uuid:visit>/override/", case_acts.override, name="case-override"),
    path("cases/<uuid:visit>/second/", case_acts.second, name="case-second"),
    path("cases/<uuid:visit>/correct/<slug:slug>/", case_correction.correct, name="case-correct"),
    path("precautions/", precautions.precautions, name="precautions"),
    path("precautions/additional/", precautions.switch, name="precautions-switch"),
    path("precautions/try/", try_case.try_case, name="try-case"),
]
