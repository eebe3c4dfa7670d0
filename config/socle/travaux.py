"""Le travail long : états, table de passage et erreurs. Le modèle abstrait est `config.socle.models.Travail`."""

from django.db import models

from config.socle.transitions import CycleDeVie, Passage


class EtatTravail(models.TextChoices):
    EN_ATTENTE = "en_attente", "en attente"
    EN_COURS = "en_cours", "en cours"
    TERMINE = "termine", "terminé"
    ECHOUE = "echoue", "échoué"
    ANNULE = "annule", "annulé"


E_T = EtatTravail
ACTIFS = frozenset({E_T.EN_ATTENTE.value, E_T.EN_COURS.value})
CYCLE_TRAVAIL = CycleDeVie(
    nom="le travail",
    etats={str(valeur): str(libelle) for valeur, libelle in EtatTravail.choices},
    passages=(
        # « commencer » part aussi de « en cours » : un travail dont le processus est mort est repris du début.
        Passage("commencer", frozenset({E_T.EN_ATTENTE.value, E_T.EN_COURS.value}), E_T.EN_COURS.value),
        Passage("terminer", frozenset({E_T.EN_COURS.value}), E_T.TERMINE.value),
        Passage("echouer", ACTIFS, E_T.ECHOUE.value, libelle="échouer"),
        Passage("annuler", ACTIFS, E_T.ANNULE.value),
        Passage("relancer", frozenset({E_T.ECHOUE.value, E_T.ANNULE.value}), E_T.EN_ATTENTE.value),
    ),
)


class TravailAnnule(Exception):
    """Levée au sein d’un travail dont quelqu’un a demandé l’annulation."""
