"""Ouvrir les bilans : le prévu figé, les indicateurs, les avis ; jamais deux fois."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from comptes.models import Avis
from config.socle.models import Journal
from financements.actions.bilans.ouvrir import ouvrir_les_bilans, ouvrir_les_bilans_de_l_annee
from financements.models import Bilan, IndicateurDAppel
from projets.models import Saisie
from tests.financements.bilans.scenes import PREVUES, bilan_ouvert, budget, responsable_de
from tests.financements.fabriques import action_votee
from tests.projets.fabriques import AppelFactory, AxeFactory

pytestmark = pytest.mark.django_db


def test_le_prevu_se_fige_du_budget_depose():
    bilan = bilan_ouvert()
    assert (bilan.etat, bilan.du_le, bilan.cout_prevu) == ("a_remplir", date(2017, 6, 30), Decimal("20000.00"))
    lignes = {(li.cote, li.compte, li.rang, li.precision): (li.prevu, li.realise) for li in bilan.lignes.all()}
    assert lignes == {cle: (Decimal(montant), None) for cle, montant in PREVUES.items()}
    bilan.action.projet.lignes_budget.all().delete()
    assert bilan.lignes.count() == len(PREVUES)


def test_sans_budget_detaille_le_prevu_est_l_aide_attribuee():
    bilan = bilan_ouvert(detaille=False)
    (ligne,) = bilan.lignes.all()
    assert (ligne.cote, ligne.compte, ligne.prevu) == ("produit", "74dep", Decimal("10000.00"))


def test_les_indicateurs_de_l_appel_puis_ceux_du_projet():
    action = action_votee(axe=AxeFactory())
    IndicateurDAppel.objects.create(appel=action.projet.appel, ordre=1, libelle="Entretiens", unite="entretiens")
    instant = datetime(2016, 4, 1, tzinfo=UTC)
    for champ, valeur in {
        "indicateur_1_libelle": "Sorties en emploi",
        "indicateur_1_cible": "12,5",
        "indicateur_1_unite": "personnes",
        "indicateur_2_libelle": " ",
        "indicateur_3_libelle": "Satisfaction",
        "indicateur_3_cible": "beaucoup",
        "indicateur_3_unite": "%",
    }.items():
        Saisie.objects.create(projet=action.projet, champ=champ, valeur=valeur, saisie_le=instant)
    ouvrir_les_bilans(annee=2016, auteur=None)
    indicateurs = Bilan.objects.get(action=action).indicateurs.all()
    assert [(i.rang, i.libelle, i.unite, i.est_un_effectif, i.prevu) for i in indicateurs] == [
        (1, "Entretiens", "entretiens", False, None),
        (2, "Sorties en emploi", "personnes", True, Decimal("12.50")),
        (3, "Satisfaction", "%", False, None),
    ]


def test_une_decision_pas_encore_notifiee_ne_se_devine_pas_a_son_bilan():
    ouvert = bilan_ouvert()
    projet, porteur = ouvert.action.projet, responsable_de(ouvert)
    projet.decision_reservee = True
    projet.save(update_fields=["decision_reservee"])
    assert ouvrir_les_bilans(annee=2017, auteur=None, appel=projet.appel) == 0
    assert list(Bilan.objects.visibles_par(porteur)) == []
    projet.decision_reservee = False
    projet.save(update_fields=["decision_reservee"])
    assert ouvrir_les_bilans(annee=2017, auteur=None, appel=projet.appel) == 1
    assert Bilan.objects.visibles_par(porteur).count() == 2


def test_repasser_n_ouvre_rien_et_une_annee_sans_aide_n_a_pas_de_bilan():
    axe = AxeFactory()
    action = action_votee(axe=axe, montants={2016: "10000.00", 2017: "0.00"})
    autre = action_votee(axe=AxeFactory(appel=AppelFactory()))
    assert ouvrir_les_bilans(annee=2016, auteur=None, appel=axe.appel) == 1
    assert ouvrir_les_bilans(annee=2016, auteur=None, appel=axe.appel) == 0
    assert ouvrir_les_bilans(annee=2017, auteur=None, appel=axe.appel) == 0
    assert list(Bilan.objects.values_list("action", "annee")) == [(action.pk, 2016)]
    assert ouvrir_les_bilans(annee=2016, auteur=None) == 1
    assert Bilan.objects.filter(action=autre).count() == 1
    assert list(Journal.objects.filter(acte="ouvrir_le_bilan").values_list("auteur", flat=True)) == [None, None]


def test_ils_s_ouvrent_le_1er_janvier_a_paris():
    action_votee(axe=AxeFactory())
    assert ouvrir_les_bilans_de_l_annee(datetime(2016, 12, 31, 22, 59, tzinfo=UTC)) == 0
    assert ouvrir_les_bilans_de_l_annee(datetime(2016, 12, 31, 23, 0, tzinfo=UTC)) == 1
    assert ouvrir_les_bilans_de_l_annee(datetime(2026, 11, 26, tzinfo=UTC)) == 0


def test_les_membres_de_l_organisme_sont_prevenus():
    bilan = bilan_ouvert()
    membre = responsable_de(bilan)
    bilan.delete()
    ouvrir_les_bilans(annee=2016, auteur=None)
    (avis,) = Avis.objects.all()
    assert avis.personne == membre
    assert avis.texte == f"Le bilan 2016 de « {bilan.action.projet.intitule} » est à rendre pour le 30/06/2017."
    assert avis.lien == f"/mes-projets/{bilan.action.projet_id}/bilan/2016/"


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_d_actions(requetes):
    def ouvrir(nombre):
        axe = AxeFactory(appel=AppelFactory())
        for _ in range(nombre):
            budget(action_votee(axe=axe).projet)
        with requetes() as prises:
            assert ouvrir_les_bilans(annee=2016, auteur=None, appel=axe.appel) == nombre
        return len(prises)

    assert ouvrir(1) == ouvrir(3)
