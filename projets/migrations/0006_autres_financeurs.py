"""Nommer les financeurs que le Cerfa 12156 distingue : autre département, fonds européen, établissement public."""

from django.db import migrations, models

FINANCEURS = [
    ("etat", "État"),
    ("region", "Région"),
    ("dep", "autre département"),
    ("epci", "intercommunalité"),
    ("commune", "commune"),
    ("caf", "CAF et organismes sociaux"),
    ("fse", "Fonds social européen"),
    ("europe", "autre fonds européen"),
    ("asp", "ASP (emplois aidés)"),
    ("public", "autre établissement public"),
    ("prive", "aides privées"),
    ("autre", "autre"),
]


class Migration(migrations.Migration):
    dependencies = [("projets", "0005_jeton_et_versions")]

    operations = [
        migrations.AlterField(
            model_name="cofinancement",
            name="financeur",
            field=models.CharField(choices=FINANCEURS, max_length=10, verbose_name="financeur"),
        )
    ]
