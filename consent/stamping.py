"""Time stamps (RFC 3161): from an authority at the moment of sealing, or later over the hash of the sealed file.

An authority that is away never holds a record up: it is sealed without a stamp, and `stamp_of` makes up for it.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from asn1crypto import cms, tsp
from django.conf import settings
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity

from consent.keys import SealingFailed
from consent.seals import ROTTEN

log = logging.getLogger(__name__)

SECONDS = 5  # somebody waits for their record
AWAY = (OSError, ValueError, TypeError, KeyError)  # no answer in time, or one that makes no sense
GIVEN = frozenset({"granted", "granted_with_mods"})

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
    stamper: Any = authority()
    if stamper is None:
        raise StampRefused("no time-stamping authority is set (NEEDLEPOINT_TIME_STAMPS)")
    nonce, question = stamper.request_cms(bytes.fromhex(sha256), "sha256")
    try:
        answer = asyncio.run(stamper.async_request_tsa_response(question))
        status = answer["status"]["status"].native
    except AWAY as error:
        raise StampRefused(f"the authority is away ({type(error).__name__})") from error
    if status not in GIVEN:
        raise StampRefused(f"the authority gave none ({status})")
    try:
        token: bytes = answer["time_stamp_token"].dump()
        answers = info_of(answer["time_stamp_token"])["nonce"].native
    except ROTTEN as error:
        raise StampRefused("the time stamp cannot be read") from error
    if answers != nonce:
        raise StampRefused("the answer is to another question")
    return token, read_stamp(token, sha256)


def info_of(token: Any) -> Any:
    """What a token (a CMS `ContentInfo`) says; ROTTEN where it is something else."""
    info = token["content"]["encap_content_info"]["content"].parsed
    if not isinstance(info, tsp.TSTInfo):
        raise TypeError("not a time stamp")
    return info


def read_stamp(token: bytes, sha256: str) -> datetime:
    """When a detached token says the file with this hash was there; `StampRefused` for another file, a token whose
    signature does not hold, or a rotten one. Whose key signed it is for the reader to judge."""
    try:
        content = cms.ContentInfo.load(token)
        info = info_of(content)
        imprint = info["message_imprint"]
        same = (
            imprint["hash_algorithm"]["algorithm"].native == "sha256"
            and imprint["hashed_message"].native.hex() == sha256
        )
        moment: datetime = info["gen_time"].native
        holds = is_signed(content["content"])
    except ROTTEN as error:
        raise StampRefused("the time stamp cannot be read") from error
    if not same:
        raise StampRefused("the time stamp is for another file")
    if not holds:
        raise StampRefused("the signature of the time stamp does not hold")
    return moment


def is_signed(signed: Any) -> bool:
    """Whether the one signature of a token holds for all that it says, by the certificate that it brings."""
    [signer] = signed["signer_infos"]
    said = signed["encap_content_info"]
    digest = hashlib.new(signer["digest_algorithm"]["algorithm"].native, bytes(said["content"])).digest()
    certificate = extract_certs_for_validation(signed).signer_cert
    return all(validate_sig_integrity(signer, certificate, said["content_type"].native, digest))


def what_is_amiss(token: bytes, sha256: str, moment: datetime) -> str:
    """Why a token that was kept no longer fits its file or the time noted beside it, in words; empty when it does."""
    try:
        return "" if read_stamp(token, sha256) == moment else "the time stamp says another time than is noted"
    except StampRefused as refused:
        return str(refused)
