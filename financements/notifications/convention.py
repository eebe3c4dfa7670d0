"""Les courriels d’une convention : elle est à signer, elle est notifiée, elle va devenir caduque."""

from django.urls import reverse

from comptes.notifications.message import Message, adresse_entiere, composer
from financements.models import Convention

A_SIGNER, NOTIFIEE, CADUCITE = "a_signer", "notifiee", "caducite"
OBJETS = {
    A_SIGNER: "Convention à signer",
    NOTIFIEE: "Convention signée",
    CADUCITE: "Convention bientôt caduque",
}


def courriels_de_convention(convention: Convention, quoi: str, *, au_service: bool = False) -> list[Message]:
    """Un courriel par adresse de l’organisme (lit `action.projet`), une clé par envoi : jamais deux fois.

    `au_service` : au contact de l’appel aussi.
    """
    projet = convention.action.projet
    adresses = projet.organisme.destinataires()
    if au_service and projet.appel.contact:
        adresses = list(dict.fromkeys([*adresses, projet.appel.contact.lower()]))
    return [
        composer(
            app="financements",
            gabarit="convention",
            destinataire=adresse,
            objet=f"{OBJETS[quoi]} : {convention.numero}, {projet.intitule}",
            contexte={
                "quoi": quoi,
                "convention": convention,
                "projet": projet,
                "lien": adresse_entiere(reverse("projets:projet", args=[projet.pk])),
            },
            cle=f"convention-{convention.pk}-{quoi}-{convention.version}-{rang}",
        )
        for rang, adresse in enumerate(adresses)
    ]
