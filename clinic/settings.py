"""The one settings file, and the only place that reads the environment; a wrong value stops the start."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def switch(name: str, default: bool) -> bool:
    """An on/off variable: 1 or 0, nothing else."""
    value = os.environ.get(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}")
    return value == "1"


def number(name: str, default: int, least: int, most: int) -> int:
    """A whole number from the environment, within its limits."""
    value = os.environ.get(name, str(default))
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, not {value!r}")
    return int(value)


def secret(name: str, file: Path) -> str:
    """A secret from the environment, or from a file only we can read, made on the first run."""
    if value := os.environ.get(name):
        return value
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(48))
    return file.read_text()


def database(url: str) -> dict[str, Any]:
    """Django's database settings for DATABASE_URL: empty for the embedded SQLite, or postgres://user:password@host/name."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "needlepoint.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                # FULL: an acknowledged signature survives a power cut. recursive_triggers: REPLACE cannot slip past append-only.
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON;"
                "PRAGMA secure_delete=ON;PRAGMA journal_size_limit=67108864;PRAGMA cache_size=-20000;PRAGMA temp_store=MEMORY;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must be postgres://user:password@host:port/name, or unset for SQLite")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c jit=off"},  # compiling a query takes longer here than any query does
    }


def web_address(name: str, schemes: tuple[str, ...], with_path: bool = False) -> str:
    """An address such as https://intake.example.org from the environment; empty when it is not set."""
    value = os.environ.get(name, "").rstrip("/")
    parts = urlsplit(value)
    path = parts.path if with_path else ""
    whole = parts.scheme in schemes and parts.hostname and value == f"{parts.scheme}://{parts.netloc}{path}"
    if value and not whole:
        kind = "host/path" if with_path else "host, without a path"
        raise ImproperlyConfigured(f"{name} must be {' or '.join(schemes)}://{kind}, not {value!r}")
    return value


def mail(url: str, sender: str) -> dict[str, Any]:
    """Django's mail settings for NEEDLEPOINT_SMTP; empty prints to the console.

    smtps:// is encrypted from the start, smtp:// by STARTTLS; only a server on this machine is spoken to in clear.
    """
    if not url:
        console = "django.core.mail.backends.console.EmailBackend"
        return {"EMAIL_BACKEND": console, "DEFAULT_FROM_EMAIL": sender or "needlepoint@localhost"}
    wrong = ImproperlyConfigured("NEEDLEPOINT_SMTP must be smtp://user:password@host:port, smtps://…, or unset")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in {"smtp", "smtps"} or not host or parts.path.strip("/"):
        raise wrong
    user, here = unquote(parts.username or ""), host in {"localhost", "127.0.0.1", "::1"}
    if "@" not in (sender := sender or user):
        raise ImproperlyConfigured("NEEDLEPOINT_SENDER must be the email address that messages come from")
    usual = 465 if parts.scheme == "smtps" else 25 if here else 587
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": host,
        "EMAIL_PORT": port or usual,
        "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and not here,
        "EMAIL_TIMEOUT": 10,  # seconds: somebody waits at the desk
        "DEFAULT_FROM_EMAIL": sender,
    }


VAR = Path(os.environ.get("NEEDLEPOINT_VAR", BASE_DIR / "var")).resolve()
VAR.mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG = switch("NEEDLEPOINT_DEBUG", default=False)
HTTPS = switch("NEEDLEPOINT_HTTPS", default=False)
SECRET_KEY = secret("NEEDLEPOINT_SECRET_KEY", VAR / "secret-key")
KEY_PASSPHRASE = secret("NEEDLEPOINT_KEY_PASSPHRASE", VAR / "key-passphrase").encode()
ALLOWED_HOSTS = os.environ.get("NEEDLEPOINT_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []

DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""))}
globals().update(mail(os.environ.get("NEEDLEPOINT_SMTP", ""), os.environ.get("NEEDLEPOINT_SENDER", "")))
# How a patient's own phone reaches us; when it is empty, links have the address that the staff use.
PUBLIC_ADDRESS = web_address("NEEDLEPOINT_ADDRESS", ("https",) if HTTPS else ("http", "https"))
# Processes that draw records, for each process that serves; 0 draws in the serving process itself.
RENDERERS = number("NEEDLEPOINT_RENDERERS", min(os.cpu_count() or 1, 4), 0, 64)
# Where sealing keys come from: a function such as consent.keys.from_file, which reads PKCS#12 files of our own.
SEALER = os.environ.get("NEEDLEPOINT_SEALER", "consent.keys.from_file")
# A time-stamping authority (RFC 3161), if there is one.
TIME_STAMPS = web_address("NEEDLEPOINT_TIME_STAMPS", ("http", "https"), with_path=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
INSTALLED_APPS = [
    "clinic",
    "screening",
    "consent",
    "crispy_forms",
    "csp",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "clinic.assets.Collected",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # before the assets: a drawing opened by itself runs nothing either
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.assets.CompressedPages",
    "clinic.access.only_utf8",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "clinic.tablet.TabletMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.access.membership_context",
                "clinic.wishes.context",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "needlepoint"
CRISPY_TEMPLATE_PACK = "needlepoint"
CRISPY_FAIL_SILENTLY = False

AUTH_USER_MODEL = "clinic.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 63072000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if switch("NEEDLEPOINT_BEHIND_PROXY", default=False) else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 300_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "require-trusted-types-for": ["'script'"],
    }
}

LANGUAGE_CODE = "en"
# By their own names. Staff pages are in the first; a patient chooses on the tablet (clinic/languages.py).
LANGUAGES = [("en", "English"), ("es", "Español"), ("zh-hans", "简体中文"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "clinic" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "clinic.assets.Hashed"},
}

# Codes and identifiers only: never what a person typed.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "class": "clinic.private_log.WithoutKeys",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["private"]}},
    "filters": {"private": {"()": "clinic.private_log.DropDetails"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "propagate": True}, "django.server": {"handlers": [], "propagate": True}},
}
