"""Créer un projet une seule fois ; dire ce qui a changé depuis une version."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projets", "0004_dossier_et_depot")]

    operations = [
        migrations.AddField(
            model_name="projet",
            name="jeton",
            field=models.UUIDField(
                blank=True, editable=False, null=True, unique=True, verbose_name="jeton de création"
            ),
        ),
        migrations.AddField(
            model_name="saisie",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name="version du projet"),
        ),
    ]
