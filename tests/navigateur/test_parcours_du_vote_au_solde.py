"""Du scénario adopté au solde payé, par les pages seules : pilote, finances et porteur, chacun dans son navigateur.

Les mêmes étapes sur tout un programme : `recette_du_vote_au_solde.py` (`make recette`).
"""

from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from playwright.sync_api import Page, expect

import comptes.planning  # noqa: F401 (enregistre la tâche d’analyse, appelée par son nom)
from comptes.models import Personne
from comptes.states import FormeJuridique
from financements.actions.arbitrage.adopter import adopter
from financements.models import Action, Bilan, Convention, MouvementDEngagement, Notification, Versement
from projets.models import AppelAProjets
from projets.states import EtatAppel, EtatProjet, SensDeLAvis
from tests.comptes.fabriques import AdhesionFactory, CompteBancaireFactory, OrganismeFactory, PersonneFactory
from tests.financements.arbitrage.fabriques import ANNEES, PetitArbitrage, avis_sur, petit_arbitrage
from tests.navigateur import du_vote_au_solde as etapes
from tests.projets.fabriques import ProjetFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("dossier_prive")]
AIDE = "30000.00"  # par an : au-dessus de 23 000 €, une convention est obligatoire


@transaction.atomic
def deux_projets_adoptes() -> tuple[PetitArbitrage, Personne]:
    """Deux projets d’associations, l’un au-dessus du seuil, dans le scénario adopté ; le porteur du premier."""
    monde = petit_arbitrage(cp="100000.00")
    for projet in monde.projets.values():
        projet.etat = EtatProjet.CLASSE
        projet.save(update_fields=["etat"])
    adhesion = AdhesionFactory(
        role="responsable",
        organisme__nom="Les Jardins du Hainaut",
        organisme__forme_juridique=FormeJuridique.ASSOCIATION,
        organisme__courriel="contact@jardins.exemple.fr",
    )
    petite = OrganismeFactory(nom="Lire à Douai", forme_juridique=FormeJuridique.ASSOCIATION)
    axe = monde.projets[1].axe
    for numero, organisme, aide in ((11, adhesion.organisme, AIDE), (12, petite, "2000.00")):
        CompteBancaireFactory(organisme=organisme)
        projet = ProjetFactory(
            axe=axe,
            numero=numero,
            organisme=organisme,
            etat=EtatProjet.INSTRUIT,
            territoires={monde.territoires["VAL"]: "100"},
            budget=dict.fromkeys(ANNEES, (str(Decimal(aide) * 2), aide)),
        )
        avis_sur(projet, SensDeLAvis.FAVORABLE, dict.fromkeys(ANNEES, aide), monde.pilote)
    adopter(auteur=monde.pilote, scenario=monde.scenario("Adopté"))
    return monde, adhesion.personne


def test_du_scenario_adopte_au_solde_paye(entrer, tmp_path):
    monde, porteur = deux_projets_adoptes()
    appel = monde.appel
    pilote, finances, page = entrer(monde.pilote), entrer(PersonneFactory(role="finances")), entrer(porteur)
    etapes.regler_les_versements(finances, appel)
    voter(pilote, appel)
    rien_avant_l_executoire(finances, page, appel)
    notifier(finances)
    conventionner(finances, appel)
    payer_les_avances_de_2016(finances, appel, tmp_path)
    rendre_et_valider_le_bilan(page, pilote, appel)
    etapes.deposer_le_decompte(page, Action.objects.get(projet__numero=11).projet_id, tmp_path)
    liberer_2017(finances, appel)
    payer_le_solde(finances, appel, tmp_path)
    tout_se_retrouve(finances, appel)


def voter(page: Page, appel: AppelAProjets) -> None:
    etapes.voter(page, appel, "Adopté")
    appel.refresh_from_db()
    assert appel.etat == EtatAppel.DELIBERE


def rien_avant_l_executoire(page: Page, du_porteur: Page, appel: AppelAProjets) -> None:
    """Ni bouton pour notifier, ni décision au portail, ni engagement."""
    etapes.ouvrir_la_deliberation(page, appel)
    etapes.rien_ne_se_notifie_encore(page)
    du_porteur.goto("/mes-projets/")
    expect(du_porteur.get_by_text("en instruction").first).to_be_visible()
    expect(du_porteur.get_by_text("retenu", exact=True)).to_have_count(0)
    assert (Notification.objects.count(), MouvementDEngagement.objects.count()) == (0, 0)


