"""Qui s’est déporté d’un projet n’en lit ni n’en conduit l’argent : convention, versements, bilan, procédure."""

import pytest

from projets.models import Projet
from tests.architecture.acces import lignes, lire_le_fichier
from tests.architecture.monde import monde
from tests.projets.fabriques import deport_de

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
PAGES = (
    "/financements/nord/actions/1/",
    "/financements/nord/conventions/1/",
    "/financements/nord/versements/{versement}/",
    "/financements/nord/bilans/1/",
    "/bilans/{bilan_depose}/",
)
FERMEES = {403, 404, 405}


@pytest.mark.parametrize("role", ["instructeur", "pilote", "finances"])
def test_l_argent_d_un_projet_est_ferme_a_qui_s_en_deporte(role, client):
    objets, personnes = monde()
    client.force_login(personnes[role])
    siennes = [ligne for ligne in lignes() if ligne.exemple.startswith(PAGES)]
    ouvertes = []
    for ligne in siennes:
        if ligne.methode == "GET":
            reponse = client.get(ligne.exemple.format(**objets))
            lire_le_fichier(reponse)
            if reponse.status_code == 200:
                ouvertes.append(ligne.exemple)
    assert ouvertes, "sans page ouverte avant, l’essai ne prouverait rien"
    deport_de(personnes[role], Projet.objects.get(pk=objets["projet"]))
    codes = {(un.methode, un.exemple): client.generic(un.methode, un.exemple.format(**objets)) for un in siennes}
    assert [cle for cle, reponse in codes.items() if reponse.status_code not in FERMEES] == []
