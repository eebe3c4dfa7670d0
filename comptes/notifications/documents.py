"""Le courriel d’un document écarté."""

from django.urls import reverse

from comptes.models import Document, Personne
from comptes.notifications.message import Message, adresse_entiere, composer
from comptes.states import EtatDocument


def document_ecarte(document: Document, destinataire: Personne) -> Message:
    """À qui l’a envoyé : le fichier est infecté, piégé, ou n’a pas pu être examiné ; il est effacé."""
    return composer(
        gabarit="document_ecarte",
        destinataire=destinataire.email,
        objet=f"Le fichier « {document.nom} » n’a pas été reçu",
        contexte={
            "document": document,
            "est_infecte": document.etat == EtatDocument.INFECTE,
            "lien": adresse_entiere(reverse("documents", args=[document.organisme_id])),
        },
    )
