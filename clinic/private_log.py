"""Keeps secrets out of the log: what people typed, which database errors quote, and the key in the address of a link."""

import logging
import re

from django.db import Error

LINK = re.compile(r"(/tablet/phone/|/tablet/copy/|/join/)[^/\s?]+")


def named(error: Error) -> str:
    """The kind of a database error in the engine's own code (SQLITE_BUSY, 23505) and its constraint, never its words."""
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or "-"
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None) or "-"
    return f"{type(error).__name__} {code}, constraint {constraint}"


class DropDetails(logging.Filter):
    """Replaces a database exception by its kind; leaves other tracebacks, which quote code only."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, Error):
            record.msg = f"{record.msg} [{named(error)}]"
            record.exc_info = record.exc_text = None
        return True


class WithoutKeys(logging.Formatter):
    """Leaves the key out of a link's address, wherever in a message or a traceback it stands."""

    def format(self, record: logging.LogRecord) -> str:
        return LINK.sub(r"\1-", super().format(record))
