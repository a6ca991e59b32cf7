"""Every address of the product; the other apps are named as strings, so that imports stay downward."""

from django.urls import include, path

urlpatterns = [
    path("", include("consent.urls")),
    path("", include("screening.urls")),
    path("", include("clinic.pages")),
]
