"""Après coup : un rejet, une liquidation annulée, une convention finie. Rien ne se paie qui n’est plus dû."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from config.socle.transitions import PassageRefuse
from financements.actions.bilans.revoir import valider_le_bilan
from financements.actions.conventions.finir import constater_la_caducite, resilier
from financements.actions.execution.constater import Retour, constater
from financements.actions.execution.engager import engager_l_action
from financements.actions.execution.liquider import LiquidationRefusee, liquider, revenir_sur_la_liquidation
from financements.actions.execution.modifier import changer_les_montants
from financements.actions.execution.solder import arreter_le_solde
from financements.actions.execution.titres import annuler_un_titre
from financements.chiffres.execution.file import FileDesVersements, Filtre
from financements.imports.echeances import Raison
from financements.models import MouvementDEngagement, ProcedureContradictoire, SoldeArrete, Versement
from financements.states.execution import EtatBilan, NatureDeMouvement, SorteDeProcedure
from tests.comptes.fabriques import PersonneFactory, ResponsableFactory
from tests.financements.conventions.fabriques import votee_ici
from tests.financements.execution.fabriques import (
    affecter,
    bilan,
    convention,
    du,
    engagees,
    payer,
    programme,
    titre,
    versement,
)
from tests.financements.execution.test_procedures import decidee, entendue

pytestmark = pytest.mark.django_db
D = Decimal


def finances():
    return PersonneFactory(role="finances")


def engages(action):
    lignes = MouvementDEngagement.objects.filter(action=action).order_by()
    return {an: somme for an, somme in lignes.values_list("exercice").annotate(Sum("montant")) if somme}


def etats(action, annee=2016):
    lignes = Versement.objects.filter(action=action, annee=annee).order_by("rang")
    return list(lignes.values_list("rang", "montant", "etat"))


def liquide(action, annee=2016, rang=1):
    sien = du(action, annee, rang)
    return liquider(auteur=None, versement=sien, version=sien.version)


def rejete(action):
    sien = liquide(action)
    return constater(auteur=None, versement=sien, retour=Retour("rejeter", motif="RIB clos."), version=sien.version)


def solde(action, cout, annee=2016):
    valide = bilan(action, annee=annee, etat=EtatBilan.VALIDE, cout_reel=D(cout))
    return arreter_le_solde(auteur=None, bilan=valide)


def reduire(action, montants):
    raison = Raison(NatureDeMouvement.REDUCTION, None, "Effectif moindre.")
    changer_les_montants(action=action, montants={an: D(m) for an, m in montants.items()}, raison=raison)


def test_un_versement_rejete_n_est_pas_verse_le_solde_le_ramene_a_ce_qui_est_du():
    (action,) = engagees()
    rejete(action)
    arrete = solde(action, "10000.00")
    assert (arrete.du, arrete.verse, arrete.solde) == (D("5000.00"), D("0.00"), D("5000.00"))
    assert etats(action) == [(1, D("4000.00"), "prevu"), (2, D("1000.00"), "prevu")]
    assert engages(action)[2016] + engages(action)[2017] == D("4000.00") + D("1000.00") + D("8000.00")


def test_une_liquidation_annulee_apres_le_solde_ne_rend_que_ce_qui_est_du():
    (action,) = engagees()
    liquide(action)
    assert solde(action, "10000.00").trop_verse == D("3000.00")
    fait = du(action)
    fait = revenir_sur_la_liquidation(auteur=finances(), versement=fait, version=fait.version)
    assert (fait.montant, fait.etat) == (D("5000.00"), "prevu")
    assert engages(action)[2016] == D("5000.00")
    assert liquide(action).montant == D("5000.00")


def test_un_rejet_apres_le_solde_ne_rend_que_ce_qui_est_du_meme_constate_par_un_fichier():
    une, autre = engagees(2)
    for action in (une, autre):
        liquide(action)
        solde(action, "10000.00")
    fait = du(une)
    retour = Retour("rejeter", motif="RIB clos.")
    fait = constater(auteur=None, versement=fait, retour=retour, version=fait.version)
    assert (fait.montant, fait.etat, engages(une)[2016]) == (D("5000.00"), "prevu", D("5000.00"))
    Versement.objects.filter(pk=du(autre).pk).update(etat="rejete", motif="RIB clos.")
    assert liquide(autre).montant == D("5000.00")


def test_apres_un_trop_verse_les_autres_annees_se_reduisent_encore():
    (action,) = engagees()
    payer(action)
    assert solde(action, "10000.00").trop_verse == D("3000.00")
    reduire(action, {2018: "5000.00"})
    assert engages(action) == {2016: D("8000.00"), 2017: D("8000.00"), 2018: D("6000.00"), 2019: D("1000.00")}


def test_un_retrait_reprend_un_versement_rejete_sans_titre():
    (action,) = engagees()
    rejete(action)
    assert decidee(entendue(action, SorteDeProcedure.RETRAIT, "30000.00"), "30000.00").etat == "decidee"
    assert (etats(action)[0][1:], action.titres.count(), engages(action)) == ((D("0.00"), "annule"), 0, {})


def test_une_suspension_retient_aussi_un_versement_rejete():
    (action,) = engagees()
    rejete(action)
    decidee(entendue(action))
    assert etats(action)[0] == (1, D("8000.00"), "suspendu")
    with pytest.raises(LiquidationRefusee, match="suspendu"):
        liquide(action)


def test_un_mandat_qu_un_titre_reprend_ne_se_rejette_pas_avant_l_annulation_du_titre():
    (action,) = engagees()
    fait = liquide(action)
    emis = Retour("mandater", mandat="M1", mandate_le=date(2016, 9, 12))
    fait = constater(auteur=None, versement=fait, retour=emis, version=fait.version)
    repris, rejet = titre(action, "3000.00"), Retour("rejeter", motif="RIB clos.")
    with pytest.raises(IntegrityError, match="titres de recette"), transaction.atomic():
        constater(auteur=None, versement=fait, retour=rejet, version=fait.version)
    annuler_un_titre(auteur=finances(), titre=repris, version=repris.version)
    assert constater(auteur=None, versement=fait, retour=rejet, version=fait.version).etat == "rejete"


def caduque(action):
    une = convention(action, caduque_le=date(2017, 1, 1))
    return constater_la_caducite(auteur=finances(), convention=une, motif="Jamais commencée.", version=une.version)


def test_la_caducite_annule_un_versement_rejete_et_rien_ne_se_rengage_ensuite():
    (action,) = engagees()
    rejete(action)
    caduque(action)
    assert (etats(action)[0], engages(action)) == ((1, D("8000.00"), "annule"), {})
    reduire(action, {2016: "9000.00"})
    assert (engages(action), Versement.objects.exclude(etat="annule").count()) == ({}, 0)
    with pytest.raises(PassageRefuse, match="caduque"):
        solde(action, "20000.00")


def test_une_convention_caduque_ne_laisse_pas_reliquider_ce_qui_etait_parti():
    (action,) = engagees()
    liquide(action)
    caduque(action)
    fait = du(action)
    fait = revenir_sur_la_liquidation(auteur=finances(), versement=fait, version=fait.version)
    assert (fait.montant, fait.etat, engages(action)) == (D("0.00"), "annule", {})
    reste = versement(action, "100.00", rang=7, reference="V-RESTE")
    with pytest.raises(LiquidationRefusee, match="résiliée ou caduque"):
        liquider(auteur=None, versement=du(action, rang=7), version=reste.version)
    assert FileDesVersements(action.projet.appel, Filtre(pret="est_finie"), finances()).total == (1, D("100.00"))


def test_resiliee_une_convention_ne_paie_que_ce_qu_un_solde_arrete_dit_du():
    (action,) = engagees()
    payer(action)
    une = convention(action)
    resilier(auteur=finances(), convention=une, motif="Manquement.", le=timezone.localdate(), version=une.version)
    assert [etat for _, _, etat in etats(action)] == ["paye", "annule"]
    reduire(action, {2018: "9000.00"})
    assert (engages(action), Versement.objects.exclude(etat="annule").count()) == ({2016: D("8000.00")}, 1)
    solde(action, "19000.00")
    assert etats(action)[2:] == [(3, D("1500.00"), "prevu")]
    assert liquide(action, rang=3).montant == D("1500.00")


def test_une_annee_ramenee_a_rien_a_un_bilan_qui_se_valide():
    (action,) = engagees()
    reduire(action, {2016: "0.00"})
    depose = bilan(action, etat=EtatBilan.DEPOSE, cout_propose=D("100.00"))
    valider_le_bilan(auteur=finances(), bilan=depose, cout_reel=D("100.00"), motif="", version=depose.version)
    assert list(SoldeArrete.objects.values_list("taux", "du", "verse")) == [(D("0.0000"), D("0.00"), D("0.00"))]


def test_une_decision_pas_notifiee_ne_s_engage_pas_et_l_organisme_n_en_voit_rien():
    (action,) = programme()
    affecter(action, "30000.00")
    votee_ici(action, notifiee=False)
    with pytest.raises(PassageRefuse, match="n’est pas notifiée"):
        engager_l_action(auteur=finances(), action=action)
    porteur = ResponsableFactory(organisme=action.projet.organisme).personne
    affecte = versement(action)
    procedure = ProcedureContradictoire.objects.create(
        action=action,
        sorte=SorteDeProcedure.SUSPENSION,
        motif="M",
        engagee_le=date(2016, 1, 1),
        repondre_avant=date(2016, 2, 1),
    )
    for reservee, vus in ((True, ([], [])), (False, ([affecte], [procedure]))):
        action.projet.decision_reservee = reservee
        action.projet.save(update_fields=["decision_reservee"])
        modeles = (Versement, ProcedureContradictoire)
        assert tuple(list(modele.objects.visibles_par(porteur)) for modele in modeles) == vus
