"""Les chiffres du rapport : ceux du scénario adopté, au centime, en un nombre constant de requêtes."""

from datetime import date
from decimal import Decimal

import pytest

from financements.actions.arbitrage.saisir import saisir
from financements.chiffres.arbitrage.totaux import totaux
from financements.chiffres.rapport_assemblee.annexe import LigneDAnnexe, RapportIncoherent
from financements.chiffres.rapport_assemblee.contenu import lire_le_contenu
from financements.chiffres.rapport_assemblee.ecartes import SANS_MOTIF
from financements.chiffres.rapport_assemblee.imputations import LigneDImputation
from financements.chiffres.rapport_assemblee.rapport import ChiffresDuRapport, variables_de
from financements.models import PartDeScenario
from financements.states import Choix
from tests.comptes.fabriques import OrganismeFactory
from tests.financements.arbitrage.fabriques import ANNEES
from tests.financements.arbitrage.saisies import saisie
from tests.financements.rapport_assemblee.fabriques import adopte, imputer, redige
from tests.projets.fabriques import ProjetFactory

pytestmark = pytest.mark.django_db


def test_l_annexe_va_par_axe_puis_territoire_chacun_sa_part(monde):
    imputer(monde, 1, numero_ae="INS")
    annexe = ChiffresDuRapport(adopte(monde)).annexe
    plan = [
        (axe.numero, axe.projets, axe.sous_totaux, [(t.nom, t.sous_totaux) for t in axe.territoires])
        for axe in annexe.axes
    ]
    assert plan == [
        (1, 1, (9_000_00,) * 3, [("Valenciennois", (9_000_00,) * 3)]),
        (2, 1, (100_01,) * 3, [("Douaisis", (66_68,) * 3), ("Valenciennois", (33_33,) * 3)]),
    ]
    assert (annexe.sous_totaux, annexe.total) == ((9_100_01,) * 3, 27_300_03)
    premier, du_douaisis, du_valenciennois = [
        ligne for axe in annexe.axes for territoire in axe.territoires for ligne in territoire.lignes
    ]
    organisme = monde.projets[1].organisme
    assert premier == LigneDAnnexe(
        rang=1,
        reference="AAP16-0001",
        organisme=organisme.nom,
        identifiant=organisme.siret,
        commune="",
        intitule=monde.projets[1].intitule,
        allocataires=monde.projets[1].allocataires_prevus,
        cout=60_000_00,
        demande=30_000_00,
        part=None,
        ailleurs=(),
        montants=(9_000_00,) * 3,
        imputation="9356-561 / 6574 / AE INS",
    )
    assert (du_douaisis.rang, du_douaisis.part_lue, du_douaisis.total, du_douaisis.demande) == (
        2,
        "Part de ce territoire\u00a0: 66,67\u00a0% (aussi\u00a0: Valenciennois)",
        200_04,
        3_000_00,
    )
    assert (du_valenciennois.rang, du_valenciennois.part, du_valenciennois.ailleurs, du_valenciennois.imputation) == (
        3,
        33_33,
        ("Douaisis",),
        "à imputer",
    )


def test_le_tableau_d_imputation_dit_le_solde_le_manque_et_le_deficit(monde):
    imputer(
        monde, 1, dernier_exercice=2017, montant_autorise=Decimal("189361.00"), deja_contracte=Decimal("152361.00")
    )
    imputer(monde, 1, norme="M57", nature="65748", premier_exercice=2018, montant_autorise=Decimal("9000.00"))
    imputer(monde, 2, nature="65734", montant_autorise=Decimal("100.00")).rattachements.update(categorie="commune")
    chiffres = ChiffresDuRapport(adopte(monde))
    tableau = chiffres.tableau
    assert tableau.lignes == [
        LigneDImputation(
            "9356-561 / 6574", "Subventions aux associations (2016-2017)", 189_361_00, 152_361_00, 18_000_00
        ),
        LigneDImputation("9356-562 / 65734", "Subventions aux associations (2016-2018)", 100_00, 0, 0),
        LigneDImputation("9356-561 / 65748", "Subventions aux associations (2018)", 9_000_00, 0, 9_000_00),
    ]
    assert [(ligne.disponible, ligne.solde) for ligne in tableau.lignes] == [
        (37_000_00, 19_000_00),
        (100_00, 100_00),
        (9_000_00, 0),
    ]
    assert tableau.a_imputer == {
        f"L’axe 2 n’a pas d’imputation en {an} pour\u00a0: personne de droit privé.": 100_01 for an in ANNEES
    }
    assert (tableau.total.propose, tableau.insuffisantes) == (27_300_03, [])
    assert chiffres.annexe.axes[0].territoires[0].lignes[0].imputation == (
        "9356-561 / 6574 (2016, 2017) ; 9356-561 / 65748 (2018)"
    )


