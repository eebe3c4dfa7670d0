"""S’inscrire soi-même, confirmer son adresse, entrer."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from comptes.models import Courriel, Personne
from config.socle.models import Journal
from tests.comptes.fabriques import MOT_DE_PASSE, PersonneFactory

pytestmark = pytest.mark.django_db
PHRASE = "une-phrase-bien-longue"
SAISIE = {
    "prenom": "Nora",
    "nom": "Neuve",
    "email": "Nora@Exemple.fr",
    "password1": PHRASE,
    "password2": PHRASE,
}


def inscrire(client: Client, **champs):
    return client.post("/inscription/", SAISIE | champs)


def lien() -> str:
    return re.search(r"http\S+(/inscription/confirmer/\S+)", Courriel.objects.latest("pk").texte)[1]


def entrer(client: Client, email: str, secret: str = PHRASE):
    return client.post("/connexion/", {"login": email, "password": secret})


def test_s_inscrire_cree_un_porteur_qui_doit_confirmer_son_adresse(client):
    assert inscrire(client).url == "/inscription/confirmer/"
    assert client.get("/mon-compte/").status_code == 302
    personne = Personne.objects.get()
    assert (personne.email, str(personne), personne.role) == ("nora@exemple.fr", "Nora Neuve", "porteur")
    assert list(Courriel.objects.values_list("destinataire", "objet")) == [
        ("nora@exemple.fr", "[Mille actions] Confirmez votre adresse")
    ]
    assert list(Journal.objects.values_list("acte", "auteur", "apres")) == [
        ("inscrire", personne.pk, {"role": "porteur"})
    ]


def test_confirmer_dans_le_meme_navigateur_fait_entrer_et_mene_a_mon_organisme(client):
    inscrire(client)
    assert client.get(lien()).context["email"] == "nora@exemple.fr"
    assert client.post(lien()).url == "/mon-organisme/"
    assert client.get("/mon-compte/").status_code == 200


def test_confirmer_ailleurs_ne_fait_pas_entrer_mais_permet_d_entrer(client):
    inscrire(client)
    ailleurs = Client()
    assert ailleurs.post(lien()).url == "/connexion/"
    assert ailleurs.get("/mon-compte/").status_code == 302
    assert entrer(ailleurs, "nora@exemple.fr").url == "/mon-organisme/"


def test_sans_confirmation_on_n_entre_pas_et_un_nouveau_lien_part(client):
    inscrire(client)
    ailleurs = Client()
    assert entrer(ailleurs, "nora@exemple.fr").url == "/inscription/confirmer/"
    assert ailleurs.get("/mon-compte/").status_code == 302
    assert Courriel.objects.count() == 2


def test_lire_le_lien_ne_confirme_rien(client):
    inscrire(client)
    Client().get(lien())
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("nora@exemple.fr", False)]


def test_un_lien_faux_se_dit(client):
    assert "Ce lien ne sert plus" in client.get("/inscription/confirmer/faux:cle/").content.decode()


def test_un_compte_de_l_administration_entre_sans_confirmation(client):
    PersonneFactory(email="p@exemple.fr", pilote=True)
    assert entrer(client, "p@exemple.fr", MOT_DE_PASSE).url == "/"
    assert not Courriel.objects.exists()


def test_une_adresse_deja_prise_recoit_un_courriel_et_l_ecran_ne_dit_rien(client):
    PersonneFactory(email="nora@exemple.fr")
    assert inscrire(client).url == "/inscription/confirmer/"
    assert Personne.objects.count() == 1
    assert list(Courriel.objects.values_list("destinataire", "objet")) == [
        ("nora@exemple.fr", "[Mille actions] Vous avez déjà un compte")
    ]


@pytest.mark.parametrize(
    ("champs", "fautes"),
    [
        ({"prenom": "", "nom": ""}, ["prenom", "nom"]),
        ({"email": "sans-arobase"}, ["email"]),
        ({"password1": "court", "password2": "court"}, ["password1"]),
        ({"password2": "une-autre-phrase"}, ["password2"]),
    ],
)
def test_une_saisie_fautive_revient_avec_ses_erreurs_et_n_ecrit_rien(client, champs, fautes):
    reponse = inscrire(client, **champs)
    assert list(reponse.context["form"].errors) == fautes
    assert not Personne.objects.exists()


def test_le_role_ne_se_choisit_pas(client):
    inscrire(client, role="administrateur")
    assert Personne.objects.get().role == "porteur"
