"""Ouvrir un projet, puis y écrire : chaque champ est gardé tel que tapé, personne n’écrase personne."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.models import Organisme, Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.models import AppelAProjets, Axe, Projet, Saisie
from projets.permissions import depot_est_possible
from projets.rules.fusion import Conflit, Valeur, fusionner

LONGUEUR_D_UNE_VALEUR = 20_000  # caractères, toutes valeurs d’un champ ensemble


@dataclass(frozen=True, slots=True)
class Enregistrement:
    """Ce qu’un enregistrement a fait : champs écrits, champs en conflit, instant et version du projet ensuite."""

    ecrits: frozenset[str]
    conflits: list[Conflit]
    instant: datetime | None
    version: int


@transaction.atomic
def creer_projet(*, auteur: Personne, appel: AppelAProjets, organisme: Organisme, axe: Axe, intitule: str) -> Projet:
    """Ouvre un brouillon. Lève `PassageRefuse` hors de la période de dépôt, `ValidationError` si un champ est faux."""
    instant = timezone.now()
    if not depot_est_possible(appel, organisme, instant):
        raise PassageRefuse("Cet appel ne reçoit pas de projet en ce moment.")
    if axe.appel_id != appel.pk:
        raise ValidationError({"axe": "Choisissez un axe de cet appel."})
    projet = Projet(
        appel=appel, organisme=organisme, axe=axe, intitule=intitule.strip(), modifie_le=instant, modifie_par=auteur
    )
    projet.full_clean()
    projet.save()
    Saisie.objects.bulk_create(
        Saisie(projet=projet, champ=champ, valeur=valeur, auteur=auteur, saisie_le=instant)
        for champ, valeur in (("intitule", projet.intitule), ("axe", str(axe.pk)))
    )
    journaliser(auteur=auteur, acte="creer_projet", objet=projet, apres={"appel": appel.slug, "axe": axe.numero})
    return projet


@transaction.atomic
def saisir(
    *, auteur: Personne, projet: Projet, lu: Mapping[str, Valeur], saisi: Mapping[str, Valeur]
) -> Enregistrement:
    """Garde ce qui a changé depuis `lu`, champ par champ, sans le juger ; un champ changé ailleurs est un conflit.

    Pas de ligne de journal : chaque saisie porte son auteur et son instant, et le dépôt en fige la copie.
    Lève `PassageRefuse` si le projet ne se modifie plus, `ValidationError` si une valeur est démesurée.
    """
    verrouille = Projet.objects.select_for_update(of=("self",)).get(pk=projet.pk)
    if not verrouille.est_modifiable:
        raise PassageRefuse("Ce projet est déposé : il ne se modifie plus.")
    enregistre = {s.champ: s.valeur for s in Saisie.objects.filter(projet=verrouille, champ__in=saisi)}
    fusion = fusionner(lu=lu, saisi=saisi, enregistre=enregistre)
    _refuser_le_demesure(fusion.a_ecrire)
    if not fusion.a_ecrire:
        return Enregistrement(frozenset(), fusion.conflits, verrouille.modifie_le, verrouille.version)
    instant = timezone.now()
    _ecrire(verrouille, fusion.a_ecrire, auteur, instant)
    return Enregistrement(frozenset(fusion.a_ecrire), fusion.conflits, instant, verrouille.version)


def _refuser_le_demesure(valeurs: Mapping[str, Valeur]) -> None:
    for champ, valeur in valeurs.items():
        if sum(map(len, valeur)) > LONGUEUR_D_UNE_VALEUR:
            raise ValidationError(f"Le champ « {champ} » dépasse {LONGUEUR_D_UNE_VALEUR} caractères.")


def _ecrire(projet: Projet, valeurs: Mapping[str, Valeur], auteur: Personne, instant: datetime) -> None:
    Saisie.objects.bulk_create(
        [
            Saisie(projet=projet, champ=champ, valeur=valeur, auteur=auteur, saisie_le=instant)
            for champ, valeur in valeurs.items()
        ],
        update_conflicts=True,
        unique_fields=["projet", "champ"],
        update_fields=["valeur", "auteur", "saisie_le"],
    )
    projet.version += 1
    projet.modifie_le, projet.modifie_par = instant, auteur
    _suivre(projet, valeurs)
    projet.save(update_fields=["version", "modifie_le", "modifie_par", "intitule", "intitule_tri", "axe"])


def _suivre(projet: Projet, valeurs: Mapping[str, Valeur]) -> None:
    """L’intitulé et l’axe se lisent dans les listes : la ligne du projet les suit dès qu’ils sont justes."""
    intitule = valeurs.get("intitule")
    if isinstance(intitule, str) and 0 < len(intitule.strip()) <= 300:  # noqa: PLR2004 (la taille de la colonne)
        projet.intitule = intitule.strip()
    axe = valeurs.get("axe")
    if isinstance(axe, str) and axe.isdecimal():
        choisi = Axe.objects.filter(pk=int(axe[:18]), appel_id=projet.appel_id).first()
        projet.axe = choisi or projet.axe
