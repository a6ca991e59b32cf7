"""Reads the outside of a PNG without decoding it, and leaves out all but the picture."""

import struct
import zlib
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})  # no text, time, place or profile
BYTES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # to a point, by kind of colour
GREYS, PALETTE = frozenset({0, 4}), 3
LARGEST = 200 * 1024
WIDEST, HIGHEST = 1200, 600


def damaged() -> ValidationError:
    return ValidationError(_("This file is damaged, or not a PNG. Save the picture as PNG again and choose that file."))


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk; every length and checksum has to hold."""
    at = len(SIGNATURE)
    while at < len(data):
        if at + 12 > len(data):
            raise damaged()
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        end = at + 12 + length
        if end > len(data) or zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise damaged()
        yield kind, data[at + 8 : end - 4]
        at = end
        if kind == b"IEND":
            break


def bare(data: bytes) -> bytes:
    """The same picture with nothing beside it; a `ValidationError` says what is wrong with the file."""
    if len(data) > LARGEST:
        raise ValidationError(_("The picture has more than 200 KB. Save it smaller, at most 1200 by 600 points."))
    if not data.startswith(SIGNATURE):
        raise ValidationError(_("This is not a PNG. Save the picture as PNG and choose that file."))
    found = list(chunks(data))
    kinds = [kind for kind, _content in found]
    check_order(kinds)
    check_header(found[0][1], has_palette=b"PLTE" in kinds)
    check_pixels(found[0][1], b"".join(content for kind, content in found if kind == b"IDAT"))
    kept = (kind + content for kind, content in found if kind in KEPT)
    return SIGNATURE + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in kept
    )


def check_order(kinds: list[bytes]) -> None:
    """One header first, one end last, pixels in between and in one piece."""
    ends_well = kinds[:1] == [b"IHDR"] and kinds[-1:] == [b"IEND"] and b"IDAT" in kinds
    once = all(kinds.count(kind) <= 1 for kind in (b"IHDR", b"PLTE", b"tRNS"))
    if not ends_well or not once:
        raise damaged()
    first = kinds.index(b"IDAT")
    pixels = kinds.count(b"IDAT")
    if set(kinds[first : first + pixels]) != {b"IDAT"} or any(b in kinds[first:] for b in (b"PLTE", b"tRNS")):
        raise damaged()
    if any(kind[:1].isupper() and kind not in KEPT for kind in kinds):
        raise damaged()


def check_header(header: bytes, has_palette: bool) -> None:
    if len(header) != 13:
        raise damaged()
    width, height, depth, colour, packing, sieve, interlace = struct.unpack(">IIBBBBB", header)
    palette_fits = has_palette if colour == PALETTE else not (has_palette and colour in GREYS)
    if not width or not height or colour not in BYTES or packing or sieve or not palette_fits:
        raise damaged()
    if width > WIDEST or height > HIGHEST:
        raise ValidationError(
            _("The picture is %(width)s by %(height)s points. Make it at most 1200 wide and 600 high."),
            params={"width": width, "height": height},
        )
    if depth != 8 or interlace:
        raise ValidationError(_("Save the PNG with 8 bits a colour and without interlacing, and choose that file."))


def check_pixels(header: bytes, packed: bytes) -> None:
    """As many bytes come out as the size says, and not one more is unpacked."""
    width, height, _depth, colour = struct.unpack(">IIBB", header[:10])
    line = 1 + width * BYTES[colour]
    try:
        raw = zlib.decompressobj().decompress(packed, line * height + 1)
    except zlib.error:
        raise damaged() from None
    if len(raw) != line * height or max(raw[::line]) > 4:
        raise damaged()
