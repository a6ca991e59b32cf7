"""A database error is logged by its kind and place; the words that somebody typed stay out of the log."""

import logging
import sys

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from clinic.models import Clinic, User
from clinic.private_log import DropDetails

CANARY = "ZZCANARY-8f3a"


def logged(error: Exception) -> str:
    """What the filter lets through of an error that carries somebody's words."""
    try:
        raise error
    except Exception:
        record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Server Error", None, sys.exc_info())
    assert DropDetails().filter(record)
    return logging.Formatter().format(record)


def test_a_database_error_is_named_without_the_value_it_quotes(db):
    User.objects.create(username=CANARY)
    with pytest.raises(IntegrityError) as clash, transaction.atomic():
        User.objects.create(username=CANARY)
    told = logged(clash.value)
    assert CANARY not in told
    assert ("SQLITE_CONSTRAINT_UNIQUE" if connection.vendor == "sqlite" else "23505") in told


def test_a_statement_with_somebodys_words_stays_out_of_the_log(db):
    with pytest.raises(DatabaseError) as wrong, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT nothing FROM {Clinic._meta.db_table} WHERE '{CANARY}'")
    assert CANARY not in logged(wrong.value)


def test_another_error_keeps_its_traceback():
    assert "Traceback" in logged(ValueError("a mistake in the code"))
