"""Every address of the product; the other apps are named as strings, so that imports stay downward."""

from django.urls import include, path

urlpatterns: list = []
