"""Écrire dans un bilan : fusion champ par champ, petits effectifs jamais gardés, mauvaise personne, mauvais état."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.socle.transitions import PassageRefuse
from financements.actions.bilans.saisir import saisir_le_bilan
from financements.models import EffectifDeBilan, SaisieDeBilan
from projets.rules.fusion import Conflit
from tests.comptes.fabriques import PersonneFactory
from tests.financements.bilans.scenes import bilan_ouvert, deposer, responsable_de

pytestmark = pytest.mark.django_db


def gardees(bilan):
    return dict(SaisieDeBilan.objects.filter(bilan=bilan).values_list("champ", "valeur"))


def test_une_saisie_se_garde_meme_fausse_et_avance_la_version():
    bilan = bilan_ouvert()
    auteur = responsable_de(bilan)
    fait = saisir_le_bilan(auteur=auteur, bilan=bilan, lu={}, saisi={"c_601_2016": "deux mille"})
    assert (fait.ecrits, fait.refuses, fait.conflits, fait.version) == ({"c_601_2016"}, {}, [], 2)
    assert gardees(bilan) == {"c_601_2016": "deux mille"}


@pytest.mark.parametrize("petit", ["1", "4", " 3 ", "03"])
def test_un_effectif_de_1_a_4_ne_se_garde_jamais_en_clair(petit):
    bilan = bilan_ouvert()
    auteur = responsable_de(bilan)
    saisir_le_bilan(auteur=auteur, bilan=bilan, lu={}, saisi={"effectif_sexe_femmes": petit})
    assert gardees(bilan) == {"effectif_sexe_femmes": "< 5"}
    # La page connaît encore ce qu’elle avait envoyé : ce n’est pas un conflit.
    fait = saisir_le_bilan(
        auteur=auteur,
        bilan=bilan,
        lu={"effectif_sexe_femmes": petit},
        saisi={"effectif_sexe_femmes": "12", "realisation": "3"},
    )
    assert fait.conflits == []
    assert gardees(bilan) == {"effectif_sexe_femmes": "12", "realisation": "3"}


def test_un_effectif_illisible_n_est_pas_garde():
    bilan = bilan_ouvert()
    saisi = {"effectif_sexe_femmes": "3 personnes", "realisation": "Fait."}
    fait = saisir_le_bilan(auteur=responsable_de(bilan), bilan=bilan, lu={}, saisi=saisi)
    assert set(fait.refuses) == {"effectif_sexe_femmes"}
    assert gardees(bilan) == {"realisation": "Fait."}


def test_un_texte_demesure_est_refuse_seul():
    bilan = bilan_ouvert()
    saisi = {"realisation": "a" * 20_001, "resultats": "Bien."}
    fait = saisir_le_bilan(auteur=responsable_de(bilan), bilan=bilan, lu={}, saisi=saisi)
    assert (set(fait.refuses), fait.ecrits) == ({"realisation"}, {"resultats"})


def test_le_meme_champ_change_des_deux_cotes_est_un_conflit():
    bilan = bilan_ouvert()
    une, autre = responsable_de(bilan), responsable_de(bilan)
    saisir_le_bilan(auteur=une, bilan=bilan, lu={}, saisi={"realisation": "À moi."})
    fait = saisir_le_bilan(auteur=autre, bilan=bilan, lu={}, saisi={"realisation": "À elle."})
    assert fait.conflits == [Conflit("realisation", "", "À elle.", "À moi.")]
    assert gardees(bilan) == {"realisation": "À moi."}


def test_seul_un_membre_de_l_organisme_ecrit():
    bilan = bilan_ouvert()
    for autre in (PersonneFactory(), PersonneFactory(pilote=True), PersonneFactory(administrateur=True)):
        with pytest.raises(PermissionDenied):
            saisir_le_bilan(auteur=autre, bilan=bilan, lu={}, saisi={"realisation": "Rien."})
    assert gardees(bilan) == {}


def test_un_bilan_depose_ne_se_modifie_plus():
    bilan = bilan_ouvert()
    auteur = responsable_de(bilan)
    deposer(bilan, auteur)
    with pytest.raises(PassageRefuse, match="déposé"):
        saisir_le_bilan(auteur=auteur, bilan=bilan, lu={}, saisi={"realisation": "Autre chose."})


def test_la_base_refuse_un_petit_effectif_quelle_que_soit_la_voie():
    bilan = bilan_ouvert()
    voies = (
        lambda: SaisieDeBilan.objects.create(
            bilan=bilan, champ="effectif_age_26_35", valeur="3", saisie_le=timezone.now()
        ),
        lambda: EffectifDeBilan.objects.create(bilan=bilan, critere="age_26_35", nombre=3),
        lambda: EffectifDeBilan.objects.create(bilan=bilan, critere="age_26_35", nombre=12, marque="< 5"),
    )
    for voie in voies:
        with pytest.raises(IntegrityError), transaction.atomic():
            voie()
