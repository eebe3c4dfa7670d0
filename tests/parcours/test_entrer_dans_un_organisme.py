"""S’inscrire, confirmer, créer l’organisme, inviter ; la seconde personne s’inscrit et entre."""

import re

import pytest
from django.test import Client

from comptes.models import Adhesion, Courriel
from tests.comptes.fabriques import siret_d_essai

pytestmark = pytest.mark.django_db
PHRASE = "une-phrase-bien-longue"


def inscription(email: str, prenom: str) -> dict[str, str]:
    return {"prenom": prenom, "nom": "Essai", "email": email, "password1": PHRASE, "password2": PHRASE}


def lien(destinataire: str, motif: str) -> str:
    texte = Courriel.objects.filter(destinataire=destinataire).latest("pk").texte
    return re.search(rf"https?://testserver(/{motif}\S+)", texte)[1]


def test_de_l_inscription_a_la_seconde_personne():
    premiere, seconde = Client(), Client()
    premiere.post("/inscription/", inscription("une@exemple.fr", "Une"))
    arrivee = premiere.post(lien("une@exemple.fr", "inscription/confirmer/"), follow=True)
    assert arrivee.redirect_chain[-1][0] == "/mon-organisme/"

    siret = siret_d_essai(4242)
    recherche = premiere.get("/mon-organisme/rejoindre/", {"siret": siret})
    champs = {"siret": siret, "nom": "La Ressourcerie", "forme_juridique": "association", "rna": ""}
    fiche = premiere.post(recherche.url, champs, follow=True)
    organisme = fiche.context["organisme"]
    assert fiche.redirect_chain[-1][0] == f"/organismes/{organisme.pk}/"

    premiere.post(f"/organismes/{organisme.pk}/inviter/", {"email": "deux@exemple.fr", "role": "redacteur"})
    invitation = lien("deux@exemple.fr", "invitation/")
    porte = seconde.get(invitation)
    adresse = re.search(r'href="(/inscription/\?next=[^"]+)"', porte.content.decode())[1]
    assert seconde.get(adresse).context["redirect_field_value"] == invitation
    retour = seconde.post("/inscription/", inscription("deux@exemple.fr", "Deux") | {"next": invitation})
    assert retour.url == invitation
    entree = seconde.post(invitation, follow=True)
    assert entree.redirect_chain[-1][0] == f"/organismes/{organisme.pk}/"
    assert list(Adhesion.objects.order_by("pk").values_list("personne__email", "role")) == [
        ("une@exemple.fr", "responsable"),
        ("deux@exemple.fr", "redacteur"),
    ]
    assert Client().get(invitation).status_code == 410
