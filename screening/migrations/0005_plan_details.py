from django.db import migrations, models

import clinic.text
from clinic.append_only import protect


class Migration(migrations.Migration):

    dependencies = [
        ("screening", "0004_desk"),
    ]

    operations = [
        migrations.AddField("plannedsite", "needles", models.CharField(blank=True, default="", max_length=20), preserve_default=False),
        migrations.AddField("plannedsite", "technique", models.CharField(blank=True, default="", max_length=120, validators=[clinic.text.check_text]), preserve_default=False),
        migrations.AddField("plannedsite", "number", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("plannedsite", "depth", models.CharField(blank=True, default="", max_length=120, validators=[clinic.text.check_text]), preserve_default=False),
        protect("screening_plannedsite"),
    ]
