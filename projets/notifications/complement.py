"""La demande de complément, écrite entière à chaque personne de l’organisme : elle fixe un délai."""

from django.urls import reverse

from comptes.models import Personne
from comptes.notifications.message import Message, adresse_entiere, composer
from projets.models import DemandeDeComplement


def complement_demande(demande: DemandeDeComplement, personne: Personne) -> Message:
    """Ce qui manque, l’échéance, qui le demande (CRPA, art. L111-2 et L114-5)."""
    projet = demande.projet
    return composer(
        app="projets",
        gabarit="complement",
        destinataire=personne.email,
        objet=f"Complément demandé avant le {demande.echeance:%d/%m/%Y} : {projet.reference}",
        contexte={
            "demande": demande,
            "projet": projet,
            "lien": adresse_entiere(reverse("projets:verification", args=[projet.pk])),
        },
    )
