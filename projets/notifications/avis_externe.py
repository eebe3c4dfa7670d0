"""Les courriels à une personne sans compte dont on demande l’avis. Ils ne disent du projet que ce qui est partagé."""

from dataclasses import replace

from django.urls import reverse

from comptes.notifications.message import Message, adresse_entiere, composer
from projets.models import AvisExterne


def avis_demande(avis: AvisExterne, *, est_une_relance: bool = False) -> Message:
    """La question et le lien, qui sert une fois ; la relance redit les mêmes."""
    intitule = f"\u00a0: {avis.projet.intitule}" if avis.montre_intitule else ""
    message = composer(
        app="projets",
        gabarit="avis_externe",
        destinataire=avis.email,
        objet=f"{'Rappel, votre' if est_une_relance else 'Votre'} avis est demandé{intitule}",
        contexte={
            "avis": avis,
            "est_une_relance": est_une_relance,
            "lien": adresse_entiere(reverse("projets:avis_externe", args=[avis.jeton])),
        },
    )
    return replace(message, est_sensible=True)


def avis_retire(avis: AvisExterne) -> Message:
    """La demande est retirée : il n’y a plus rien à faire."""
    return composer(
        app="projets",
        gabarit="avis_externe_retire",
        destinataire=avis.email,
        objet="Votre avis n’est plus demandé",
        contexte={"avis": avis},
    )
