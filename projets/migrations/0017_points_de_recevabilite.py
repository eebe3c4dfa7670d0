"""Donne aux appels déjà créés les points de recevabilité d’usage."""

from django.db import migrations
from django.utils import timezone

from projets.rules.recevabilite import points_proposes


def proposer(apps, schema_editor):
    Appel = apps.get_model("projets", "AppelAProjets")
    Point = apps.get_model("projets", "PointDeRecevabilite")
    for appel in Appel.objects.filter(points_de_recevabilite__isnull=True):
        Point.objects.bulk_create(
            Point(appel=appel, ordre=ordre, intitule=point.intitule, aide=point.aide)
            for ordre, point in enumerate(points_proposes(timezone.localdate(appel.ouvre_le)), 1)
        )


def retirer(apps, schema_editor):
    """Rien à défaire : la table part avec la migration précédente."""


class Migration(migrations.Migration):
    dependencies = [("projets", "0016_recevabilite_et_notes")]
    operations = [migrations.RunPython(proposer, retirer)]
