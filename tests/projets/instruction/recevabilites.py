"""Mettre un projet dans un état, lui demander un complément : pour les essais de la recevabilité."""

from datetime import timedelta

from django.utils import timezone

from projets.models import DemandeDeComplement, Projet
from tests.comptes.fabriques import PersonneFactory

MOTIF = "L’organisme n’a pas son siège dans le département."


def mettre(projet: Projet, etat: str) -> Projet:
    Projet.objects.filter(pk=projet.pk).update(etat=etat)
    return Projet.objects.get(pk=projet.pk)


def etat(projet: Projet) -> str:
    return Projet.objects.get(pk=projet.pk).etat


def demande(projet: Projet, *, jours: int) -> DemandeDeComplement:
    """Une demande dont l’échéance est dans `jours` (négatif : passée)."""
    return DemandeDeComplement.objects.create(
        projet=projet,
        texte="Le RIB.",
        demandee_par=PersonneFactory(pilote=True),
        demandee_le=timezone.now() - timedelta(days=30),
        echeance=timezone.localdate() + timedelta(days=jours),
    )
