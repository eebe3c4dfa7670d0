"""La demande de complément, écrite entière à l’organisme et à chacune de ses personnes : elle fixe un délai."""

from django.urls import reverse

from comptes.notifications.message import Message, adresse_entiere, composer
from projets.models import DemandeDeComplement


def complement_demande(demande: DemandeDeComplement, adresse: str) -> Message:
    """Ce qui manque, l’échéance, qui le demande (CRPA, art. L111-2 et L114-5)."""
    projet = demande.projet
    return composer(
        app="projets",
        gabarit="complement",
        destinataire=adresse,
        objet=f"Complément demandé avant le {demande.echeance:%d/%m/%Y} : {projet.reference}",
        contexte={
            "demande": demande,
            "projet": projet,
            "lien": adresse_entiere(reverse("projets:verification", args=[projet.pk])),
        },
    )
