"""Le chargement du Nord : huit territoires, 648 communes, un relevé inventé et dit tel."""

from datetime import date

import pytest
from django.db.models import Count

from config.socle.models import Journal
from territoires.actions.charger_nord import charger_nord
from territoires.models import Commune, Effectif, ReleveEffectifs, Territoire

pytestmark = pytest.mark.django_db

COMMUNES = {"AVE": 151, "CAM": 116, "DOU": 64, "FLI": 54, "FLM": 57, "MLI": 106, "MRT": 18, "VAL": 82}
EFFECTIFS = {
    "AVE": 12_676, "CAM": 6_615, "DOU": 10_884, "FLI": 2_228, "FLM": 9_384, "MLI": 30_197, "MRT": 25_321,
    "VAL": 18_081,
}  # fmt: skip


def test_les_huit_territoires_ont_leurs_communes_et_leur_contour() -> None:
    charger_nord(auteur=None)
    territoires = Territoire.objects.annotate(nombre=Count("communes"))
    assert {territoire.code: territoire.nombre for territoire in territoires} == COMMUNES
    assert {territoire.est_hypothese for territoire in territoires} == {True}
    assert {territoire.contour["type"] for territoire in territoires} == {"Polygon", "MultiPolygon"}
    assert Commune.objects.get(code_insee="59009").nom == "Villeneuve-d’Ascq"


def test_le_releve_est_date_source_et_marque_fictif() -> None:
    releve = charger_nord(auteur=None)
    assert (releve.observe_le, releve.unite, releve.est_fictif) == (date(2016, 2, 29), "foyers", True)
    assert "inventée" in releve.source
    assert dict(Effectif.objects.values_list("territoire__code", "nombre")) == EFFECTIFS
    assert sum(EFFECTIFS.values()) == 115_386
    assert list(Journal.objects.values_list("acte", "apres")) == [("charger_nord", {"effectifs": EFFECTIFS})]


def test_charger_deux_fois_ne_change_rien_et_garde_les_corrections() -> None:
    charger_nord(auteur=None)
    Territoire.objects.filter(code="VAL").update(nom="Valenciennois corrigé", est_hypothese=False)
    Commune.objects.filter(code_insee="59002").delete()
    avant = list(Effectif.objects.values_list("pk", "nombre"))
    charger_nord(auteur=None)
    assert Territoire.objects.get(code="VAL").nom == "Valenciennois corrigé"
    assert list(Effectif.objects.values_list("pk", "nombre")) == avant
    assert (Territoire.objects.count(), Commune.objects.count(), ReleveEffectifs.objects.count()) == (8, 648, 1)
    assert Journal.objects.count() == 1
