"""Ce qui a été voté pour des projets : ce que leur porteur lit à côté de ce qu’il a demandé.

Une décision votée et pas encore notifiée se tait : elle n’est pas dans ces chiffres.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Prefetch, Q, Sum

from comptes.models import Organisme, Personne
from financements.chiffres.fiche import FicheAction
from financements.chiffres.lettres import lettres_du_projet
from financements.models import Action, Bilan, Convention, Notification, Tranche, Versement
from financements.states.execution import EtatConvention
from projets.models import Projet


@dataclass(frozen=True)
class SuiteDuVote:
    """Les lettres d’un projet, la dernière d’abord, et ce qu’est devenue son action ; vide sans décision notifiée."""

    lettres: list[Notification]
    fiche: FicheAction | None = None
    convention: Convention | None = None
    bilans: list[Bilan] = field(default_factory=list)
    versements: list[Versement] = field(default_factory=list)


def suite_du_vote(projet: Projet, personne: Personne) -> SuiteDuVote:
    """Ce que la personne lit après le vote d’un projet qu’elle voit déjà (lit `exercices`). Cinq requêtes au plus."""
    lettres = lettres_du_projet(projet.pk)
    if projet.decision_reservee:
        return SuiteDuVote(lettres)
    action = (
        Action.objects.filter(projet=projet)
        .select_related("deliberation", "convention")
        .prefetch_related(
            Prefetch("bilans", Bilan.objects.visibles_par(personne).order_by("annee")),
            Prefetch("versements", Versement.objects.visibles_par(personne).order_by("exercice", "annee", "rang")),
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
