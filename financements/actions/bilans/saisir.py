"""Écrire dans un bilan : chaque champ est gardé tel que tapé, personne n’écrase personne, aucun petit effectif."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from comptes.models import Adhesion, Personne
from config.socle.transitions import PassageRefuse
from financements.models import Bilan, SaisieDeBilan
from financements.rules.effectifs import EffectifIllisible, proteger
from projets.actions.saisir import LONGUEUR_D_UNE_VALEUR, Enregistrement
from projets.rules.fusion import Valeur, fusionner

EFFECTIF = "effectif_"


@transaction.atomic
def saisir_le_bilan(
    *, auteur: Personne, bilan: Bilan, lu: Mapping[str, Valeur], saisi: Mapping[str, Valeur]
) -> Enregistrement:
    """Garde ce qui a changé depuis `lu`, champ par champ ; un champ changé ailleurs est un conflit.

    Un effectif de 1 à 4 se garde « < 5 », jamais en clair ; illisible, il n’est pas gardé. Pas de ligne de journal :
    chaque saisie porte son auteur et son instant, et le dépôt en fige la copie.
    Lève `PermissionDenied` si l’auteur n’agit pas pour l’organisme, `PassageRefuse` si le bilan ne se modifie plus.
    """
    verrouille = Bilan.objects.verrouille(bilan.pk)
    exiger_l_ecriture(auteur, verrouille)
    proteges, refuses = _proteger(saisi)
    enregistre = {s.champ: s.valeur for s in SaisieDeBilan.objects.filter(bilan=verrouille, champ__in=proteges)}
    fusion = fusionner(lu=_proteger(lu)[0], saisi=proteges, enregistre=enregistre)
    refuses |= _demesures(fusion.a_ecrire)
    a_ecrire = {champ: valeur for champ, valeur in fusion.a_ecrire.items() if champ not in refuses}
    if a_ecrire:
        _ecrire(verrouille, a_ecrire, auteur)
    return Enregistrement(frozenset(a_ecrire), refuses, fusion.conflits, verrouille.modifie_le, verrouille.version)


def exiger_l_ecriture(auteur: Personne, bilan: Bilan) -> None:
    """Lève `PermissionDenied` si l’auteur n’est pas membre de l’organisme, `PassageRefuse` si rien ne s’écrit plus."""
    if not Adhesion.objects.filter(personne=auteur, organisme=bilan.action.projet.organisme_id).exists():
        raise PermissionDenied
    if not bilan.est_modifiable:
        raise PassageRefuse(f"Ce bilan est {bilan.get_etat_display()}\u00a0: il ne se modifie plus.")


def toucher(bilan: Bilan) -> datetime:
    """Le bilan a changé : qui le vérifiait pour le déposer doit le relire. Rend l’instant, pris sous le verrou."""
    instant = timezone.now()
    bilan.version += 1
    bilan.modifie_le = instant
    bilan.save(update_fields=["version", "modifie_le"])
    return instant


def _proteger(valeurs: Mapping[str, Valeur]) -> tuple[dict[str, Valeur], dict[str, str]]:
    proteges: dict[str, Valeur] = {}
    refuses: dict[str, str] = {}
    for champ, valeur in valeurs.items():
        try:
            proteges[champ] = proteger(str(valeur)) if champ.startswith(EFFECTIF) else valeur
        except EffectifIllisible as raison:
            refuses[champ] = str(raison)
    return proteges, refuses


def _demesures(valeurs: Mapping[str, Valeur]) -> dict[str, str]:
    return {
        champ: f"Ce champ garde {LONGUEUR_D_UNE_VALEUR} caractères au plus\u00a0: il n’est pas enregistré."
        for champ, valeur in valeurs.items()
        if sum(map(len, valeur)) > LONGUEUR_D_UNE_VALEUR
    }


def _ecrire(bilan: Bilan, valeurs: Mapping[str, Valeur], auteur: Personne) -> None:
    instant = toucher(bilan)
    SaisieDeBilan.objects.bulk_create(
        [
            SaisieDeBilan(
                bilan=bilan,
                champ=champ,
                valeur=valeur,
                auteur=auteur,
                saisie_le=instant,
                version=bilan.version,
            )
            for champ, valeur in valeurs.items()
        ],
        update_conflicts=True,
        unique_fields=["bilan", "champ"],
        update_fields=["valeur", "auteur", "saisie_le", "version"],
    )
