"""Les entreprises ont leur catégorie : là où elles étaient de droit privé, la même imputation les sert encore."""

from typing import Any

from django.db import migrations


def rattacher(apps: Any, _editeur: Any) -> None:
    modele = apps.get_model("financements", "RattachementDImputation")
    prives = modele.objects.filter(categorie="prive").values_list("imputation", "axe")
    modele.objects.bulk_create(
        modele(imputation_id=imputation, axe_id=axe, categorie="entreprise") for imputation, axe in prives
    )


def detacher(apps: Any, _editeur: Any) -> None:
    apps.get_model("financements", "RattachementDImputation").objects.filter(categorie="entreprise").delete()


class Migration(migrations.Migration):
    dependencies = [("financements", "0030_imputer_les_entreprises")]

    operations = [migrations.RunPython(rattacher, detacher)]
