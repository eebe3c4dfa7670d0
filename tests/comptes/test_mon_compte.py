"""« Mon compte » : chacun lit le sien."""

import pytest

from comptes.states import Role
from tests.comptes.fabriques import AdhesionFactory, OrganismeFactory, PersonneFactory
from tests.territoires.fabriques import TerritoireFactory


def lus(page, motif: str) -> list[str]:
    return [nom for nom in motif.split("|") if nom in page.content.decode()]


def test_un_porteur_lit_ses_organismes_et_pas_ceux_d_autrui(connecter):
    moi = PersonneFactory(role=Role.PORTEUR)
    AdhesionFactory(personne=moi, organisme=OrganismeFactory(nom="Le Relais"))
    AdhesionFactory(organisme=OrganismeFactory(nom="La Passerelle"))
    assert lus(connecter(moi).get("/mon-compte/"), "Le Relais|La Passerelle") == ["Le Relais"]


def test_un_instructeur_lit_ses_territoires(connecter):
    moi = PersonneFactory(instructeur=True)
    moi.territoires.add(TerritoireFactory(nom="Douaisis"))
    TerritoireFactory(nom="Cambrésis")
    assert lus(connecter(moi).get("/mon-compte/"), "Douaisis|Cambrésis") == ["Douaisis"]


@pytest.mark.parametrize("role", [Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR])
def test_les_autres_voient_tout_le_departement(connecter, role):
    assert lus(connecter(role).get("/mon-compte/"), "Tout le département") == ["Tout le département"]
