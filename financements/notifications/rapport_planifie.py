"""Le courriel d’un rapport planifié : il est prêt, voici où le lire."""

from comptes.models import Personne
from comptes.notifications.message import Message, adresse_entiere, composer
from financements.models import EcheanceDeRapport


def courriel_du_rapport(echeance: EcheanceDeRapport, personne: Personne) -> Message:
    """Une clé par échéance et par personne : jamais deux fois."""
    rapport, planification = echeance.rapport, echeance.planification
    return composer(
        app="financements",
        gabarit="rapport_planifie",
        destinataire=personne.email,
        objet=f"{rapport} est prêt",
        contexte={
            "rapport": rapport,
            "appel": planification.appel.intitule,
            "jour": echeance.jour,
            "frequence": planification.get_frequence_display(),
            "lien": adresse_entiere(rapport.get_absolute_url()),
        },
        cle=f"rapport-planifie-{echeance.pk}-{personne.pk}",
    )
