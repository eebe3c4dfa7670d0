"""Le courriel d’irrecevabilité : tout ce que la lettre dit, et le lien vers son PDF."""

from django.urls import reverse

from comptes.notifications.message import Message, adresse_entiere, composer
from projets.models import Irrecevabilite


def avis_d_irrecevabilite(irrecevabilite: Irrecevabilite) -> list[Message]:
    """À l’adresse de l’organisme et à ses responsables. Une clé par envoi : jamais deux fois."""
    projet = irrecevabilite.projet
    contexte = {
        "lettre": irrecevabilite.contenu,
        "lien": adresse_entiere(reverse("projets:lettre_d_irrecevabilite", args=[projet.pk, irrecevabilite.pk])),
    }
    return [
        composer(
            app="projets",
            gabarit="irrecevabilite",
            destinataire=adresse,
            objet=f"Projet irrecevable : {projet.reference}, {projet.intitule}",
            contexte=contexte,
            cle=f"irrecevabilite-{irrecevabilite.pk}-{rang}",
        )
        for rang, adresse in enumerate(projet.organisme.destinataires())
    ]
