"""Les bilans inventés : équilibrés, sans petit effectif ; écrits en lot, sans changer d’état."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from financements.actions.bilans.remplir_la_demonstration import remplir_les_bilans_de_la_demonstration
from financements.demonstration.bilans import BilanDemo
from financements.models import Bilan, CopieDeBilan, LigneDeBilan, SaisieDeBilan
from financements.rules.effectifs import VIDE, refus_de_la_repartition, refus_des_sorties
from tests.financements.fabriques import action_votee
from tests.projets.fabriques import AxeFactory

DEPOSE_LE = datetime(2017, 6, 12, 10, tzinfo=UTC)


@given(st.integers(1, 1000), st.integers(1000, 10**8), st.integers(1, 120), st.integers(1, 100), st.integers(0, 300))
def test_un_bilan_invente_est_equilibre_et_ne_montre_aucun_petit_effectif(numero, cout, reel, part, prevus):
    demo = BilanDemo(numero, cout, max(1, cout * reel // 100), cout * part // 100, prevus)
    lignes = demo.lignes()
    assert all(ligne.prevu >= 0 and ligne.realise >= 0 for ligne in lignes)
    for champ in ("prevu", "realise"):
        cotes = {"charge": 0, "produit": 0}
        for ligne in lignes:
            cotes[ligne.cote] += getattr(ligne, champ)
        assert cotes["charge"] == cotes["produit"]
    effectifs = demo.effectifs()
    total = effectifs["accompagnes"]
    assert all(e.nombre is None or e.nombre == 0 or e.nombre >= 5 for e in effectifs.values())
    par_sexe = [effectifs.get(f"sexe_{sexe}", VIDE) for sexe in ("femmes", "hommes")]
    assert refus_de_la_repartition(total, par_sexe) == ""
    assert refus_des_sorties(total, [e for c, e in effectifs.items() if c.startswith("sortie_")]) == ""


@pytest.mark.django_db
def test_les_bilans_se_remplissent_sans_changer_d_etat(requetes):
    axe = AxeFactory()
    etats = {4: "valide", 41: "depose", 42: "depose", 5: "a_remplir"}
    for numero, etat in etats.items():
        valide = {"cout_reel": Decimal("18000.00"), "valide_le": DEPOSE_LE} if etat == "valide" else {}
        depose = {} if etat == "a_remplir" else {"depose_le": DEPOSE_LE}
        Bilan.objects.create(
            action=action_votee(axe=axe, numero=numero), annee=2016, etat=etat, du_le="2017-06-30", **depose, **valide
        )
    with requetes() as prises:
        remplir_les_bilans_de_la_demonstration(axe.appel)
    assert prises.nombre < 20
    connection.check_constraints()
    assert dict(Bilan.objects.values_list("action__projet__numero", "etat")) == etats | {41: "a_corriger"}
    assert Bilan.objects.get(etat="valide").cout_propose == Decimal("18000.00")
    assert set(CopieDeBilan.objects.values_list("bilan__action__projet__numero", flat=True)) == {4, 41, 42}
    assert set(SaisieDeBilan.objects.values_list("bilan__action__projet__numero", flat=True)) == {41}
    avant = LigneDeBilan.objects.count()
    remplir_les_bilans_de_la_demonstration(axe.appel)
    assert LigneDeBilan.objects.count() == avant
