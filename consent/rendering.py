"""Has records drawn as PDF: by warm processes of their own, bounded in time, memory and reach, and tried again once."""

import logging
import multiprocessing
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import TimeoutError as TooLong
from types import MappingProxyType

from django.conf import settings
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from consent import drawing
from consent.drawing import Attachment, Drawing, RenderingFailed, Workshop

__all__ = ["Attachment", "RenderingFailed", "render", "warm_up"]

log = logging.getLogger(__name__)

NOTHING: Mapping[str, tuple[bytes, str]] = MappingProxyType({})
PATIENCE = 20.0  # seconds that one record may take, the start of a process included
TRIES = 2
SPAWN = multiprocessing.get_context("spawn")  # a fork would copy the locks of our threads as they stand
RECORDS_EACH = 200  # then a process makes room for a new one, so that nothing can grow for ever
ONE_AT_A_TIME = threading.Lock()  # for drawing here: WeasyPrint's fonts are reused, and not made for threads


class Pool:
    """The drawing processes of this process; begun when first needed, and anew when they had to be given up."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.processes: ProcessPool | None = None

    def schedule(self, wanted: Drawing, seconds: float) -> "ProcessFuture[bytes]":
        with self.lock:
            if self.processes is None or not self.processes.active:
                self.processes = ProcessPool(
                    max_workers=settings.RENDERERS,
                    max_tasks=RECORDS_EACH,
                    initializer=drawing.begin,
                    initargs=[workshop()],
                    context=SPAWN,
                )
            return self.processes.schedule(drawing.draw_within_limits, args=[wanted, workshop()], timeout=seconds)

    def close(self) -> None:
        with self.lock:
            if self.processes:
                self.processes.stop()  # type: ignore[no-untyped-call]
                self.processes.join()
            self.processes = None


POOL = Pool()


def workshop() -> Workshop:
    static = settings.BASE_DIR / "static"
    return Workshop(static / "fonts", static / "css" / "record.css", settings.VAR / "fontconfig")


def render(
    html: str, assets: Mapping[str, tuple[bytes, str]] = NOTHING, attachments: Sequence[Attachment] = (),
    says: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """The PDF of this page, whole; `RenderingFailed` when it cannot be had. `assets`: bytes and media type of what it may
    show, under addresses such as `asset:logo.png`; `attachments`: the data that it carries with it; `says`: words that must
    stand on it."""
    wanted = Drawing(html, dict(assets), tuple(attachments), tuple(says))
    if not settings.RENDERERS:
        with ONE_AT_A_TIME:
            return drawing.draw(wanted, workshop())
    for _ in range(TRIES):
        try:
            pdf: bytes = POOL.schedule(wanted, PATIENCE).result()
        except (TooLong, ProcessExpired, MemoryError, OSError) as lost:
            log.warning("a drawing process was lost (%s)", type(lost).__name__)
        else:
            return pdf
    raise RenderingFailed("the record could not be drawn in time")


def warm_up() -> None:
    """Begin the drawing processes, so that the first record need not wait for them."""
    if settings.RENDERERS:
        for _ in range(settings.RENDERERS):
            POOL.schedule(Drawing(drawing.WARM_UP), PATIENCE)
