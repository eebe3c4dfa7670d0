"""Ouvrir un projet, puis y écrire : chaque champ est gardé tel que tapé, personne n’écrase personne."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.models import Adhesion, Organisme, Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.models import AppelAProjets, Axe, Projet, Saisie
from projets.permissions import depot_est_possible
from projets.rules.fusion import Conflit, Valeur, fusionner
from projets.rules.saisies import axe_tape, intitule_tape
from projets.states import EtatProjet

LONGUEUR_D_UNE_VALEUR = 20_000  # caractères, toutes valeurs d’un champ ensemble


@dataclass(frozen=True, slots=True)
class Enregistrement:
    """Ce qu’un enregistrement a fait : champs écrits, refusés (avec le motif), en conflit ; l’état d’après."""

    ecrits: frozenset[str]
    refuses: dict[str, str]
    conflits: list[Conflit]
    instant: datetime | None
    version: int

    @property
    def a_revoir(self) -> frozenset[str]:
        """Les champs tapés qui ne sont pas enregistrés : en conflit ou refusés."""
        return frozenset(self.refuses) | {c.champ for c in self.conflits}


@transaction.atomic
def creer_projet(
    *,
    auteur: Personne,
    appel: AppelAProjets,
    organisme: Organisme,
    axe: Axe,
    intitule: str,
    jeton: UUID | None = None,
) -> Projet:
    """Ouvre un brouillon. `jeton` : celui de la page ; le même envoi fait deux fois rend le même projet.

    Ce que l’on sait déjà n’est pas redemandé : la personne à contacter est l’auteur, le compte bancaire celui de
    l’organisme s’il n’en a qu’un. Lève `PermissionDenied` si l’auteur n’agit pas pour l’organisme, `PassageRefuse`
    hors de la période de dépôt, `ValidationError` si un champ est faux.
    """
    # Le verrou sur l’adhésion fait attendre le second clic jusqu’à ce que le premier ait écrit son projet.
    if not Adhesion.objects.select_for_update(of=("self",)).filter(personne=auteur, organisme=organisme).exists():
        raise PermissionDenied
    deja = Projet.objects.filter(jeton=jeton).first() if jeton else None
    if deja and (deja.organisme_id, deja.axe_id, deja.intitule) == (organisme.pk, axe.pk, intitule.strip()):
        return deja
    jeton = None if deja else jeton  # la même page, par retour arrière, mais un autre projet
    instant = timezone.now()
    if not depot_est_possible(appel, organisme, instant):
        raise PassageRefuse("Cet appel ne reçoit pas de projet en ce moment.")
    if axe.appel_id != appel.pk:
        raise ValidationError({"axe": "Choisissez un axe de cet appel."})
    projet = Projet(appel=appel, organisme=organisme, axe=axe, intitule=intitule.strip(), jeton=jeton)
    projet.modifie_le, projet.modifie_par = instant, auteur
    projet.full_clean()
    projet.save()
    Saisie.objects.bulk_create(
        Saisie(projet=projet, champ=champ, valeur=valeur, auteur=auteur, saisie_le=instant)
        for champ, valeur in _deja_su(projet, auteur).items()
        if valeur
    )
    journaliser(auteur=auteur, acte="creer_projet", objet=projet, apres={"appel": appel.slug, "axe": axe.numero})
    return projet


def _deja_su(projet: Projet, auteur: Personne) -> dict[str, str]:
    comptes = projet.organisme.comptes_bancaires.filter(est_archive=False).values_list("pk", flat=True)[:2]
    return {
        "intitule": projet.intitule,
        "axe": str(projet.axe_id),
        "contact_nom": auteur.nom_complet,
        "contact_courriel": auteur.email,
        "contact_telephone": projet.organisme.telephone,
        "compte_bancaire": str(comptes[0]) if len(comptes) == 1 else "",
    }


@transaction.atomic
def saisir(
    *, auteur: Personne, projet: Projet, lu: Mapping[str, Valeur], saisi: Mapping[str, Valeur]
) -> Enregistrement:
    """Garde ce qui a changé depuis `lu`, champ par champ, sans le juger ; un champ changé ailleurs est un conflit.

    Une valeur démesurée est refusée seule, les autres champs s’écrivent. Pas de ligne de journal : chaque saisie porte
    son auteur et son instant, et le dépôt en fige la copie.
    Lève `PermissionDenied` si l’auteur n’agit pas pour l’organisme, `PassageRefuse` si le projet ne se modifie plus.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if not Adhesion.objects.filter(personne=auteur, organisme=verrouille.organisme_id).exists():
        raise PermissionDenied
    if not verrouille.est_modifiable:
        raise PassageRefuse(f"Ce projet est {verrouille.etat_public} : il ne se modifie plus.")
    enregistre = {s.champ: s.valeur for s in Saisie.objects.filter(projet=verrouille, champ__in=saisi)}
    fusion = fusionner(lu=lu, saisi=saisi, enregistre=enregistre)
    refuses = _demesures(fusion.a_ecrire)
    a_ecrire = {champ: valeur for champ, valeur in fusion.a_ecrire.items() if champ not in refuses}
    if a_ecrire:
        _ecrire(verrouille, a_ecrire, auteur)
    return Enregistrement(frozenset(a_ecrire), refuses, fusion.conflits, verrouille.modifie_le, verrouille.version)


def _demesures(valeurs: Mapping[str, Valeur]) -> dict[str, str]:
    longueurs = {champ: sum(map(len, valeur)) for champ, valeur in valeurs.items()}
    return {
        champ: f"{longueur} caractères : ce champ en garde {LONGUEUR_D_UNE_VALEUR} au plus, il n’est pas enregistré."
        for champ, longueur in longueurs.items()
        if longueur > LONGUEUR_D_UNE_VALEUR
    }


def _ecrire(projet: Projet, valeurs: Mapping[str, Valeur], auteur: Personne) -> None:
    """Les saisies, puis la version du projet. L’instant est pris une fois le projet verrouillé : ils se suivent."""
    projet.version += 1
    projet.modifie_le, projet.modifie_par = timezone.now(), auteur
    Saisie.objects.bulk_create(
        [
            Saisie(
                projet=projet,
                champ=champ,
                valeur=valeur,
                auteur=auteur,
                saisie_le=projet.modifie_le,
                version=projet.version,
            )
            for champ, valeur in valeurs.items()
        ],
        update_conflicts=True,
        unique_fields=["projet", "champ"],
        update_fields=["valeur", "auteur", "saisie_le", "version"],
    )
    _suivre(projet, valeurs)
    projet.save(update_fields=["version", "modifie_le", "modifie_par", "intitule", "intitule_tri", "axe"])


def _suivre(projet: Projet, valeurs: Mapping[str, Valeur]) -> None:
    """L’intitulé et l’axe se lisent dans les listes : la ligne d’un brouillon les suit dès qu’ils sont justes.

    Pendant un complément, elle garde ce qui a été déposé : le service ne voit rien avant que le projet soit rendu.
    """
    if projet.etat != EtatProjet.BROUILLON:
        return
    projet.intitule = intitule_tape(valeurs) or projet.intitule
    if axe := axe_tape(valeurs):
        projet.axe = Axe.objects.filter(pk=axe, appel_id=projet.appel_id).first() or projet.axe