def test_un_solde_negatif_se_voit(monde):
    imputer(monde, 1, montant_autorise=Decimal("26999.99"))
    tableau = ChiffresDuRapport(adopte(monde)).tableau
    assert [(ligne.code, ligne.solde) for ligne in tableau.insuffisantes] == [("9356-561 / 6574", -1)]


def test_les_ecartes_ont_leur_motif(monde):
    scenario = monde.scenario()
    type(monde.projets[5]).objects.filter(pk=monde.projets[5].pk).update(etat="classe")
    lus = ChiffresDuRapport(scenario).ecartes
    assert [(un.reference, un.demande, un.motif) for un in lus.attente] == [
        ("AAP16-0002", 18_000_00, "Avis réservé\u00a0: Motif.")
    ]
    assert [(un.reference, un.motif) for un in lus.non_retenus] == [
        ("AAP16-0004", "Avis défavorable\u00a0: Motif."),
        ("AAP16-0005", "Projet classé sans suite."),
    ]
    assert lus.sans_motif == 0
    saisir(auteur=monde.pilote, scenario=scenario, saisies=[saisie(monde, scenario, 1, Choix.NON_RETENU, {})])
    lus = ChiffresDuRapport(scenario).ecartes
    assert (lus.non_retenus[0].reference, lus.non_retenus[0].motif, lus.sans_motif) == ("AAP16-0001", SANS_MOTIF, 1)


def test_les_variables_listees_sont_celles_qui_ont_une_valeur(monde):
    valeurs = ChiffresDuRapport(adopte(monde)).valeurs(date(2016, 6, 13))
    assert set(valeurs) == set(variables_de(monde.appel))
    assert valeurs == valeurs | {
        "montant_total": "27\u202f300,03\u00a0€",
        "montant_2017": "9\u202f100,01\u00a0€",
        "montant_axe_2": "300,03\u00a0€",
        "montant_ae": "60\u202f000,00\u00a0€",
        "montant_demande": "33\u202f000,00\u00a0€",
        "nombre_projets": "2",
        "nombre_organismes": "2",
        "nombre_attente": "1",
        "nombre_non_retenus": "2",
        "part_professionnelle": "98,9\u00a0%",
        "date_seance": "13 juin 2016",
    }


def test_une_ligne_qui_manque_au_total_est_dite(monde):
    chiffres = ChiffresDuRapport(adopte(monde))
    cellule = ("VAL", 2016, 1)
    chiffres.__dict__["totaux"] = sommes = totaux(chiffres.scenario)
    sommes.cellules[cellule] += 1
    with pytest.raises(RapportIncoherent):
        _ = chiffres.annexe


def test_autant_de_requetes_pour_deux_projets_que_pour_cinq(monde, requetes):
    imputer(monde, 1)
    scenario = adopte(monde)
    rapport = redige(monde)
    nombres = []
    for ajoutes in (0, 3):
        for rang in range(ajoutes):
            _retenir(monde, scenario, 10 + rang)
        scenario.refresh_from_db()
        with requetes() as prises:
            lu = lire_le_contenu(rapport, scenario)
        nombres.append(prises.nombre)
    assert nombres[0] == nombres[1]
    assert sum(axe.projets for axe in lu.annexe.axes) == 5


def _retenir(monde, scenario, numero: int) -> None:
    """Un projet retenu de plus, malgré l’adoption : seule la lecture est en question."""
    projet = ProjetFactory(
        appel=monde.appel,
        axe=monde.appel.axes.get(numero=1),
        organisme=OrganismeFactory(),
        numero=numero,
        etat="presente",
        territoires={monde.territoires["VAL"]: 100},
        budget={2016: ("2000", "1000")},
    )
    type(scenario).objects.filter(pk=scenario.pk).update(etat="etude", adopte_le=None, repartition=None)
    ligne = scenario.lignes.create(projet=projet, choix=Choix.RETENU)
    PartDeScenario.objects.create(
        ligne=ligne, annee=2016, territoire=monde.territoires["VAL"], montant=Decimal("10.00")
    )
