"""Keeps what people typed out of the log: database errors quote values, and a traceback quotes them too."""

import logging

from django.db import Error


class DropDetails(logging.Filter):
    """Replaces a database exception by its class name and constraint; leaves other tracebacks, which quote code only."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, Error):
            diagnosis = getattr(error.__cause__, "diag", None)
            constraint = getattr(diagnosis, "constraint_name", None) or "-"
            record.msg = f"{record.msg} [{type(error).__name__}, constraint {constraint}]"
            record.exc_info = record.exc_text = None
        return True
