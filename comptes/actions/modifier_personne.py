"""Modifier une personne : son nom, son rôle et le périmètre qui va avec."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from comptes.models import Personne
from comptes.states import Role
from config.socle.journal import journaliser
from territoires.models import Territoire


@dataclass(frozen=True, slots=True)
class Fiche:
    """Ce qui change dans une personne. `territoires` : le périmètre d’un instructeur, vide pour les autres rôles."""

    prenom: str
    nom: str
    role: Role
    territoires: Sequence[Territoire] = field(default=())


def verifier_le_role(*, auteur: Personne | None, personne: Personne, fiche: Fiche) -> None:
    """Lève `ValidationError` : des territoires sans être instructeur, ou un administrateur qui se retire son rôle."""
    if fiche.territoires and fiche.role != Role.INSTRUCTEUR:
        raise ValidationError({"territoires": "Seul un instructeur a des territoires."})
    if auteur is not None and auteur.pk == personne.pk and fiche.role != personne.role:
        raise ValidationError({"role": "Vous ne pouvez pas changer votre propre rôle."})


@transaction.atomic
def modifier_personne(*, auteur: Personne | None, pk: int, fiche: Fiche) -> Personne:
    """Enregistre la fiche. Rien n’est écrit si rien ne change. Lève `ValidationError`."""
    personne = Personne.objects.select_for_update(of=("self",)).get(pk=pk)
    verifier_le_role(auteur=auteur, personne=personne, fiche=fiche)
    avant = _etat(personne)
    personne.prenom, personne.nom, personne.role = fiche.prenom, fiche.nom, fiche.role
    personne.full_clean(exclude=["password"])
    personne.save(update_fields=["prenom", "nom", "role"])
    personne.territoires.set(fiche.territoires)
    apres = _etat(personne)
    if apres != avant:
        journaliser(auteur=auteur, acte="modifier_personne", objet=personne, avant=avant, apres=apres)
    return personne


def _etat(personne: Personne) -> dict[str, Any]:
    codes = personne.territoires.order_by("code").values_list("code", flat=True)
    return {
        "prenom": personne.prenom,
        "nom": personne.nom,
        "role": str(personne.role),
        "territoires": list(codes),
    }
