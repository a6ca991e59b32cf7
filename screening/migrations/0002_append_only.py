"""The database itself refuses to change what is on record."""

from django.db import migrations

from clinic.append_only import protect


class Migration(migrations.Migration):
    dependencies = [("screening", "0001_initial")]
    operations = [
        protect(
            "screening_clinicpolicy",
            "screening_intake",
            "screening_screening",
            "screening_plannedsite",
            "screening_finding",
            "screening_override",
            "screening_secondopinion",
            "screening_resolution",
            "screening_review",
        )
    ]
