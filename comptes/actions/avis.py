"""Prévenir des personnes, et grouper ce qu’on a à leur dire en un seul courriel."""

from collections.abc import Iterable

from django.db import transaction

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Avis, Personne
from comptes.notifications.avis import avis_groupes

LONGUEUR = 400


def prevenir(*, personnes: Iterable[Personne], texte: str, lien: str) -> None:
    """Écrit un avis par personne, dans la transaction de l’acte. `lien` : le chemin d’une page du site."""
    Avis.objects.bulk_create(
        Avis(personne=personne, texte=texte if len(texte) <= LONGUEUR else f"{texte[: LONGUEUR - 1]}…", lien=lien)
        for personne in personnes
    )


def grouper_les_avis() -> int:
    """Un courriel par personne qui a des avis en attente. Rend le nombre de courriels déposés."""
    en_attente = Avis.objects.a_grouper().order_by("personne").values_list("personne", flat=True).distinct()
    return sum(_grouper(pk) for pk in list(en_attente))


@transaction.atomic
def _grouper(personne_id: int) -> int:
    """Verrouille la personne : deux passages simultanés ne font pas deux courriels."""
    personne = Personne.objects.select_for_update(of=("self",), no_key=True).get(pk=personne_id)
    avis = list(Avis.objects.a_grouper().filter(personne=personne))
    if not avis:
        return 0
    courriel = deposer_courriel(message=avis_groupes(personne, avis))
    Avis.objects.filter(pk__in=[a.pk for a in avis]).update(courriel=courriel)
    return 1
