"""Les appels, publics : la liste et la page d’un appel."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from projets.states import EtatAppel
from tests.projets.fabriques import AppelFactory, AxeFactory

pytestmark = pytest.mark.django_db


def test_la_liste_montre_tout_sauf_les_brouillons_du_plus_recent_au_plus_ancien(client):
    AppelFactory(slug="ancien", annee_debut=2013, annee_fin=2015)
    AppelFactory(slug="recent", annee_debut=2019, annee_fin=2021, etat=EtatAppel.OUVERT)
    AppelFactory(slug="brouillon", annee_debut=2022, annee_fin=2024, etat=EtatAppel.BROUILLON)
    assert [appel.slug for appel in client.get("/appels/").context["appels"]] == ["recent", "ancien"]


def test_la_liste_vide_le_dit(client):
    assert "Aucun appel à projets pour l’instant" in client.get("/appels/").content.decode()


def test_la_page_donne_axes_calendrier_credits_et_contact(client):
    appel = AppelFactory(
        slug="nord",
        intitule="Insertion 2016-2018",
        presentation="Première ligne.\n\n<b>Deuxième</b>",
        contact="insertion@exemple.fr",
        ouvre_le=datetime(2016, 3, 31, 22, 30, tzinfo=UTC),
        ferme_le=datetime(2016, 4, 29, 15, 0, tzinfo=UTC),
        comite_le=date(2016, 6, 9),
        deliberation_le=date(2016, 6, 27),
    )
    for numero in (2, 1):
        AxeFactory(appel=appel, numero=numero)
    AxeFactory(numero=3)
    reponse = client.get("/appels/nord/")
    page = reponse.content.decode()
    assert [axe.numero for axe in reponse.context["axes"]] == [1, 2]
    assert "<h1>Insertion 2016-2018</h1>" in page
    assert "&lt;b&gt;Deuxième&lt;/b&gt;" in page
    assert 'href="mailto:insertion@exemple.fr"' in page
    # L’heure de Paris, pas celle du serveur : le 31 mars à 22 h 30 UTC est le 1er avril.
    assert [date in page for date in ("1er avril 2016", "31 mars 2016", "17 h 00")] == [True, False, True]
    assert "1\u202f000\u202f000,00\u00a0€" in page
    assert [date in page for date in ("9 juin 2016", "27 juin 2016")] == [True, True]


def test_un_appel_sans_comite_ni_deliberation_dates_n_en_dit_rien(client):
    AppelFactory(slug="nord")
    page = client.get("/appels/nord/").content.decode()
    assert [titre in page for titre in ("Comité de sélection", "Délibération de l’assemblée")] == [False, False]


def test_un_visiteur_trouve_par_ou_entrer_tant_que_l_appel_est_ouvert(client, connecter):
    instant = timezone.now()
    ouvert = {"etat": EtatAppel.OUVERT, "ouvre_le": instant - timedelta(days=1)}
    AppelFactory(slug="ouvert", ferme_le=instant + timedelta(days=1), **ouvert)
    AppelFactory(slug="clos", ferme_le=instant - timedelta(hours=1), **ouvert)
    suite = "?next=/mes-projets/nouveau/%3Fappel%3Douvert"

    def entrees(qui, slug):
        page = qui.get(f"/appels/{slug}/").content.decode()
        return [f'href="{adresse}{suite}"' in page for adresse in ("/inscription/", "/connexion/")]

    assert entrees(client, "ouvert") == [True, True]
    assert entrees(client, "clos") == [False, False]
    assert entrees(connecter("porteur"), "ouvert") == [False, False]
    assert client.get(f"/connexion/{suite}").status_code == 200


@pytest.mark.parametrize("role", [None, "pilote", "administrateur"])
def test_un_brouillon_est_introuvable_pour_tous(client, connecter, role):
    AppelFactory(slug="brouillon", etat=EtatAppel.BROUILLON)
    visiteur = connecter(role) if role else client
    assert visiteur.get("/appels/brouillon/").status_code == 404


def test_autant_de_requetes_pour_un_appel_que_pour_trois(client, requetes):
    comptes = []
    for _ in range(3):
        AppelFactory()
        with requetes() as prises:
            client.get("/appels/")
        comptes.append(prises.nombre)
    assert comptes == [1, 1, 1], prises
