"""Messages by email, in the clinic's name."""

import logging
import smtplib
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage

from clinic.models import Clinic

logger = logging.getLogger(__name__)


class NotSent(Exception):
    """The mail server did not take the message."""


def letter(clinic: Clinic, to: str, subject: str, text: str) -> EmailMessage:
    """A plain message; line breaks in the subject and blanks around the text, as templates leave them, go."""
    sender = formataddr((" ".join(clinic.name.split()), settings.DEFAULT_FROM_EMAIL))
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(" ".join(subject.split()), text.strip() + "\n", sender, [to], headers=headers)


def send(message: EmailMessage) -> None:
    """`NotSent` when it was not taken; it can be tried again."""
    try:
        message.send()
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        logger.warning("a message was not sent: %s", type(error).__name__)  # its words may quote the address
        raise NotSent from error
