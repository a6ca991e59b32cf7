"""The store of sealed records: every file lies under its own hash, and its hash is checked whenever it is read."""

import hashlib
import re
from pathlib import Path

from django.conf import settings

from consent import durable

HASH = re.compile(r"[0-9a-f]{64}")


class ArchiveMissing(Exception):
    """The archive has no record of this hash."""


class ArchiveDamaged(Exception):
    """The bytes under this hash are not the bytes that were kept; they are never handed out."""


def path_of(sha256: str, root: Path | None = None) -> Path:
    """Where the record of this hash lies, or would lie."""
    if not HASH.fullmatch(sha256):
        raise ArchiveMissing("not a hash")
    return (root or settings.VAR / "records") / sha256[:2] / f"{sha256[2:]}.pdf"


def put(data: bytes, root: Path | None = None) -> str:
    """Keep a record and read it back; when this returns its hash, the record survives a power cut."""
    sha256 = hashlib.sha256(data).hexdigest()
    durable.write(path_of(sha256, root), data, replace=True)
    get(sha256, root)
    return sha256


def get(sha256: str, root: Path | None = None) -> bytes:
    """The record's bytes, exactly as they were kept."""
    try:
        data = path_of(sha256, root).read_bytes()
    except FileNotFoundError:
        raise ArchiveMissing(sha256) from None
    except OSError as error:  # the disk gives it no more: as good as damaged
        raise ArchiveDamaged(sha256) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ArchiveDamaged(sha256)
    return data
