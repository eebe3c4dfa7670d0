"""Ce qu’un acte en lot demande en plus des projets cochés."""

from collections.abc import Collection
from typing import Any

from django import forms

from comptes.models import Personne
from projets.chiffres.candidats import candidats
from projets.forms.affectation import ConfierForm
from projets.forms.suivi import ComplementForm
from projets.states import ActeEnLot


def form_du_lot(acte: str, projets: Collection[int], auteur: Personne, donnees: Any) -> forms.Form | None:
    """Le formulaire de l’acte ; None s’il n’existe pas, ou ne se fait pas depuis la file."""
    if acte == ActeEnLot.AFFECTER:
        return ConfierForm(candidats(projets, auteur), donnees)
    if acte == ActeEnLot.DEMANDER_UN_COMPLEMENT:
        return ComplementForm(donnees)
    return forms.Form(donnees) if acte == ActeEnLot.DECLARER_RECEVABLE else None


def parametres_du_lot(form: forms.Form) -> dict[str, Any]:
    """Ce que le lot garde, en JSON : l’identifiant d’une personne, un jour écrit AAAA-MM-JJ."""
    return {
        nom: valeur.pk if isinstance(valeur, Personne) else str(valeur) for nom, valeur in form.cleaned_data.items()
    }
