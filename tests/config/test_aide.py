"""Chacun lit d’abord l’aide de son rôle, puis comment on répond à un appel."""

import re

import pytest

from comptes.states import Role

pytestmark = pytest.mark.django_db
REPONDRE = "Répondre à un appel à projets"
AIDES = {
    Role.PORTEUR: "Votre organisme et vos projets",
    Role.INSTRUCTEUR: "Instruire",
    Role.PILOTE: "Conduire le programme",
    Role.FINANCES: "Suivre les crédits",
    Role.LECTURE: "Lire le programme",
    Role.ADMINISTRATEUR: "Administrer",
}


def titres(reponse) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", reponse.content.decode())


@pytest.mark.parametrize("role", Role)
def test_chaque_role_a_son_aide(connecter, role):
    assert titres(connecter(role).get("/aide/")) == [AIDES[role], REPONDRE]


def test_sans_compte_on_apprend_a_repondre(client):
    assert titres(client.get("/aide/")) == [REPONDRE]


@pytest.mark.parametrize(("role", "phrase"), [(Role.FINANCES, "la production se suit"), (Role.LECTURE, "téléchargez")])
def test_l_aide_des_rapports_dit_ce_que_le_role_peut(connecter, role, phrase):
    texte = " ".join(re.sub("<[^>]+>", " ", connecter(role).get("/aide/").content.decode()).split())
    assert [p in texte for p in ("la production se suit", "vous les téléchargez")] == [
        phrase == "la production se suit",
        phrase == "téléchargez",
    ]
