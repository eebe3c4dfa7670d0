"""Le courriel d’une demande de signature conclue chez le prestataire : à qui l’a demandée."""

from django.urls import reverse

from comptes.notifications.message import Message, adresse_entiere, composer
from financements.models import DemandeDeSignature


def signature_conclue(demande: DemandeDeSignature) -> Message:
    """Signée, refusée, expirée ou en échec, avec son motif (lit `convention.action.projet.appel`, `avenant`)."""
    projet = demande.convention.action.projet
    objet = demande.avenant or demande.convention
    adresse = demande.convention.get_absolute_url()
    if demande.avenant:
        adresse = reverse("financements:avenant", args=[projet.appel.slug, projet.numero, demande.avenant.numero])
    return composer(
        app="financements",
        gabarit="signature",
        destinataire=demande.demandee_par.email,
        objet=f"Signature {demande.get_etat_display()} : {objet}",
        contexte={"demande": demande, "objet": objet, "projet": projet, "lien": adresse_entiere(adresse)},
        cle=f"signature-{demande.pk}-{demande.etat}",
    )
