"""Signs a person out everywhere at once."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from clinic.models import User


def end_sessions(user: User) -> int:
    """Delete every sign-in of the person; how many there were. A browser's next request leads to the sign-in page."""
    live = Session.objects.filter(expire_date__gt=timezone.now())
    mine = [row.pk for row in live.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=mine).delete()
    return len(mine)
