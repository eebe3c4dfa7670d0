"""Le rappel d’échéance d’un appel, avec les brouillons d’une personne."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from comptes.models import Personne
from comptes.notifications.message import Message, adresse_entiere, composer
from projets.models import Projet


def rappel_d_echeance(personne: Personne, projets: Sequence[Projet], *, fin: datetime, jours: int) -> Message:
    """`projets` : du même appel, de même `fin` de dépôt, prolongation comprise ; `jours` : 7 ou 1, le rappel dont il
    s’agit. Le courriel donne la date : il peut être lu plus tard. Une fin reculée donne droit à de nouveaux rappels.
    """
    appel = projets[0].appel
    lignes = [(p, adresse_entiere(reverse("projets:verification", args=[p.pk]))) for p in projets]
    return composer(
        app="projets",
        gabarit="rappel",
        destinataire=personne.email,
        objet=f"Dépôt jusqu’au {timezone.localtime(fin):%d/%m/%Y à %H h %M} : {appel.intitule}",
        contexte={"appel": appel, "lignes": lignes, "fin": fin},
        cle=f"rappel-{appel.pk}-{personne.pk}-{jours}-{fin:%Y%m%d%H%M}",
    )
