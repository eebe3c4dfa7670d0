"""Ce que le porteur lit des financements : l’aide votée à ses projets, et quoi faire quand il n’a pas d’organisme."""

import re
from decimal import Decimal

import pytest

from comptes.states import Role
from financements.chiffres.votes import votes_des_projets
from projets.models import PieceJointe, Projet
from tests.comptes.fabriques import AdhesionFactory, DemandeEntreeFactory, DocumentFactory, PersonneFactory
from tests.financements.execution.fabriques import bilan, convention, versement
from tests.financements.fabriques import action_votee
from tests.projets.fabriques import AxeFactory, ProjetFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def porteur():
    return PersonneFactory(role=Role.PORTEUR)


def financee(porteur, numero=1, axe=None):
    """Une action votée que porte l’organisme de cette personne."""
    action = action_votee(axe=axe or AxeFactory(), numero=numero, parts={TerritoireFactory(): 100})
    AdhesionFactory(personne=porteur, organisme=action.projet.organisme)
    return action


def texte(reponse) -> str:
    """Le contenu sans balises, espaces insécables compris ramenés à une espace."""
    return " ".join(re.sub("<[^>]+>", " ", reponse.content.decode()).split())


def euros(montant: Decimal) -> str:
    return f"{montant:,.2f}".replace(",", " ").replace(".", ",") + " €"


def test_l_aide_votee_se_lit_sur_la_fiche_et_dans_la_liste(connecter, porteur):
    action = financee(porteur)
    total = sum(tranche.montant for tranche in action.tranches.all())
    assert votes_des_projets([action.projet.pk]) == {action.projet.pk: total}
    navigateur = connecter(porteur)
    fiche = navigateur.get(f"/mes-projets/{action.projet.pk}/").content.decode()
    panneau = re.search(r'<section[^>]*"titre-vote".*?</section>', fiche, re.DOTALL).group()
    lu = " ".join(re.sub("<[^>]+>", " ", panneau).split())
    assert lu.startswith(f"Aide votée {euros(total)}")
    assert f"Délibération {action.deliberation.reference}, adoptée le" in lu
    liste = navigateur.get("/mes-projets/").content.decode()
    assert re.findall(r"<strong\s*>([^<]*€)</strong>", liste.replace("\u202f", " ").replace("\xa0", " ")) == [
        euros(total)
    ]


def test_la_fiche_d_un_projet_vote_coute_peu_de_requetes(connecter, porteur, requetes):
    action = financee(porteur)
    convention(action)
    for annee in (2016, 2017):
        bilan(action, annee)
        versement(action, annee=annee)
    siens = Projet.objects.filter(pk=action.projet.pk)
    siens.update(etat="brouillon")  # ses pièces ne changent plus une fois déposées
    PieceJointe.objects.create(projet=action.projet, document=DocumentFactory(organisme=action.projet.organisme))
    siens.update(etat="retenu")
    navigateur = connecter(porteur)
    with requetes() as prises:
        page = navigateur.get(f"/mes-projets/{action.projet.pk}/")
    titres = re.findall(r'<h2 id="titre-(\w+)"', page.content.decode())
    assert (titres[:4], prises.ecritures) == (["vote", "convention", "bilans", "versements"], [])
    # session, personne, projet et cinq suites, dépôts, histoire, messages, adhésion, avis ; lettres, action et trois
    assert prises.nombre == 17, prises


def test_un_projet_non_finance_n_a_pas_de_panneau(connecter, porteur):
    projet = ProjetFactory(organisme=AdhesionFactory(personne=porteur).organisme)
    navigateur = connecter(porteur)
    assert "Aide votée" not in texte(navigateur.get(f"/mes-projets/{projet.pk}/"))
    assert votes_des_projets([projet.pk]) == {}


def test_la_liste_lit_tous_les_votes_en_une_fois(connecter, porteur, requetes):
    axe = AxeFactory()
    navigateur, nombres = connecter(porteur), []
    for numero in (1, 2, 3):
        financee(porteur, numero, axe)
        with requetes() as prises:
            assert navigateur.get("/mes-projets/").status_code == 200
        nombres.append(prises.nombre)
    assert nombres == [nombres[0]] * 3


def test_sans_organisme_l_accueil_dit_quoi_faire(connecter, porteur):
    page = connecter(porteur).get("/")
    assert "D’abord, votre organisme" in texte(page)
    assert re.findall(r'class="btn btn-primary" href="([^"]+)"', page.content.decode()) == [
        "/mon-organisme/rejoindre/"
    ]


def test_une_demande_en_attente_se_suit_depuis_l_accueil(connecter, porteur):
    DemandeEntreeFactory(personne=porteur)
    page = connecter(porteur).get("/").content.decode()
    assert re.findall(r'class="btn btn-primary" href="([^"]+)"', page) == ["/mon-organisme/"]


def test_avec_un_organisme_l_accueil_n_en_parle_plus(connecter, porteur):
    AdhesionFactory(personne=porteur)
    assert "D’abord, votre organisme" not in texte(connecter(porteur).get("/"))
