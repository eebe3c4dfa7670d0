"""Donner un compte bancaire d’essai aux organismes de la démonstration : sans RIB, rien ne se paie."""

from collections.abc import Collection

from comptes.models import CompteBancaire, Organisme
from financements.demonstration.appel_suivant import COMPTE


def domicilier(organismes: Collection[Organisme]) -> dict[int, CompteBancaire]:
    """Organisme → son plus ancien compte, le même compte d’essai pour tous ceux qui n’en avaient pas."""
    deja = set(CompteBancaire.objects.filter(organisme__in=organismes).values_list("organisme", flat=True))
    libelle, iban, bic = COMPTE
    CompteBancaire.objects.bulk_create(
        CompteBancaire(organisme=o, libelle=libelle, titulaire=o.nom[:120], iban=iban, bic=bic)
        for o in organismes
        if o.pk not in deja
    )
    lus = CompteBancaire.objects.filter(organisme__in=organismes).order_by("-pk")
    return {compte.organisme_id: compte for compte in lus}
