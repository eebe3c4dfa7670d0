"""Engager une action : rendre certain ce que le département lui doit, par exercice, et prévoir ses versements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser_en_lot
from config.socle.montants import en_centimes, en_euros
from config.socle.transitions import PassageRefuse
from financements.actions.execution.acces import exiger_de_pouvoir_executer, verrouiller_les_credits
from financements.chiffres.execution.engagement import actions_a_engager, libres_par_axe
from financements.imports.credits import affecter_ce_qui_est_vote
from financements.imports.echeances import ecrire_les_echeances, etapes_par_regle
from financements.models import Action, MouvementDEngagement, Tranche
from financements.rules.versements import Echeance, echeancier
from financements.states.execution import NatureDeMouvement
from projets.models import AppelAProjets


@dataclass(frozen=True, slots=True)
class Engagees:
    """Ce qu’un engagement en lot a fait. `sans_credits` : numéros des actions que l’affectation ne couvre pas."""

    nombre: int = 0
    montant: int = 0  # centimes
    sans_credits: tuple[int, ...] = ()


@transaction.atomic
def engager_l_action(*, auteur: Personne | None, action: Action) -> bool:
    """Engage l’action et prévoit ses versements : à la notification, ou à la signature d’une convention obligatoire.

    Sans effet si elle l’est déjà ; rend vrai si cet appel l’a engagée. Lève `PermissionDenied`, `PassageRefuse` (pas
    d’enveloppe, décision pas notifiée, convention obligatoire pas signée, ou l’affectation de l’axe ne suffit pas).
    """
    exiger_de_pouvoir_executer(auteur)
    verrouiller_les_credits(action.projet.appel)
    if not action.engagements.exists() and not actions_a_engager(action.projet.appel).filter(pk=action.pk).exists():
        raise PassageRefuse(
            "La décision n’est pas notifiée, ou la convention obligatoire n’est pas signée\u00a0: rien ne s’engage."
        )
    faites = engager(auteur=auteur, appel=action.projet.appel, cles=[action.pk])
    if faites.sans_credits:
        raise PassageRefuse(
            f"Ce qui est affecté à l’axe {action.projet.axe.numero} ne couvre pas cette action\u00a0: "
            "affectez d’abord de quoi l’engager."
        )
    return bool(faites.nombre)


@transaction.atomic
def engager_les_actions(*, auteur: Personne, appel: AppelAProjets) -> Engagees:
    """Engage toutes celles qui peuvent l’être : notifiées ou importées, et conventionnées s’il le faut.

    Affecte d’abord ce qui est voté, si l’AE le couvre. Lève `PermissionDenied`, `PassageRefuse`.
    """
    exiger_de_pouvoir_executer(auteur)
    affecter_ce_qui_est_vote(auteur=auteur, appel=appel, motif="Engagement des actions votées")
    faites = engager(auteur=auteur, appel=appel, cles=actions_a_engager(appel).values_list("pk", flat=True))
    if not faites.nombre and not faites.sans_credits:
        raise PassageRefuse("Il n’y a aucune action à engager.")
    return faites


@transaction.atomic
def engager(*, auteur: Personne | None, appel: AppelAProjets, cles: Iterable[int]) -> Engagees:
    """Le lot : engage celles de `cles` qui ne le sont pas et que l’affectation de leur axe couvre, par numéro.

    Ni contrôle de droit, ni de notification, ni de convention : à l’appelant. Une transaction, sept requêtes.
    """
    verrouiller_les_credits(appel)
    choisies = list(
        Action.objects.filter(pk__in=list(cles), projet__appel=appel)
        .exclude(pk__in=MouvementDEngagement.objects.values("action"))
        .select_related("projet")
        .order_by("projet__numero")
    )
    tranches: dict[int, dict[int, int]] = {action.pk: {} for action in choisies}
    lues = Tranche.objects.filter(action__in=choisies).values_list("action", "annee", "montant")
    for action_id, annee, montant in lues:
        tranches[action_id][annee] = en_centimes(montant)
    couvertes, sans_credits = _couvertes(appel, choisies, tranches)
    etapes = etapes_par_regle(appel)
    echeances = {action: echeancier(tranches[action.pk], etapes[action.regle_de_versement_id]) for action in couvertes}
    _ecrire_les_engagements(auteur, echeances)
    ecrire_les_echeances(echeances)
    totaux = {action: sum(tranches[action.pk].values()) for action in couvertes}
    journaliser_en_lot(
        auteur=auteur,
        acte="engager",
        lignes=((action, None, {"montant": str(en_euros(total))}) for action, total in totaux.items()),
    )
    return Engagees(len(couvertes), sum(totaux.values()), tuple(sans_credits))


def _couvertes(
    appel: AppelAProjets, actions: Sequence[Action], tranches: Mapping[int, Mapping[int, int]]
) -> tuple[list[Action], list[int]]:
    """Celles que l’affectation de leur axe couvre, par numéro ; et les numéros des autres."""
    libres = libres_par_axe(appel)
    couvertes, sans_credits = [], []
    for action in actions:
        axe, montant = action.projet.axe_id, sum(tranches[action.pk].values())
        if montant > libres.get(axe, 0):
            sans_credits.append(action.projet.numero or 0)
            continue
        libres[axe] = libres.get(axe, 0) - montant
        couvertes.append(action)
    return couvertes, sans_credits


def _ecrire_les_engagements(auteur: Personne | None, echeances: Mapping[Action, Sequence[Echeance]]) -> None:
    """Un mouvement initial par action et par exercice, en une requête par millier : la base juge chacune."""
    sommes: dict[tuple[Action, int], int] = defaultdict(int)
    for action, siennes in echeances.items():
        for une in siennes:
            sommes[action, une.exercice] += une.montant
    MouvementDEngagement.objects.bulk_create(
        (
            MouvementDEngagement(
                action=action,
                exercice=exercice,
                montant=en_euros(centimes),
                nature=NatureDeMouvement.INITIAL,
                fait_par=auteur,
            )
            for (action, exercice), centimes in sommes.items()
        ),
        batch_size=5000,
    )
