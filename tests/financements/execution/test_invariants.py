"""Versé ≤ engagé ≤ affecté ≤ AE, mandats de l’année ≤ CP de l’année : la base le tient, quelle que soit la voie."""

from decimal import Decimal

import pytest

from financements.models import CreditAnnuel, Enveloppe, MouvementDEngagement, ReportDeCredits, Tranche, Versement
from financements.states.execution import EtatConvention, EtatVersement, NatureDeMouvement
from tests.financements.execution.fabriques import (
    affecter,
    bilan,
    convention,
    engager,
    programme,
    titre,
    versement,
)
from tests.financements.fabriques import action_votee
from tests.fixtures.contraintes import refuse

pytestmark = pytest.mark.django_db


def mouvement(action, exercice, montant, nature=NatureDeMouvement.REDUCTION):
    return MouvementDEngagement.objects.create(
        action=action, exercice=exercice, montant=Decimal(montant), nature=nature
    )


def test_les_affectations_tiennent_dans_l_ae():
    (action,) = programme()
    affecter(action, "300000.00")
    assert refuse("affecte_au_plus_l_ae", lambda: affecter(action, "0.01"))
    affecter(action, "-100000.00")
    affecter(action, "100000.00")


def test_l_ae_revisee_couvre_les_affectations():
    (action,) = programme()
    affecter(action, "250000.00")

    def reviser():
        CreditAnnuel.objects.filter(annee=2018).update(montant_cp=Decimal("49999.99"))
        Enveloppe.objects.update(montant_ae=Decimal("249999.99"))

    assert refuse("affecte_au_plus_l_ae", reviser)


def test_l_engagement_tient_dans_l_affecte_de_l_axe():
    une, autre = programme(2)
    affecter(une, "30000.00")
    engager(une, {2016: "10000.00", 2017: "10000.00"})
    assert refuse("engage_au_plus_l_affecte", lambda: engager(autre, {2016: "10000.00", 2017: "0.01"}))
    engager(autre, {2016: "10000.00"})
    assert refuse("engage_au_plus_l_affecte", lambda: affecter(une, "-0.01"))


def test_l_engagement_tient_dans_ce_qui_est_attribue():
    (action,) = programme()
    affecter(action, "100000.00")
    assert refuse("engage_au_plus_l_attribue", lambda: engager(action, {2016: "30000.01"}))
    engager(action, {2016: "30000.00"})
    tranches = Tranche.objects.filter(action=action, annee=2018)
    assert refuse("engage_au_plus_l_attribue", lambda: tranches.update(montant=Decimal("9999.99")))
    assert refuse("engage_au_plus_l_attribue", tranches.delete)


def test_rien_ne_s_engage_sans_enveloppe():
    action = action_votee()
    assert refuse("engagement_dans_une_enveloppe", lambda: engager(action, {action.projet.appel.annee_debut: "1.00"}))


def test_les_versements_tiennent_dans_l_engagement_de_l_exercice():
    (action,) = programme()
    engager(action)
    un = versement(action, "10000.00", EtatVersement.LIQUIDE)
    deux = versement(action, "0.01")
    assert refuse(
        "verse_au_plus_l_engage", lambda: Versement.objects.filter(pk=deux.pk).update(etat=EtatVersement.LIQUIDE)
    )
    assert refuse("verse_au_plus_l_engage", lambda: versement(action, "0.01", EtatVersement.PAYE))
    assert refuse("verse_au_plus_l_engage", lambda: mouvement(action, 2016, "-0.01"))
    Versement.objects.filter(pk=un.pk).update(etat=EtatVersement.ANNULE, motif="Erreur.")
    Versement.objects.filter(pk=deux.pk).update(etat=EtatVersement.LIQUIDE)


def test_les_versements_d_un_exercice_tiennent_dans_ses_cp_reports_compris():
    une, autre = programme(2, cp="10000.00", montant="5000.01")
    for action in (une, autre):
        affecter(action, "15000.00")
        engager(action, {2016: "5000.01", 2017: "4999.99"})
    versement(une, "5000.01", EtatVersement.LIQUIDE)
    assert refuse("verse_dans_les_cp", lambda: versement(autre, "5000.00", EtatVersement.LIQUIDE))
    versement(autre, "4999.99", EtatVersement.PAYE)
    enveloppe = Enveloppe.objects.get()
    reporter = ReportDeCredits(enveloppe=enveloppe, de=2016, vers=2017, montant=Decimal("0.01"), motif="Solde.")
    assert refuse("verse_dans_les_cp", reporter.save)
    ReportDeCredits.objects.create(
        enveloppe=enveloppe, de=2017, vers=2018, montant=Decimal("10000.00"), motif="Glissement."
    )
    suivant = versement(une, "0.01", exercice=2017)
    assert refuse(
        "verse_dans_les_cp", lambda: Versement.objects.filter(pk=suivant.pk).update(etat=EtatVersement.LIQUIDE)
    )
    assert refuse(
        "verse_dans_les_cp", lambda: CreditAnnuel.objects.filter(annee=2016).update(montant_cp=Decimal("9999.99"))
    )


def test_on_ne_reprend_pas_plus_qu_on_n_a_verse():
    (action,) = programme()
    engager(action)
    versement(action, "8000.00", EtatVersement.PAYE)
    titre(action, "8000.00")
    assert refuse("titre_au_plus_le_verse", lambda: titre(action, "0.01"))


def test_un_engagement_ne_se_modifie_pas():
    (action,) = programme()
    (premier, *_) = engager(action)
    assert refuse(
        "engagement_ajout_seul", lambda: MouvementDEngagement.objects.filter(pk=premier.pk).update(montant=Decimal(1))
    )
    assert refuse("engagement_ajout_seul", lambda: MouvementDEngagement.objects.filter(pk=premier.pk).delete())
    assert refuse("engagement_initial_unique", lambda: mouvement(action, 2016, "1", NatureDeMouvement.INITIAL))


def test_une_convention_signee_est_figee_et_porte_deux_signatures():
    (action,) = programme()
    signee = convention(action)
    assert refuse("convention_signee_figee", lambda: type(signee).objects.update(contenu={"articles": ["autre"]}))
    autre = programme()[0]
    assert refuse(
        "convention_signee_des_deux", lambda: convention(autre, EtatConvention.SIGNEE, signee_organisme_le=None)
    )


def test_un_bilan_valide_dit_son_cout():
    (action,) = programme()
    assert refuse("bilan_valide_entier", lambda: bilan(action, etat="valide", cout_reel=None))
