"""Les courriels d’une procédure contradictoire : elle s’ouvre, elle se décide, elle s’arrête."""

from django.urls import reverse

from comptes.notifications.message import Message, adresse_entiere, composer
from financements.models import ProcedureContradictoire

OBJETS = {
    "ouverte": "Vos observations sont attendues",
    "decidee": "Décision après procédure contradictoire",
    "abandonnee": "Procédure contradictoire sans suite",
}


def courriels_de_la_procedure(procedure: ProcedureContradictoire, etape: str) -> list[Message]:
    """Un courriel par adresse de l’organisme et de ses responsables (lit `action.projet.appel`, `organisme`)."""
    projet = procedure.action.projet
    lien = adresse_entiere(reverse("financements:mes_versements", args=[projet.pk]))
    return [
        composer(
            app="financements",
            gabarit="procedure",
            destinataire=adresse,
            objet=f"{OBJETS[etape]} : {projet.reference}, {projet.intitule}",
            contexte={"procedure": procedure, "projet": projet, "etape": etape, "lien": lien},
            cle=f"procedure-{procedure.pk}-{etape}-{rang}",
        )
        for rang, adresse in enumerate(projet.organisme.destinataires())
    ]
