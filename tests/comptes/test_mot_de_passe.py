"""Changer de mot de passe, et le retrouver par courriel."""

import re

import pytest

from comptes.models import Courriel
from tests.comptes.fabriques import MOT_DE_PASSE, PersonneFactory

pytestmark = pytest.mark.django_db
NOUVEAU = "une-phrase-bien-longue"


def demander(client, email):
    return client.post("/mot-de-passe/oublie/", {"email": email})


def lien_du_courriel() -> str:
    return re.search(r"http\S+(/mot-de-passe/oublie/\S+)", Courriel.objects.latest("pk").texte)[1]


def test_on_change_son_mot_de_passe_sans_perdre_sa_session(client):
    personne = PersonneFactory(email="p@exemple.fr")
    client.force_login(personne)
    champs = {"oldpassword": MOT_DE_PASSE, "password1": NOUVEAU, "password2": NOUVEAU}
    assert client.post("/mot-de-passe/", champs).status_code == 302
    personne.refresh_from_db()
    assert personne.check_password(NOUVEAU)
    assert client.get("/mon-compte/").status_code == 200
    assert list(Courriel.objects.values_list("destinataire", "objet")) == [
        ("p@exemple.fr", "[Mille actions] Votre mot de passe a changé")
    ]


def test_l_ancien_mot_de_passe_est_exige(client):
    personne = PersonneFactory()
    client.force_login(personne)
    champs = {"oldpassword": "autre", "password1": NOUVEAU, "password2": NOUVEAU}
    reponse = client.post("/mot-de-passe/", champs)
    assert list(reponse.context["form"].errors) == ["oldpassword"]
    personne.refresh_from_db()
    assert personne.check_password(MOT_DE_PASSE)


def test_un_mot_de_passe_trop_court_est_refuse(client):
    client.force_login(PersonneFactory())
    champs = {"oldpassword": MOT_DE_PASSE, "password1": "court", "password2": "court"}
    assert list(client.post("/mot-de-passe/", champs).context["form"].errors) == ["password1"]


def test_le_lien_du_courriel_change_le_mot_de_passe_et_ne_sert_qu_une_fois(client):
    personne = PersonneFactory(email="p@exemple.fr")
    assert demander(client, "p@exemple.fr").url == "/mot-de-passe/oublie/envoye/"
    lien = lien_du_courriel()
    formulaire = client.get(lien)
    assert formulaire.status_code == 302
    reponse = client.post(formulaire.url, {"password1": NOUVEAU, "password2": NOUVEAU})
    assert reponse.url == "/mot-de-passe/oublie/change/"
    personne.refresh_from_db()
    assert personne.check_password(NOUVEAU)
    assert client.get(lien).context["token_fail"] is True


def test_le_courriel_est_en_francais_en_texte_et_en_html(client):
    PersonneFactory(email="p@exemple.fr")
    demander(client, "p@exemple.fr")
    courriel = Courriel.objects.get()
    lien = re.search(r"http\S+", courriel.texte)[0]
    assert courriel.objet == "[Mille actions] Choisir votre mot de passe"
    assert courriel.texte.splitlines()[:5] == [
        "Bonjour,",
        "",
        "Ce lien, valable trois jours et une seule fois, permet de choisir le mot de passe du compte p@exemple.fr :",
        "",
        lien,
    ]
    assert f'<a href="{lien}">' in courriel.html


@pytest.mark.parametrize("champs", [None, {"is_active": False}])
def test_une_adresse_sans_compte_ouvert_recoit_la_meme_reponse_a_l_ecran(client, champs):
    if champs:
        PersonneFactory(email="x@exemple.fr", **champs)
    PersonneFactory(email="p@exemple.fr")
    connue, inconnue = demander(client, "p@exemple.fr"), demander(client, "x@exemple.fr")
    assert (connue.status_code, connue.url) == (inconnue.status_code, inconnue.url)
    assert list(Courriel.objects.order_by("pk").values_list("objet", flat=True)) == [
        "[Mille actions] Choisir votre mot de passe",
        "[Mille actions] Aucun compte à cette adresse",
    ]


def test_une_personne_creee_sans_mot_de_passe_choisit_le_sien_par_courriel(client):
    personne = PersonneFactory(email="n@exemple.fr")
    personne.set_unusable_password()
    personne.save()
    demander(client, "n@exemple.fr")
    client.post(client.get(lien_du_courriel()).url, {"password1": NOUVEAU, "password2": NOUVEAU})
    personne.refresh_from_db()
    assert personne.check_password(NOUVEAU)


@pytest.mark.parametrize("role", ["lecture", "pilote", "porteur"])
def test_demander_un_lien_pour_autrui_ne_ferme_pas_son_compte(client, role):
    """Demande anonyme pour quelqu’un dont le compte vient de l’administration : cette personne entre encore."""
    PersonneFactory(email="p@exemple.fr", role=role)
    demander(client, "p@exemple.fr")
    reponse = client.post("/connexion/", {"login": "p@exemple.fr", "password": MOT_DE_PASSE})
    assert (reponse.status_code, "inscription" in reponse.url) == (302, False)
    assert client.get("/mon-compte/").status_code == 200
