"""Deux personnes agissent sur le même projet : l’une passe, l’autre apprend ce qui a été fait, et par qui."""

from collections.abc import Iterable, Mapping

from django.db.models import Max, QuerySet
from django.utils import timezone

from comptes.models import Personne
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.models import Projet
from projets.rules.actes import phrase
from projets.states import PASSAGES


class DejaChange(PassageRefuse):
    """Quelqu’un d’autre a changé ce que la page montrait. `a_jour` : champ caché → ce qu’il vaut maintenant.

    Le message ne dit rien de la saisie : la page la garde, et se renvoie après relecture.
    """

    def __init__(self, message: str, a_jour: Mapping[str, str]) -> None:
        super().__init__(message)
        self.a_jour = a_jour


def derniers_passages(projets: Iterable[int]) -> dict[int, int]:
    """`dernier_passage` de chacun, par clé primaire, en une requête."""
    cles = {str(pk): pk for pk in projets}
    lignes = Journal.objects.filter(objet_type=Projet._meta.label, objet_id__in=cles, acte__in=PASSAGES)
    trouves = dict(lignes.order_by().values_list("objet_id").annotate(Max("pk")))
    return {pk: trouves.get(cle, 0) for cle, pk in cles.items()}


def dernier_passage(projet: Projet) -> int:
    """Ce qu’une page a vu du projet : la dernière ligne du journal qui l’a changé d’état ; 0 s’il n’y en a pas."""
    return _passages(projet).values_list("pk", flat=True).last() or 0


def refuser_si_change(projet: Projet, auteur: Personne, vu: int | None) -> None:
    """Lève `DejaChange` si une autre personne a changé l’état depuis `vu` (voir `dernier_passage`).

    À appeler sur un projet verrouillé. Sans `vu`, ou si l’auteur est seul en cause (un second clic), ne fait rien :
    la table des passages répondra.
    """
    if vu is None:
        return
    lignes = _passages(projet).filter(pk__gt=vu).exclude(auteur=auteur).select_related("auteur")
    faits = [
        f"{phrase(ligne.acte).lower()} par {ligne.auteur or 'le service'} le "
        f"{timezone.localtime(ligne.quand):%d/%m/%Y à %H\u00a0h\u00a0%M}"
        for ligne in lignes
    ]
    if faits:
        raise DejaChange(
            f"Rien n’est fait\u00a0: depuis que vous avez ouvert cette page, {', '.join(faits)}. Le projet est "
            f"«\u00a0{projet.get_etat_display()}\u00a0». Relisez-le avant de recommencer.",
            {"vu": str(dernier_passage(projet))},
        )


def _passages(projet: Projet) -> QuerySet[Journal]:
    lignes = Journal.objects.filter(objet_type=Projet._meta.label, objet_id=str(projet.pk), acte__in=PASSAGES)
    return lignes.order_by("pk")
