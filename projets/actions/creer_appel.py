"""Créer un appel à projets et ses axes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from django.db import transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from projets.models import AppelAProjets, Axe, PointDeRecevabilite
from projets.rules.recevabilite import points_proposes
from projets.states import Volet


@dataclass(frozen=True, slots=True)
class NouvelAxe:
    """Un axe de l’appel à créer."""

    numero: int
    intitule: str
    volet: Volet
    description: str = ""


def prefixe_libre(annee: int) -> str:
    """Le préfixe des numéros de projet : « AAP16 », puis « AAP16-2 » pour le deuxième appel qui commence en 2016."""
    pris = set(AppelAProjets.objects.values_list("prefixe", flat=True))
    racine = f"AAP{annee % 100:02}"
    suites = (f"{racine}-{rang}" for rang in count(2))
    return racine if racine not in pris else next(suite for suite in suites if suite not in pris)


@transaction.atomic
def creer_appel(*, auteur: Personne | None, appel: AppelAProjets, axes: Sequence[NouvelAxe]) -> AppelAProjets:
    """Enregistre un appel (pas encore en base), ses axes et les points de recevabilité d’usage.

    Lève `ValidationError` si un champ est mal rempli.
    """
    appel.prefixe = appel.prefixe or prefixe_libre(appel.annee_debut)
    appel.full_clean()
    appel.save()
    Axe.objects.bulk_create(
        Axe(appel=appel, numero=axe.numero, intitule=axe.intitule, volet=axe.volet, description=axe.description)
        for axe in axes
    )
    PointDeRecevabilite.objects.bulk_create(
        PointDeRecevabilite(appel=appel, ordre=ordre, intitule=point.intitule, aide=point.aide)
        for ordre, point in enumerate(points_proposes(timezone.localdate(appel.ouvre_le)), 1)
    )
    journaliser(
        auteur=auteur,
        acte="creer_appel",
        objet=appel,
        apres={"slug": appel.slug, "etat": appel.etat, "axes": [axe.numero for axe in axes]},
    )
    return appel
