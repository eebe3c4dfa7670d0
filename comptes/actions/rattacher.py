"""Rattacher une personne à un organisme, et l’en détacher : ce que voit un porteur en dépend."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from comptes.models import Adhesion, Organisme, Personne
from comptes.states import Role, RoleOrganisme
from config.socle.journal import journaliser


@transaction.atomic
def rattacher(*, auteur: Personne | None, personne: Personne, organisme: Organisme, role: RoleOrganisme) -> Adhesion:
    """La personne agit pour l’organisme, dans ce rôle ; la refaire change le rôle.

    Lève `ValidationError` si la personne n’est pas un porteur.
    """
    personne = Personne.objects.select_for_update(of=("self",)).get(pk=personne.pk)
    if personne.role != Role.PORTEUR:
        raise ValidationError("Seul un porteur agit pour un organisme.")
    ancienne = Adhesion.objects.filter(personne=personne, organisme=organisme).first()
    if ancienne is not None and ancienne.role == role:
        return ancienne
    adhesion, _ = Adhesion.objects.update_or_create(personne=personne, organisme=organisme, defaults={"role": role})
    journaliser(
        auteur=auteur,
        acte="rattacher",
        objet=personne,
        avant=_etat(ancienne) if ancienne else None,
        apres=_etat(adhesion),
    )
    return adhesion


@transaction.atomic
def detacher(*, auteur: Personne | None, adhesion: Adhesion) -> None:
    """La personne n’agit plus pour l’organisme : elle ne voit plus ses projets."""
    personne = Personne.objects.select_for_update(of=("self",)).get(pk=adhesion.personne_id)
    avant = _etat(adhesion)
    Adhesion.objects.filter(pk=adhesion.pk).delete()
    journaliser(auteur=auteur, acte="detacher", objet=personne, avant=avant)


def _etat(adhesion: Adhesion) -> dict[str, Any]:
    return {"organisme": adhesion.organisme_id, "role": str(adhesion.role)}
