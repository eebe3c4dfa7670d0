"""Entrer, sortir, et ce que la page de connexion montre ou tait."""

import pytest
from django.test import Client

from comptes.demonstration import COMPTES_D_ESSAI
from tests.comptes.fabriques import MOT_DE_PASSE, AdhesionFactory, PersonneFactory

pytestmark = pytest.mark.django_db


def entrer(client: Client, email: str, mot_de_passe: str = MOT_DE_PASSE, suite: str = ""):
    return client.post(f"/connexion/?next={suite}", {"login": email, "password": mot_de_passe, "next": suite})


def test_sans_connexion_une_page_renvoie_a_la_connexion_puis_y_ramene(client):
    PersonneFactory(email="p@exemple.fr")
    reponse = client.get("/mon-compte/")
    assert (reponse.status_code, reponse.url) == (302, "/connexion/?next=/mon-compte/")
    reponse = entrer(client, "p@exemple.fr", suite="/mon-compte/")
    assert (reponse.status_code, reponse.url) == (302, "/mon-compte/")
    assert client.get("/mon-compte/").status_code == 200


def test_apres_la_connexion_on_arrive_a_l_accueil(client):
    AdhesionFactory(personne__email="p@exemple.fr")
    assert entrer(client, "p@exemple.fr").url == "/"


def test_l_adresse_se_tape_avec_ou_sans_majuscules(client):
    PersonneFactory(email="p@exemple.fr")
    assert entrer(client, " P@Exemple.FR ").status_code == 302


def test_la_suite_ne_mene_pas_a_un_autre_site(client):
    PersonneFactory(email="p@exemple.fr", pilote=True)
    assert entrer(client, "p@exemple.fr", suite="https://ailleurs.exemple/").url == "/"


def test_un_compte_inconnu_et_un_mot_de_passe_faux_se_disent_pareil(client):
    PersonneFactory(email="p@exemple.fr")
    faux = entrer(client, "p@exemple.fr", "faux-mot-de-passe").context["form"].non_field_errors()
    inconnu = entrer(client, "x@exemple.fr", "faux-mot-de-passe").context["form"].non_field_errors()
    assert faux == inconnu == ["L’adresse e-mail ou le mot de passe sont incorrects."]


def test_un_compte_ferme_n_entre_pas(client):
    PersonneFactory(email="p@exemple.fr", is_active=False)
    assert entrer(client, "p@exemple.fr").url == "/compte-ferme/"
    assert client.get("/mon-compte/").status_code == 302


def test_fermer_un_compte_arrete_ses_sessions_ouvertes(client):
    personne = PersonneFactory()
    client.force_login(personne)
    assert client.get("/mon-compte/").status_code == 200
    personne.is_active = False
    personne.save()
    assert client.get("/mon-compte/").status_code == 302


def test_cinq_essais_manques_bloquent_meme_le_bon_mot_de_passe(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "essai"}}
    PersonneFactory(email="bloque@exemple.fr")
    for _ in range(5):
        entrer(client, "bloque@exemple.fr", "faux-mot-de-passe")
    reponse = entrer(client, "bloque@exemple.fr")
    assert reponse.status_code == 200
    assert reponse.context["form"].non_field_errors() == [
        "Trop de tentatives de connexion échouées. Veuillez réessayer ultérieurement."
    ]


def test_la_deconnexion_demande_un_envoi_de_formulaire(client):
    client.force_login(PersonneFactory())
    assert client.get("/deconnexion/").status_code == 200
    assert client.get("/mon-compte/").status_code == 200
    assert client.post("/deconnexion/").url == "/"
    assert client.get("/mon-compte/").status_code == 302


def test_la_demonstration_montre_les_comptes_d_essai(client):
    page = client.get("/connexion/").content.decode()
    assert [compte.email for compte in COMPTES_D_ESSAI if compte.email in page] == [
        "porteur@exemple.fr",
        "instructeur@exemple.fr",
        "pilote@exemple.fr",
        "finances@exemple.fr",
        "lecture@exemple.fr",
        "admin@exemple.fr",
    ]


def test_la_production_ne_montre_aucun_compte_d_essai(client, settings):
    settings.MODE_DEMONSTRATION = False
    page = client.get("/connexion/").content.decode()
    assert [compte.email for compte in COMPTES_D_ESSAI if compte.email in page] == []
    assert "mille-actions</strong>" not in page
