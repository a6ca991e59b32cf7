"""Time stamps (RFC 3161): from an authority at the moment of sealing, or later over the hash of the sealed file.

An authority that is away never holds a record up: it is sealed without a stamp, and `stamp_of` makes up for it.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from asn1crypto import cms, tsp
from django.conf import settings
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper

from consent.keys import SealingFailed

log = logging.getLogger(__name__)

SECONDS = 5  # somebody waits for their record
AWAY = (OSError, ValueError, TypeError, KeyError)  # no answer in time, or one that makes no sense


type_of_sealed = TypeVar("type_of_sealed")


class StampRefused(Exception):
    """The authority gave no time stamp that holds for this file."""


def authority() -> TimeStamper | None:
    """The time-stamping authority of this installation, if it has one."""
    return HTTPTimeStamper(settings.TIME_STAMPS, timeout=SECONDS) if settings.TIME_STAMPS else None


def with_stamp(seal: Callable[[TimeStamper | None], type_of_sealed]) -> type_of_sealed:
    """What `seal` makes with the authority's time stamp, or without one where the authority is away."""
    stamper = authority()
    if stamper is None:
        return seal(None)
    try:
        return seal(stamper)
    except (*AWAY, SealingFailed) as error:
        log.warning("no time stamp now (%s); the record is sealed without one", type(error).__name__)
        return seal(None)


def stamp_of(sha256: str) -> tuple[bytes, datetime]:
    """A detached token (DER) over a file's SHA-256, and its time; `StampRefused` when there is none that holds."""
    stamper = authority()
    if stamper is None:
        raise StampRefused("no time-stamping authority is set (NEEDLEPOINT_TIME_STAMPS)")
    try:
        token: bytes = asyncio.run(stamper.async_timestamp(bytes.fromhex(sha256), "sha256")).dump()
    except AWAY as error:
        raise StampRefused(f"the authority is away ({type(error).__name__})") from error
    return token, read_stamp(token, sha256)


def read_stamp(token: bytes, sha256: str) -> datetime:
    """When a detached token says the file with this hash was there; `StampRefused` for another file or a rotten token."""
    try:
        info: Any = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
        imprint = info["message_imprint"]
        same = imprint["hash_algorithm"]["algorithm"].native == "sha256" and imprint["hashed_message"].native.hex() == sha256
        moment: datetime = info["gen_time"].native
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StampRefused("the time stamp cannot be read") from error
    if not isinstance(info, tsp.TSTInfo) or not same:
        raise StampRefused("the time stamp is for another file")
    return moment
