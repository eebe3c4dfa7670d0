"""La commission permanente n’attribue que dans l’AE votée ; l’assemblée, comme avant."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from config.socle.transitions import PassageRefuse
from financements.actions.arbitrage.adopter import Signature, adopter
from financements.actions.vote.commission import exiger_l_ae_votee
from financements.actions.vote.voter import Vote, voter
from financements.chiffres.arbitrage.panneau import Panneau
from financements.models import Action, AffectationDeCredits, Decision, Deliberation, Enveloppe, RevisionEnveloppe
from financements.states import Organe
from projets.states import EtatAppel
from tests.financements.arbitrage.fabriques import PetitArbitrage, petit_arbitrage

pytestmark = pytest.mark.django_db

JOUR = date(2016, 6, 13)
VOTE = Vote("CP/2016/12", JOUR, 20, 1, 0, organe=Organe.COMMISSION_PERMANENTE)


def adopte(cp: str, votee_le: date | None) -> PetitArbitrage:
    """27 300,03 € retenus, une AE de trois fois `cp` ; tout dépassement a sa dérogation signée."""
    monde = petit_arbitrage(cp=cp)
    Enveloppe.objects.update(votee_le=votee_le)
    scenario = monde.scenario()
    trop = Panneau(scenario).depassements
    adopter(auteur=monde.pilote, scenario=scenario, signature=Signature("Motif.", "Fonds.", trop) if trop else None)
    return monde


def affecte() -> Decimal | None:
    return AffectationDeCredits.objects.aggregate(somme=Sum("montant"))["somme"]


def refus(monde: PetitArbitrage) -> str:
    with pytest.raises(PassageRefuse) as leve:
        voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE)
    monde.appel.refresh_from_db()
    assert monde.appel.etat == EtatAppel.ARBITRAGE
    ecrits = (Deliberation.objects.filter(scenario__isnull=False), Decision.objects, Action.objects)
    assert [*(un.count() for un in ecrits), affecte()] == [0, 0, 0, None]
    return str(leve.value)


def test_dans_l_ae_votee_le_jour_meme_la_commission_attribue_et_tout_s_affecte():
    monde = adopte("10000.00", JOUR)
    voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE)
    assert affecte() == Decimal("27300.03")


def test_au_dela_de_l_ae_la_derogation_ne_suffit_qu_a_l_assemblee():
    monde = adopte("9000.00", JOUR)
    assert refus(monde) == (
        "Les projets retenus font 27\u202f300,03\u00a0€, et l’autorisation d’engagement (AE) votée au 13/06/2016 est "
        "de 27\u202f000,00\u00a0€\u00a0: 300,03\u00a0€ de trop pour la commission permanente, dérogation ou non. "
        "Votez en assemblée, ou révisez d’abord l’AE."
    )
    voter(auteur=monde.pilote, appel=monde.appel, vote=replace(VOTE, organe=Organe.ASSEMBLEE))
    assert (Action.objects.count(), affecte()) == (2, None)


def test_ce_qui_est_deja_affecte_et_une_revision_d_apres_ne_sont_pas_a_la_commission():
    monde = adopte("10000.00", JOUR)
    enveloppe = Enveloppe.objects.get()
    ailleurs = monde.projets[2].axe  # il lui faut 300,03 € : le surplus est pris sur l’autre axe
    pris = AffectationDeCredits.objects.create(enveloppe=enveloppe, axe=ailleurs, montant="5000.00", motif="M.")
    with pytest.raises(PassageRefuse, match=r"dont 4.699,97.€ déjà pris par ailleurs.: 2.000,00.€ de trop"):
        voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE)
    assert not Action.objects.exists()
    AffectationDeCredits.objects.create(enveloppe=enveloppe, axe=ailleurs, montant=f"-{pris.montant}", motif="M.")
    RevisionEnveloppe.objects.create(
        enveloppe=enveloppe,
        numero=1,
        ae_avant="27300.02",
        ae_apres="30000.00",
        cp_avant={},
        cp_apres={"2016": "1"},
        deliberation=Deliberation.objects.create(reference="D2", adoptee_le=date(2016, 6, 14)),
        motif="Après.",
    )
    with pytest.raises(PassageRefuse, match=r"est de 27.300,02.€.: 0,01.€ de trop"):
        voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE)


@pytest.mark.parametrize(
    ("votee_le", "dit"),
    [(None, "n’a pas de date de vote"), (date(2016, 6, 14), "le 14/06/2016, après la délibération du 13/06/2016")],
)
def test_l_enveloppe_est_votee_au_plus_tard_le_jour_de_la_deliberation(votee_le, dit):
    assert dit in refus(adopte("10000.00", votee_le))


def test_sans_enveloppe_la_commission_n_attribue_rien():
    with pytest.raises(PassageRefuse, match="aucune enveloppe n’est votée"):
        exiger_l_ae_votee(None, JOUR, {})
