"""Les écrans des imputations : lire, régler, se faire refuser, supprimer."""

from decimal import Decimal

import pytest

from financements.models import Imputation
from tests.financements.arbitrage.pages import texte
from tests.financements.fabriques import ImputationFactory, action_votee
from tests.projets.fabriques import AppelFactory, AxeFactory

pytestmark = pytest.mark.django_db
ICI = "/financements/nord/imputations/"
ENVOI = {
    "norme": "M52",
    "chapitre": "9356",
    "fonction": "564",
    "nature": "6574",
    "numero_ae": "",
    "libelle": "Associations",
    "gestionnaire": "",
    "premier_exercice": "2016",
    "dernier_exercice": "2018",
    "montant_autorise": "189 361,50",
    "deja_contracte": "0",
    "rattachements": ["1:prive", "1:ccas"],
}


@pytest.fixture
def axe(db):
    return AxeFactory(appel=AppelFactory(slug="nord"), numero=1)


def test_ajouter_modifier_supprimer(axe, connecter):
    client = connecter("finances")
    assert client.post(f"{ICI}ajouter/", ENVOI).url == ICI
    imputation = Imputation.objects.get()
    assert imputation.montant_autorise == Decimal("189361.50")
    page = texte(client.get(ICI))
    assert "9356-564 / 6574 M52, Associations 189 361,50 € 0,00 € 189 361,50 € 2016-2018" in page
    modifiee = {**ENVOI, "libelle": "Associations d’insertion", "rattachements": ["1:prive"]}
    assert client.post(f"{ICI}{imputation.pk}/", {**modifiee, "version": 1}).url == ICI
    assert list(imputation.rattachements.values_list("categorie", flat=True)) == ["prive"]
    reponse = client.post(f"{ICI}{imputation.pk}/", {**ENVOI, "libelle": "Tardif", "version": 1})
    assert "Quelqu’un vient de modifier cette imputation : 9356-564 / 6574, Associations d’insertion." in texte(
        reponse
    )
    assert 'value="Tardif"' in reponse.content.decode()
    assert "n’auront plus d’imputation de 2016-2018" in texte(client.get(f"{ICI}{imputation.pk}/supprimer/"))
    assert client.post(f"{ICI}{imputation.pk}/supprimer/").url == ICI
    assert not Imputation.objects.exists()


def test_une_saisie_refusee_garde_ce_qui_est_tape_et_dit_le_champ(axe, connecter):
    client = connecter("pilote")
    reponse = client.post(f"{ICI}ajouter/", {**ENVOI, "chapitre": "abc", "montant_autorise": "-1"})
    page = reponse.content.decode()
    assert "Il faut un montant" in texte(reponse)
    assert 'value="abc"' in page
    assert page.count("checked") == 2
    sans = {nom: valeur for nom, valeur in ENVOI.items() if nom != "rattachements"}
    reponse = client.post(f"{ICI}ajouter/", sans)
    assert 'href="#id_rattachements"' in reponse.content.decode()
    assert 'id="id_rattachements"' in reponse.content.decode()
    assert not Imputation.objects.exists()


def test_une_imputation_utilisee_le_dit_et_ne_se_supprime_pas(axe, connecter):
    client = connecter("pilote")
    client.post(f"{ICI}ajouter/", ENVOI)
    imputation = Imputation.objects.get()
    action_votee(axe=axe)
    page = client.get(f"{ICI}{imputation.pk}/")
    assert "son code ne change plus" in texte(page)
    assert "supprimer/" not in page.content.decode()
    assert "ne se supprime plus" in texte(client.post(f"{ICI}{imputation.pk}/supprimer/", follow=True))


def test_la_lecture_lit_sans_liens_de_reglage(axe, connecter):
    ImputationFactory(appel=axe.appel)
    page = connecter("lecture").get(ICI).content.decode()
    assert "Imputations budgétaires" in page
    assert "ajouter/" not in page


def test_la_liste_fait_autant_de_requetes_pour_une_ligne_que_pour_trois(axe, connecter, requetes):
    client = connecter("pilote")
    client.get(ICI)
    nombres = []
    for annees in ([2016], [2017, 2018]):
        for annee in annees:
            une = ImputationFactory(appel=axe.appel, premier_exercice=annee, dernier_exercice=annee)
            une.rattachements.create(axe=axe, categorie="prive")
            action_votee(axe=axe)
        with requetes() as prises:
            client.get(ICI)
        nombres.append(prises.nombre)
    assert nombres[0] == nombres[1]
