"""Ouvrir l’instruction, puis l’arbitrage d’un appel : par qui, depuis quel état."""

import pytest
from django.core.exceptions import PermissionDenied

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.conduire_appel import arbitrer_appel, instruire_appel
from projets.states import EtatAppel
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import AppelFactory, ProjetFactory

pytestmark = pytest.mark.django_db
DEPUIS = {instruire_appel: EtatAppel.CLOS, arbitrer_appel: EtatAppel.INSTRUCTION}


@pytest.mark.parametrize("acte", DEPUIS)
def test_depuis_chaque_etat_et_par_chaque_role(acte):
    pilote = PersonneFactory(role="pilote")
    for etat in EtatAppel:
        appel = AppelFactory(etat=etat)
        for role in Role:
            if role != Role.PILOTE:
                with pytest.raises(PermissionDenied):
                    acte(auteur=PersonneFactory(role=role), appel=appel)
        if appel.etat_effectif == DEPUIS[acte]:
            assert acte(auteur=pilote, appel=appel).etat != etat
        else:
            with pytest.raises(PassageRefuse):
                acte(auteur=pilote, appel=appel)


def test_a_l_ecran_de_clos_a_l_arbitrage(connecter):
    appel = AppelFactory(slug="nord", etat=EtatAppel.CLOS)
    ProjetFactory(appel=appel, axe__appel=appel, etat="recevable")
    client = connecter("pilote")
    assert "Ouvrir l’instruction" in client.get("/arbitrage/nord/ouvrir/").content.decode()
    assert client.post("/arbitrage/nord/ouvrir/").url == "/arbitrage/nord/ouvrir/"
    page = client.get("/arbitrage/nord/ouvrir/")
    assert (page.context["pas_instruits"], page.context["comptes"]) == (1, [("recevable", 1)])
    assert client.post("/arbitrage/nord/ouvrir/").url == "/arbitrage/nord/scenarios/"
    assert client.get("/arbitrage/nord/ouvrir/").url == "/arbitrage/nord/scenarios/"
    appel.refresh_from_db()
    assert appel.etat == EtatAppel.ARBITRAGE
    assert list(Journal.objects.order_by("pk").values_list("acte", "apres")) == [
        ("instruire_appel", {"etat": "instruction"}),
        ("arbitrer_appel", {"etat": "arbitrage"}),
    ]
