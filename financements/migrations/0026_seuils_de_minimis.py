"""Les seuils de minimis datés, et les règlements qui les fixent."""

from datetime import date

from django.db import migrations

SEUILS = (
    ("general", date(2014, 1, 1), date(2023, 12, 31), 200_000, False, "Règlement (UE) n° 1407/2013, article 3"),
    ("general", date(2024, 1, 1), None, 300_000, True, "Règlement (UE) 2023/2831, article 3"),
    ("sieg", date(2012, 4, 29), date(2023, 12, 31), 500_000, False, "Règlement (UE) n° 360/2012, article 2"),
    ("sieg", date(2024, 1, 1), None, 750_000, True, "Règlement (UE) 2023/2832, article 3"),
)


def ecrire(apps, schema_editor):
    Seuil = apps.get_model("financements", "SeuilDeMinimis")
    for regime, du, au, plafond, est_glissant, source in SEUILS:
        Seuil.objects.get_or_create(
            regime=regime,
            du=du,
            defaults={"au": au, "plafond": plafond, "est_glissant": est_glissant, "source": source},
        )


def effacer(apps, schema_editor):
    apps.get_model("financements", "SeuilDeMinimis").objects.filter(du__in=[seuil[1] for seuil in SEUILS]).delete()


class Migration(migrations.Migration):
    dependencies = [('financements', '0025_fse_et_de_minimis')]
    operations = [migrations.RunPython(ecrire, effacer)]
