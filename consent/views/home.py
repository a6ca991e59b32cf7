"""The first page after signing in."""

from django.http import HttpResponse
from django.shortcuts import render

from clinic.access import StaffRequest, staff


@staff()
def home(request: StaffRequest) -> HttpResponse:
    return render(request, "consent/home.html")
