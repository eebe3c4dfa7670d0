"""Régler les bilans d’un appel : seuil des écarts, indicateurs. Ce qui est déjà ouvert garde ses indicateurs."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.versions import exiger_la_version
from financements.models import IndicateurDAppel, ReglageDesBilans
from financements.permissions import peut_regler_les_bilans
from projets.models import AppelAProjets


@dataclass(frozen=True, slots=True)
class Indicateur:
    """Un indicateur demandé à tous les bilans de l’appel."""

    libelle: str
    unite: str = ""
    est_un_effectif: bool = False


@transaction.atomic
def regler_les_bilans(
    *,
    auteur: Personne,
    appel: AppelAProjets,
    seuil: tuple[int, Decimal],
    indicateurs: Sequence[Indicateur],
    version: int,
) -> ReglageDesBilans:
    """`seuil` : pour cent, et euros ; un écart s’explique s’il dépasse les deux. Les indicateurs sont remplacés.

    Lève `PermissionDenied`, `VersionPerimee`, `ValidationError`.
    """
    if not peut_regler_les_bilans(auteur):
        raise PermissionDenied
    ReglageDesBilans.objects.get_or_create(appel=appel)
    reglage = ReglageDesBilans.objects.select_for_update().get(appel=appel)
    exiger_la_version(reglage, version)
    avant = _etat(reglage)
    reglage.seuil_pourcent, reglage.seuil_montant = seuil
    reglage.version += 1
    reglage.full_clean()
    reglage.save()
    IndicateurDAppel.objects.filter(appel=appel).delete()
    IndicateurDAppel.objects.bulk_create(
        IndicateurDAppel(
            appel=appel, ordre=ordre, libelle=un.libelle, unite=un.unite, est_un_effectif=un.est_un_effectif
        )
        for ordre, un in enumerate(indicateurs, 1)
    )
    journaliser(auteur=auteur, acte="regler_les_bilans", objet=appel, avant=avant, apres=_etat(reglage))
    return reglage


def _etat(reglage: ReglageDesBilans) -> dict[str, object]:
    libelles = IndicateurDAppel.objects.filter(appel=reglage.appel_id).values_list("libelle", flat=True)
    return {
        "seuil_pourcent": reglage.seuil_pourcent,
        "seuil_montant": reglage.seuil_montant,
        "indicateurs": list(libelles),
    }
