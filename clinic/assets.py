"""How pages and their assets go out: assets under hashed names, pages compressed, every other answer byte for byte."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Collected(StaticFilesConfig):
    """What pages ask for; the fonts of the records and the README's picture stay where they are."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "*.ttf", "*.md", "screens"]


class Hashed(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names with a hash, kept by browsers for good; a plain one where `collectstatic` has not run, so that no page fails."""

    def url(self, name: str, force: bool = False) -> str:
        try:
            hashed: str = super().url(name, force)
        except ValueError:
            return StaticFilesStorage.url(self, name)
        return hashed


class CompressedPages(GZipMiddleware):
    """Pages alone: a sealed record and an export keep their bytes and their exact length."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
