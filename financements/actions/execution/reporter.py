"""Clore un exercice : les engagements que rien n’a liquidés et les crédits libres passent au suivant. Σ CP = AE."""

from collections import defaultdict
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import en_centimes, en_euros, format_euros
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.execution.acces import exiger_de_pouvoir_executer, verrouiller_les_credits
from financements.chiffres.execution.report import Report, a_reporter, previsualiser_le_report
from financements.models import MouvementDEngagement, ReportDeCredits, Versement
from financements.states.execution import EtatVersement, NatureDeMouvement
from projets.models import AppelAProjets

LOT = 4000  # mouvements par requête, par paires : l’action ne change pas de total


@transaction.atomic
def reporter_l_exercice(
    *,
    auteur: Personne | None,
    appel: AppelAProjets,
    exercice: int,
    montant: Decimal,
    motif: str,
    marque_lue: str | None = None,
) -> Report:
    """Reporte tout l’appel, en un acte. `montant` : les crédits de paiement à reporter (euros).

    Lève `PermissionDenied` ; `VersionPerimee` si ce qui a été prévisualisé a changé ; `PassageRefuse` si l’exercice
    n’est pas fini, si un exercice d’avant est à clore, s’il n’y a rien à reporter, ou si les crédits libres ne suivent
    pas les engagements ; `ValidationError` sans motif, ou si le montant sort de ce que l’exercice laisse.
    """
    exiger_de_pouvoir_executer(auteur)
    enveloppe = verrouiller_les_credits(appel)
    list(a_reporter(appel, exercice).select_for_update(of=("self",)).values_list("pk"))
    vue = previsualiser_le_report(appel, exercice)
    if marque_lue is not None and marque_lue != vue.marque:
        raise VersionPerimee(vue)
    _refuser(vue, en_centimes(montant), motif)
    _reporter_les_engagements(auteur, appel, vue, motif)
    if montant:
        ReportDeCredits.objects.create(
            enveloppe=enveloppe, de=vue.exercice, vers=vue.suivant, montant=montant, motif=motif[:300], fait_par=auteur
        )
    journaliser(
        auteur=auteur,
        acte="reporter_l_exercice",
        objet=enveloppe,
        apres={
            "exercice": vue.exercice,
            "versements": vue.versements,
            "reportes": str(en_euros(vue.engages)),
            "cp": str(montant),
            "motif": motif,
        },
    )
    return vue


def _refuser(vue: Report, montant: int, motif: str) -> None:
    if vue.exercice >= timezone.localdate().year:
        raise PassageRefuse(f"L’exercice {vue.exercice} n’est pas fini\u00a0: il se reporte une fois clos.")
    if vue.apres:
        raise PassageRefuse(f"Clôturez d’abord {vue.apres}\u00a0: ses engagements passent à l’exercice suivant.")
    if not vue.versements and vue.libres <= 0:
        raise PassageRefuse(f"Rien n’est à reporter de {vue.exercice}.")
    if vue.manque:
        raise PassageRefuse(
            f"Il manque {format_euros(en_euros(vue.manque))} de crédits de {vue.exercice} pour suivre les engagements "
            "reportés\u00a0: révisez l’enveloppe d’abord."
        )
    erreurs = {}
    if not vue.engages <= montant <= vue.libres:
        bornes = f"entre {format_euros(en_euros(vue.engages))} et {format_euros(en_euros(vue.libres))}"
        erreurs["montant"] = f"Il faut un montant {bornes}\u00a0: les engagements, et pas plus que les crédits."
    if not motif.strip():
        erreurs["motif"] = "Dites pourquoi ces crédits glissent."
    if erreurs:
        raise ValidationError(erreurs)


def _reporter_les_engagements(auteur: Personne | None, appel: AppelAProjets, vue: Report, motif: str) -> None:
    """Les versements d’abord (un rejeté rend ses crédits), puis leurs mouvements, par paires −exercice, +suivant."""
    siens = a_reporter(appel, vue.exercice)
    sommes: dict[int, int] = defaultdict(int)
    for action, montant in siens.values_list("action", "montant"):
        sommes[action] += en_centimes(montant)
    cles = list(siens.values_list("pk", flat=True))
    lignes = Versement.objects.filter(pk__in=cles)
    lignes.filter(etat=EtatVersement.REJETE).update(etat=EtatVersement.PREVU)
    lignes.update(exercice=vue.suivant, version=F("version") + 1)
    MouvementDEngagement.objects.bulk_create(
        (
            MouvementDEngagement(
                action_id=action,
                exercice=exercice,
                montant=en_euros(signe * centimes),
                nature=NatureDeMouvement.REPORT,
                motif=motif[:300],
                fait_par=auteur,
            )
            for action, centimes in sorted(sommes.items())
            if centimes
            for exercice, signe in ((vue.exercice, -1), (vue.suivant, 1))
        ),
        batch_size=LOT,
    )
