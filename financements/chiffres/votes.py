"""Ce qui a été voté pour des projets : ce que leur porteur lit à côté de ce qu’il a demandé.

Une décision votée et pas encore notifiée se tait : elle n’est pas dans ces chiffres.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery, Sum

from comptes.models import Organisme, Personne
from financements.chiffres.fiche import FicheAction
from financements.chiffres.lettres import lettres_du_projet
from financements.models import (
    Action,
    Avenant,
    Bilan,
    Convention,
    DemandeDeSignature,
    Notification,
    ProcedureContradictoire,
    Tranche,
    Versement,
)
from financements.states.execution import AVENANTS_DITS, EtatConvention
from projets.models import Projet

_DEMANDES = DemandeDeSignature.objects.filter(convention__action=OuterRef("pk"), avenant=None)
_AVENANTS = Avenant.objects.filter(convention__action=OuterRef("pk"), etat__in=AVENANTS_DITS)
_PROCEDURES = ProcedureContradictoire.objects.en_cours().order_by("repondre_avant")


@dataclass(frozen=True)
class SuiteDuVote:
    """Les lettres d’un projet, la dernière d’abord, et ce qu’est devenue son action ; vide sans décision notifiée.

    `signature` : l’état de la dernière demande faite au prestataire pour la convention, vide s’il n’y en a pas ;
    `procedures` : les contradictoires en cours.
    """

    lettres: list[Notification]
    fiche: FicheAction | None = None
    convention: Convention | None = None
    signature: str = ""
    avenants: list[Avenant] = field(default_factory=list)
    procedures: list[ProcedureContradictoire] = field(default_factory=list)
    bilans: list[Bilan] = field(default_factory=list)
    versements: list[Versement] = field(default_factory=list)


def suite_du_vote(projet: Projet, personne: Personne) -> SuiteDuVote:
    """Ce que la personne lit après le vote d’un projet qu’elle voit déjà (lit `exercices`).

    Cinq requêtes au plus, et une de plus pour ses avenants, une pour ses procédures, s’il y en a.
    """
    lettres = lettres_du_projet(projet.pk)
    if projet.decision_reservee:
        return SuiteDuVote(lettres)
    action: Any = (  # annotée
        Action.objects.filter(projet=projet)
        .annotate(
            signature=Subquery(_DEMANDES.values("etat")[:1]),
            a_des_avenants=Exists(_AVENANTS),
            a_des_procedures=Exists(_PROCEDURES.filter(action=OuterRef("pk"))),
        )
        .select_related("deliberation", "convention")
        .prefetch_related(
            Prefetch("bilans", Bilan.objects.visibles_par(personne).order_by("annee")),
            Prefetch("versements", Versement.objects.visibles_par(personne).order_by("annee", "rang")),
        )
        .first()
    )
    if action is None:
        return SuiteDuVote(lettres)
    action.projet = projet
    convention: Convention | None = getattr(action, "convention", None)
    return SuiteDuVote(
        lettres,
        FicheAction(action),
        convention if convention and convention.etat != EtatConvention.PREPARATION else None,
        action.signature or "",
        list(convention.avenants.filter(etat__in=AVENANTS_DITS)) if convention and action.a_des_avenants else [],
        list(_PROCEDURES.filter(action=action)) if action.a_des_procedures else [],
        list(action.bilans.all()),
        list(action.versements.all()),
    )


def votes_des_projets(projets_pk: Iterable[int]) -> dict[int, Decimal]:
    """Projet → euros votés en tout ; absent s’il n’est pas financé ou pas encore notifié. Une requête pour tous."""
    dites = Tranche.objects.filter(action__projet__in=list(projets_pk), action__projet__decision_reservee=False)
    lignes = dites.values("action__projet")
    return {ligne["action__projet"]: ligne["somme"] for ligne in lignes.annotate(somme=Sum("montant")).order_by()}


def aides_de_l_organisme(organisme: Organisme) -> list[tuple[int, Decimal]]:
    """Année → euros votés aux projets de ce SIREN, tous appels, dans l’ordre. Une requête."""
    siens = Q(action__projet__organisme=organisme)
    if organisme.siret:
        siens |= Q(action__projet__organisme__siret__startswith=organisme.siret[:9])
    lignes = Tranche.objects.filter(siens).values("annee").annotate(somme=Sum("montant")).order_by("annee")
    return [(ligne["annee"], ligne["somme"]) for ligne in lignes]
