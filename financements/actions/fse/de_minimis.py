"""Tenir le registre des aides de minimis : noter une aide, en retirer une notée par erreur, l’emporter."""

from typing import Any, BinaryIO

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from comptes.models import Organisme, Personne
from config.socle.journal import journaliser
from financements.actions.execution.acces import exiger_un_jour_venu
from financements.chiffres.de_minimis import AidesAEmporter
from financements.exports.de_minimis import ecrire_le_registre
from financements.models import AideDeMinimis
from financements.permissions import peut_exporter_les_decisions, peut_tenir_le_fse


@transaction.atomic
def noter_une_aide_de_minimis(*, auteur: Personne, aide: AideDeMinimis) -> AideDeMinimis:
    """Ajoute l’aide au registre, rattachée à l’organisme de ce SIREN s’il est connu.

    Celle d’une action est à l’organisme qui la porte. Un dépassement du plafond n’empêche rien : il se voit au
    registre. Lève `PermissionDenied`, `ValidationError`.
    """
    if not peut_tenir_le_fse(auteur):
        raise PermissionDenied
    aide.saisie_par = auteur
    aide.organisme = Organisme.objects.filter(siret__startswith=aide.siren).order_by("siret").first()
    aide.full_clean()
    if aide.action is not None and aide.siren != aide.action.projet.organisme.siren:
        raise ValidationError({"siren": "Ce SIREN n’est pas celui de l’organisme qui porte l’action."})
    exiger_un_jour_venu(accordee_le=aide.accordee_le)
    aide.save()
    journaliser(auteur=auteur, acte="noter_une_aide_de_minimis", objet=aide, apres=_etat(aide))
    return aide


@transaction.atomic
def retirer_une_aide_de_minimis(*, auteur: Personne, aide: AideDeMinimis) -> None:
    """Retire une aide notée par erreur ; le journal la garde. Lève `PermissionDenied`."""
    if not peut_tenir_le_fse(auteur):
        raise PermissionDenied
    presente = AideDeMinimis.objects.select_for_update(of=("self",)).filter(pk=aide.pk).first()
    if presente is None:
        return
    journaliser(auteur=auteur, acte="retirer_une_aide_de_minimis", objet=presente, avant=_etat(presente))
    presente.delete()


@transaction.atomic
def exporter_le_registre_de_minimis(
    *, auteur: Personne, choisies: AidesAEmporter, recherche: str, extension: str, fichier: BinaryIO
) -> None:
    """Écrit les aides choisies dans `fichier` et le consigne ; `recherche` : ce qui les a choisies, vide sinon.

    Lève `PermissionDenied`, `ExportIncomplet` (fichier à jeter).
    """
    if not peut_exporter_les_decisions(auteur):
        raise PermissionDenied
    ecrire_le_registre(fichier, choisies, extension)
    nombre, montant = choisies.compte
    journaliser(
        auteur=auteur,
        acte="exporter_le_registre_de_minimis",
        objet=auteur,
        apres={"format": extension, "lignes": nombre, "montant": str(montant), "filtres": {"recherche": recherche}},
    )


def _etat(aide: AideDeMinimis) -> dict[str, Any]:
    return {
        "siren": aide.siren,
        **({"action": str(aide.action)} if aide.action else {}),
        "regime": aide.regime,
        "montant": aide.montant,
        "accordee_le": aide.accordee_le,
        "autorite": aide.autorite,
    }
