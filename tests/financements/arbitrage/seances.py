"""Amender, justifier, clore : pour les essais du comité."""

from financements.actions.comite.amender import Proposition
from financements.actions.comite.seance import (
    clore_un_comite,
    justifier_des_ecarts,
)
from financements.chiffres.comite.notes import ordre_des_notes
from financements.models import Comite, Elu
from financements.states import Choix
from tests.financements.arbitrage.fabriques import (
    comite_ouvert,
)
from tests.financements.arbitrage.saisies import saisie


def elu_de(comite: Comite) -> Elu:
    return comite.elus.get(nom="Anne Leroy")


def proposition(monde, comite, numero: int, choix: Choix, montants=None, **autres) -> Proposition:
    point = comite.points.get(projet=monde.projets[numero])
    tapee = saisie(monde, comite.scenario, numero, choix, montants or {})
    return Proposition(
        **{"point": point, "saisie": tapee, "propose_par": elu_de(comite), "motif": "Un motif.", **autres}
    )


def justifier_tout(monde, comite) -> None:
    projets = [ecart.projet.pk for ecart in ordre_des_notes(comite).a_justifier]
    if projets:
        justifier_des_ecarts(auteur=monde.pilote, comite=comite, projets=projets, justification="Choix du comité.")


def clos(monde) -> Comite:
    comite = comite_ouvert(monde)
    justifier_tout(monde, comite)
    clore_un_comite(auteur=monde.pilote, comite=comite)
    comite.refresh_from_db()
    return comite
