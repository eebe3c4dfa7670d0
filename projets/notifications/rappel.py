"""Le rappel d’échéance d’un appel, avec les brouillons d’une personne."""

from collections.abc import Sequence

from django.urls import reverse

from comptes.models import Personne
from comptes.notifications.message import Message, adresse_entiere, composer
from projets.models import AppelAProjets, Projet


def rappel_d_echeance(personne: Personne, appel: AppelAProjets, projets: Sequence[Projet], jours: int) -> Message:
    """`jours` : 7 ou 1, le rappel dont il s’agit. Une clôture reculée donne droit à de nouveaux rappels."""
    quand = "demain" if jours == 1 else f"dans {jours} jours"
    lignes = [(p, adresse_entiere(reverse("projets:verification", args=[p.pk]))) for p in projets]
    return composer(
        app="projets",
        gabarit="rappel",
        destinataire=personne.email,
        objet=f"Le dépôt se termine {quand} : {appel.intitule}",
        contexte={"appel": appel, "lignes": lignes},
        cle=f"rappel-{appel.pk}-{personne.pk}-{jours}-{appel.ferme_le:%Y%m%d%H%M}",
    )
