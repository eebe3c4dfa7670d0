"""Deux actes d’argent au même instant : le second attend le premier, puis se juge sur ce qu’il a laissé."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from config.socle.versions import VersionPerimee
from financements.actions.conventions.finir import resilier
from financements.actions.execution.acces import verrouiller_les_credits
from financements.actions.execution.engager import engager_les_actions
from financements.actions.execution.liquider import liquider, liquider_en_lot
from financements.actions.execution.pieces import refuser_une_piece
from financements.actions.execution.reporter import reporter_l_exercice
from financements.models import MouvementDEngagement, PieceDeVersement, ReportDeCredits, Versement
from tests.comptes.fabriques import PersonneFactory
from tests.financements.execution.fabriques import affecter, convention, du, engagees, programme
from tests.fixtures.verrous import attendre_un_verrou, ensemble

pytestmark = pytest.mark.django_db(transaction=True)


def lancer(versement):
    return lambda: liquider(auteur=None, versement=versement, version=versement.version)


def test_deux_liquidations_ne_depassent_pas_les_credits_de_l_exercice():
    une, autre = engagees(2, cp="15000.00", montant="5000.00")
    ReportDeCredits.objects.create(
        enveloppe=une.projet.appel.enveloppe, de=2016, vers=2018, montant=Decimal("10000.00"), motif="Essai"
    )
    issue = ensemble(lancer(du(une)), lancer(du(autre)))
    assert "Les crédits de paiement de 2016 ne laissent que 1\u202f000,00" in issue
    assert Versement.objects.filter(etat="liquide").aggregate(s=Sum("montant"))["s"] == Decimal("4000.00")


def test_un_versement_liquide_deux_fois_a_la_fois_ne_l_est_qu_une():
    (action,) = engagees()
    cles = [du(action).pk]
    appel = action.projet.appel
    rendus = []
    issue = ensemble(
        lambda: liquider_en_lot(auteur=None, appel=appel, cles=cles),
        lambda: rendus.extend(liquider_en_lot(auteur=None, appel=appel, cles=cles)),
    )
    assert (issue, [rendu.manques for rendu in rendus]) == ("fait", [("Le versement est déjà « liquidé ».",)])
    assert du(action).version == 2


def test_une_piece_ne_se_refuse_pas_pendant_que_son_versement_se_liquide():
    (action,) = engagees()
    agent = PersonneFactory(role="finances")
    piece = PieceDeVersement.objects.create(
        versement=du(action), libelle="Décompte", recue_le=timezone.localdate(), verifiee_par=agent
    )
    refuser = lambda: refuser_une_piece(auteur=agent, piece=piece, motif="Illisible.")  # noqa: E731
    assert ensemble(lancer(du(action)), refuser) == "Le versement est déjà liquidé\u00a0: ses pièces ne changent plus."
    piece.refresh_from_db()
    assert (piece.verifiee_par, piece.refus) == (agent, "")


def test_une_liquidation_pendant_la_cloture_se_juge_sur_ce_qu_elle_laisse():
    (action,) = engagees()
    appel = action.projet.appel

    def clore():
        reporter_l_exercice(
            auteur=None, appel=appel, exercice=2016, montant=Decimal("100000.00"), motif="Clôture de 2016"
        )

    with pytest.raises(VersionPerimee):
        ensemble(clore, lancer(du(action)))
    assert du(action).exercice == 2017


def test_deux_engagements_au_meme_instant_n_engagent_qu_une_fois():
    actions = programme(2)
    affecter(actions[0], "60000.00")
    appel, auteur = actions[0].projet.appel, PersonneFactory(role="finances")

    def engager():
        engager_les_actions(auteur=auteur, appel=appel)

    assert ensemble(engager, engager) == "Il n’y a aucune action à engager."
    assert MouvementDEngagement.objects.aggregate(s=Sum("montant"))["s"] == Decimal("60000.00")


def test_resilier_demande_l_enveloppe_avant_les_versements():
    """Dans l’autre ordre, une liquidation qui tient l’enveloppe et résilier s’attendraient l’une l’autre."""
    (action,) = engagees()
    une, auteur = convention(action), PersonneFactory(role="finances")

    def finir():
        try:
            motif, le = "Manquement.", timezone.localdate()
            return resilier(auteur=auteur, convention=une, motif=motif, le=le, version=une.version).etat
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as fil:
        with transaction.atomic():
            verrouiller_les_credits(action.projet.appel)
            issue = fil.submit(finir)
            attendre_un_verrou()
            libres = Versement.objects.select_for_update(nowait=True).filter(action=action)
            assert len(libres) == 6
        assert issue.result(timeout=20) == "resiliee"
