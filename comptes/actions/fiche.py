"""Modifier la fiche d’un organisme : on part d’une version, et n’écrase jamais celle d’un autre sans l’avoir vue."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.actions.organisme import verrouiller_l_organisme
from comptes.models import Organisme, Personne
from comptes.permissions import adhesion_de
from config.socle.journal import journaliser
from config.socle.versions import exiger_la_version

CHAMPS = (
    "siret",
    "rna",
    "nom",
    "forme_juridique",
    "objet_social",
    "adresse",
    "commune",
    "adresse_courrier",
    "telephone",
    "courriel",
    "representant_nom",
    "representant_qualite",
    "salaries_etp",
    "benevoles",
    "adherents",
    "agrements",
)


@transaction.atomic
def modifier_la_fiche(*, auteur: Personne, organisme: Organisme, version: int, saisie: dict[str, Any]) -> Organisme:
    """Enregistre les champs de `saisie` (noms de `CHAMPS`) si la fiche est encore à `version`.

    Lève `VersionPerimee`, `ValidationError`, ou `PermissionDenied` si l’auteur n’agit pas pour l’organisme.
    """
    present = verrouiller_l_organisme(organisme.pk)
    if adhesion_de(auteur, present) is None:
        raise PermissionDenied
    exiger_la_version(present, version)
    avant, siren = _etat(present), present.siren
    for champ in CHAMPS:
        setattr(present, champ, saisie[champ])
    apres = _etat(present)
    if apres == avant:
        return present
    if siren and present.siren != siren:
        raise ValidationError(
            {"siret": "Le SIREN (neuf premiers chiffres) ne change pas : un autre SIREN est un autre organisme."}
        )
    present.version += 1
    present.modifie_le, present.modifie_par = timezone.now(), auteur
    present.full_clean()
    present.save()
    changes = [champ for champ in CHAMPS if avant[champ] != apres[champ]]
    journaliser(
        auteur=auteur,
        acte="modifier_la_fiche",
        objet=present,
        avant={champ: avant[champ] for champ in changes},
        apres={champ: apres[champ] for champ in changes},
    )
    return present


def _etat(organisme: Organisme) -> dict[str, Any]:
    return {champ: organisme.commune_id if champ == "commune" else getattr(organisme, champ) for champ in CHAMPS}
