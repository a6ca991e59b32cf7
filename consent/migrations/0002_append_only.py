"""The database itself refuses to change what is on record."""

from django.db import migrations

from clinic.append_only import protect


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial")]
    operations = [
        protect(
            "consent_sealingcertificate",
            "consent_ceremony",
            "consent_signature",
            "consent_refusal",
            "consent_sealeddocument",
        )
    ]
