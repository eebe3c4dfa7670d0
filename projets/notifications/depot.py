"""Le courriel qui vaut accusé de réception : il contient tout ce que le PDF contient."""

from django.urls import reverse

from comptes.models import Personne
from comptes.notifications.message import Message, adresse_entiere, composer
from projets.models import Depot
from projets.models.depot import accuse_du_depot


def recepisse_du_depot(depot: Depot, auteur: Personne) -> list[Message]:
    """À qui a déposé, et à l’adresse de l’organisme si elle est autre. Une clé par envoi : jamais deux fois."""
    adresses = dict.fromkeys(filter(None, [auteur.email, depot.projet.organisme.courriel.lower()]))
    accuse = accuse_du_depot(depot)
    contexte = {
        "accuse": accuse,
        "lien": adresse_entiere(reverse("projets:recepisse", args=[depot.projet_id, depot.version])),
    }
    objet = "Complément reçu" if accuse.est_un_complement else "Projet reçu"
    return [
        composer(
            app="projets",
            gabarit="recepisse",
            destinataire=adresse,
            objet=f"{objet} : {accuse.reference}, {accuse.intitule}",
            contexte=contexte,
            cle=f"recepisse-{depot.pk}-{rang}",
        )
        for rang, adresse in enumerate(adresses)
    ]
