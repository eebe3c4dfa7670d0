"""Confier à la file ce qui se dit au prestataire de signature."""

from celery import current_app

from config.socle.execution import mettre_en_file


def lancer_le_suivi(pk: int) -> None:
    """Met le suivi de la demande dans la file. Si elle ne répond pas, la reprise périodique s’en chargera.

    La tâche est appelée par son nom : elle fait un acte (`planning`), et ce module-ci est sous les actes.
    """
    mettre_en_file(current_app.signature("financements.suivre_une_signature"), pk, "la demande de signature")
