"""Donner à un appel de démonstration l’année à laquelle on le compare."""

from financements.actions.enveloppes.saisir_la_reference import SaisieDeReference, saisir_la_reference
from financements.demonstration.reference import ANNEE, CREDITS_DE_2015, SOURCE
from financements.models import CreditDeReference
from projets.models import AppelAProjets


def comparer_a_2015(appel: AppelAProjets) -> None:
    """Saisit les crédits inventés de 2015, dits tels, si l’appel n’a pas encore d’année de comparaison."""
    if not CreditDeReference.objects.filter(appel=appel).exists():
        saisie = SaisieDeReference(ANNEE, CREDITS_DE_2015, SOURCE, est_fictif=True, lue="")
        saisir_la_reference(auteur=None, appel=appel, saisie=saisie)
