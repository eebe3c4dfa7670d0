"""Ce que le porteur lit des financements : l’aide votée à ses projets, et quoi faire quand il n’a pas d’organisme."""

import re
from datetime import date
from decimal import Decimal

import pytest

from comptes.states import Role
from financements.chiffres.votes import votes_des_projets
from financements.models import Avenant
from financements.states.execution import EtatBilan, EtatConvention
from projets.models import PieceJointe, Projet
from tests.comptes.fabriques import AdhesionFactory, DemandeEntreeFactory, DocumentFactory, PersonneFactory
from tests.financements.execution.fabriques import bilan, convention, versement
from tests.financements.execution.monde import procedure
from tests.financements.fabriques import action_votee
from tests.projets.fabriques import AxeFactory, ProjetFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
OBSERVATIONS = "vos observations sur une procédure : réduction de l’aide"


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
    sienne = convention(action)
    siens = Projet.objects.filter(pk=action.projet.pk)
    siens.update(etat="brouillon")  # ses pièces ne changent plus une fois déposées
    PieceJointe.objects.create(projet=action.projet, document=DocumentFactory(organisme=action.projet.organisme))
    siens.update(etat="retenu")
    navigateur = connecter(porteur)

    def compter(*annees):
        for annee in annees:
            bilan(action, annee)
            versement(action, annee=annee)
        with requetes() as prises:
            page = navigateur.get(f"/mes-projets/{action.projet.pk}/").content.decode()
        assert re.findall(r'<h2 id="titre-(\w+)"', page)[:4] == ["vote", "convention", "bilans", "versements"]
        assert prises.ecritures == []
        return prises.nombre

    # session, personne, projet et quatre suites, dépôts, histoire, adhésion ; lettres, action et trois
    assert (compter(2016), compter(2017, 2018)) == (15, 15)
    Avenant.objects.create(convention=sienne, numero=1, objet="Renoncé.", etat="abandonne")
    assert compter() == 15
    procedure(action)
    Avenant.objects.create(convention=sienne, numero=2, objet="Six mois de plus.", etat="edite", contenu={})
    assert compter() == 17  # une pour ses procédures, une pour ses avenants, parce qu’il y en a


def test_l_accueil_dit_ce_que_l_on_attend_apres_le_vote(connecter, porteur, requetes):
    axe, navigateur, nombres = AxeFactory(), connecter(porteur), []
    for numero in (1, 2, 3):
        action = financee(porteur, numero, axe)
        bilan(action, 2016, du_le=date(2017, 6, 30))
        bilan(action, 2017, EtatBilan.VALIDE, du_le=date(2018, 6, 30), cout_reel="1.00")
        procedure(action)
        convention(action, EtatConvention.EDITEE)
        with requetes() as prises:
            page = navigateur.get("/")
        nombres.append(prises.nombre)
    assert nombres == [nombres[0]] * 3
    lues = [(un.projet.numero, un.quoi.replace("\xa0", " "), un.est_en_retard) for un in page.context["a_faire"]]
    attendues = (("bilan 2016 à rendre", True), (OBSERVATIONS, False), ("convention à signer", False))
    assert lues == [(numero, quoi, en_retard) for quoi, en_retard in attendues for numero in (1, 2, 3)]
    assert "attendu le 30 juin 2017" in texte(page)
    ailleurs = connecter(PersonneFactory(role=Role.PORTEUR))
    assert ailleurs.get("/").context["a_faire"] == []


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