def notifier(page: Page) -> None:
    etapes.dater(page)
    etapes.lancer_les_notifications(page, 2)
    etapes.notifiees(page, 2)
    assert Notification.objects.count() == 2
    engagees = set(MouvementDEngagement.objects.values_list("action__projet__numero", flat=True))
    assert engagees == {12}  # l’autre attend sa convention


def conventionner(page: Page, appel: AppelAProjets) -> None:
    """Éditer ce que la loi oblige, puis enregistrer les signatures d’un coup : l’action s’engage."""
    etapes.lancer_les_conventions(page, appel, 1)
    etapes.editees(page, 1)
    etapes.signer_les_conventions(page, 1)
    convention = Convention.objects.get()
    assert (convention.etat, convention.action.projet.numero) == ("signee", 11)
    engage = {action.projet.numero: action for action in Action.objects.all()}
    assert sum(m.montant for m in engage[11].engagements.all()) == Decimal("90000.00")


def payer_les_avances_de_2016(page: Page, appel: AppelAProjets, dossier) -> None:
    """Liquider tout ce qui est prêt, puis relire le retour du progiciel : mandats et paiements."""
    etapes.liquider(page, appel, "exercice=2016", 2)
    liquides = etapes.a_mandater(appel)
    assert [str(montant) for _, montant in liquides] == ["24000.00", "1600.00"]
    etapes.importer_le_retour(page, appel, dossier, liquides)
    assert set(Versement.objects.filter(exercice=2016).values_list("etat", flat=True)) == {"paye"}


def rendre_et_valider_le_bilan(du_porteur: Page, pilote: Page, appel: AppelAProjets) -> None:
    """Le pilote retient le coût réel que donnent les lignes : 50 000 € pour 60 000 € prévus."""
    etapes.ouvrir_les_bilans(pilote, appel)
    projet = Action.objects.get(projet__numero=11).projet_id
    etapes.remplir_le_bilan(du_porteur, projet, depense=50_000, verse=24_000)
    etats = Bilan.objects.order_by("action__projet__numero").values_list("etat", flat=True)
    assert list(etats) == ["depose", "a_remplir"]
    etapes.valider_le_bilan(pilote, appel, 11, 50_000)
    assert Bilan.objects.get(etat="valide").cout_reel == Decimal("50000.00")


def liberer_2017(page: Page, appel: AppelAProjets) -> None:
    """Seule l’action dont le bilan est validé a son avance de 2017 ; l’autre dit ce qui lui manque."""
    page.goto(f"/financements/{appel.slug}/versements/?exercice=2017")
    expect(
        page.get_by_role("row").filter(has_text="Lire à Douai").filter(has_text="bilan de 2016").first
    ).to_be_visible()
    page.goto(f"/financements/{appel.slug}/actions/11/execution/")
    expect(page.get_by_text("2016 : +1 000,00 €")).to_be_visible()  # min(30 000, 50 000 × 50 %) − 24 000
    etapes.verifier_le_decompte(page, appel, 11)
    etapes.liquider(page, appel, "exercice=2017&pret=prets", 2)


def payer_le_solde(page: Page, appel: AppelAProjets, dossier) -> None:
    """Le solde de 2016 et l’avance de 2017, mandatés puis payés au retour du progiciel."""
    liquides = Versement.objects.filter(etat="liquide").order_by("reference")
    assert [(un.nature, un.annee, str(un.montant)) for un in liquides] == [
        ("solde", 2016, "1000.00"),
        ("avance", 2017, "24000.00"),
    ]
    etapes.importer_le_retour(page, appel, dossier, etapes.a_mandater(appel))


def tout_se_retrouve(page: Page, appel: AppelAProjets) -> None:
    """Payé, engagé et reste, à l’écran comme dans la base."""
    payes = Versement.objects.filter(etat="paye").aggregate(somme=Sum("montant"))["somme"]
    assert payes == Decimal("50600.00")
    page.goto(f"/financements/{appel.slug}/suivi/")
    expect(page.get_by_text("50 600,00 €").first).to_be_visible()
