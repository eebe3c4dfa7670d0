"""Le courriel qui groupe les avis d’une personne."""

from collections.abc import Sequence

from comptes.models import Avis, Personne
from comptes.notifications.message import Message, adresse_entiere, composer


def avis_groupes(personne: Personne, avis: Sequence[Avis]) -> Message:
    """Un avis : il est l’objet. Plusieurs : leur nombre."""
    objet = avis[0].texte if len(avis) == 1 else f"{len(avis)} nouvelles de vos projets"
    lignes = [(a.texte, adresse_entiere(a.lien)) for a in avis]
    return composer(
        gabarit="avis", destinataire=personne.email, objet=objet, contexte={"personne": personne, "lignes": lignes}
    )
