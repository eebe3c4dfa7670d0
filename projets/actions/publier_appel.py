"""Publier un appel, revenir au brouillon avant l’ouverture, et suivre l’horloge : ouvrir, clore."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.transitions import PassageRefuse
from projets.actions.regler import passer_l_appel, verrouiller
from projets.models import AppelAProjets
from projets.rules.calendrier import SUIVENT_L_HORLOGE
from projets.rules.publication import COORDONNEES, Reglages, manques
from projets.states import CYCLE_APPEL, EtatAppel


def reglages_de(appel: AppelAProjets) -> Reglages:
    """Ce que la règle de publication regarde, lu en base."""
    return Reglages(
        presentation=appel.presentation,
        qui_peut_repondre=appel.qui_peut_repondre,
        contact=appel.contact,
        a_ses_coordonnees=all(getattr(appel, champ) for champ in COORDONNEES),
        a_un_reglement=bool(appel.reglement),
        nombre_d_axes=appel.axes.count(),
        poids=[int(poids * 100) for poids in appel.criteres.values_list("poids", flat=True)],
        ouvre_le=appel.ouvre_le,
        ferme_le=appel.ferme_le,
    )


@transaction.atomic
def publier_appel(*, auteur: Personne | None, appel: AppelAProjets) -> AppelAProjets:
    """L’appel paraît, ses réglages se figent. Lève `PassageRefuse` s’il n’est pas un brouillon ou s’il y manque."""
    verrouille = verrouiller(appel.pk)
    CYCLE_APPEL.franchir("publier", verrouille.etat)
    restants = manques(reglages_de(verrouille), timezone.now())
    if restants:
        raise PassageRefuse("L’appel n’est pas prêt. " + " ".join(manque.texte for manque in restants))
    return _passer(auteur, verrouille, "publier")


@transaction.atomic
def depublier_appel(*, auteur: Personne | None, appel: AppelAProjets) -> AppelAProjets:
    """Revient au brouillon pour corriger, tant que personne n’a pu écrire de projet. Lève `PassageRefuse`."""
    verrouille = verrouiller(appel.pk)
    CYCLE_APPEL.franchir("depublier", verrouille.etat_effectif)
    if verrouille.projets.exists():
        raise PassageRefuse("Des projets sont déjà écrits sur cet appel : il reste publié.")
    return _passer(auteur, verrouille, "depublier")


def suivre_l_horloge(instant: datetime) -> list[tuple[str, str]]:
    """Fait franchir à chaque appel les passages que l’instant commande ; rend (adresse, acte) dans l’ordre.

    Sans effet la seconde fois. L’état effectif n’en dépend pas : c’est l’état enregistré et le journal qui suivent.
    """
    faits = []
    for pk in AppelAProjets.objects.filter(etat__in=SUIVENT_L_HORLOGE).order_by("pk").values_list("pk", flat=True):
        faits += _suivre(pk, instant)
    return faits


@transaction.atomic
def _suivre(pk: int, instant: datetime) -> list[tuple[str, str]]:
    appel = verrouiller(pk)
    faits = []
    for acte, depuis in (("ouvrir", EtatAppel.PUBLIE), ("clore", EtatAppel.OUVERT)):
        echeance = appel.ouvre_le if acte == "ouvrir" else appel.ferme_le
        if appel.etat == depuis and echeance <= instant:
            _passer(None, appel, acte)
            faits.append((appel.slug, acte))
    return faits


def _passer(auteur: Personne | None, appel: AppelAProjets, acte: str) -> AppelAProjets:
    return passer_l_appel(auteur, appel, acte, dates={"ouvre_le": appel.ouvre_le, "ferme_le": appel.ferme_le})
