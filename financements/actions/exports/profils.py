"""Ajouter, modifier, supprimer un profil d’échange ; écrire le fichier d’un profil."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.versions import exiger_la_version
from financements.chiffres.exports.progiciel import EnvoiAuProgiciel
from financements.exports.ecrit import Ecrit
from financements.exports.progiciel import ecrire_l_envoi
from financements.models import ProfilDExport
from financements.permissions import peut_echanger_avec_le_progiciel
from financements.states.echanges import COLONNES, SorteDeProfil


@transaction.atomic
def ajouter_un_profil(*, auteur: Personne, sorte: SorteDeProfil, saisie: Mapping[str, Any]) -> ProfilDExport:
    """`saisie` : les champs du profil. Lève `PermissionDenied`, `ValidationError` par champ."""
    _exiger_les_finances(auteur)
    profil = ProfilDExport(sorte=sorte)
    _ecrire(profil, saisie)
    journaliser(auteur=auteur, acte="ajouter_un_profil", objet=profil, apres=_en_clair(profil))
    return profil


@transaction.atomic
def modifier_un_profil(
    *, auteur: Personne, profil: ProfilDExport, saisie: Mapping[str, Any], version: int
) -> ProfilDExport:
    """Lève `PermissionDenied`, `ValidationError` par champ, `VersionPerimee`."""
    _exiger_les_finances(auteur)
    actuel = ProfilDExport.objects.select_for_update(of=("self",)).get(pk=profil.pk)
    exiger_la_version(actuel, version)
    avant = _en_clair(actuel)
    actuel.version += 1
    _ecrire(actuel, saisie)
    journaliser(auteur=auteur, acte="modifier_un_profil", objet=actuel, avant=avant, apres=_en_clair(actuel))
    return actuel


@transaction.atomic
def supprimer_un_profil(*, auteur: Personne, profil: ProfilDExport) -> None:
    """Les fichiers déjà partis restent au journal. Lève `PermissionDenied`."""
    _exiger_les_finances(auteur)
    actuel = ProfilDExport.objects.select_for_update(of=("self",)).get(pk=profil.pk)
    journaliser(auteur=auteur, acte="supprimer_un_profil", objet=actuel, avant=_en_clair(actuel))
    actuel.delete()


@transaction.atomic
def envoyer_au_progiciel(
    *,
    auteur: Personne | None,
    profil: ProfilDExport,
    donnees: EnvoiAuProgiciel,
    fichier: BinaryIO,
    filtres: Mapping[str, str],
) -> Ecrit:
    """Écrit le fichier du profil et le consigne. `auteur` : None pour la commande.

    Lève `PermissionDenied`, `FichierRefuse` ou `ExportIncomplet` : rien n’est consigné, ce qui est écrit est à jeter.
    """
    if auteur is not None:
        _exiger_les_finances(auteur)
    envoi = ecrire_l_envoi(fichier, profil, donnees)
    journaliser(
        auteur=auteur,
        acte="envoyer_au_progiciel",
        objet=donnees.appel,
        apres={
            "format": profil.sorte,
            "profil": profil.nom,
            "exercice": donnees.exercice,
            "lignes": envoi.nombre,
            "montant": str(donnees.montant),
            "empreinte": envoi.empreinte,
            "filtres": dict(filtres),
        },
    )
    return envoi


def _exiger_les_finances(auteur: Personne) -> None:
    if not peut_echanger_avec_le_progiciel(auteur):
        raise PermissionDenied


def _ecrire(profil: ProfilDExport, saisie: Mapping[str, Any]) -> None:
    for champ, valeur in saisie.items():
        setattr(profil, champ, valeur)
    connues = COLONNES[SorteDeProfil(profil.sorte)]
    if not profil.colonnes or not set(profil.cles) <= connues.keys() or len(set(profil.cles)) != len(profil.cles):
        raise ValidationError("Un profil a des colonnes connues, chacune une fois.")
    profil.full_clean()
    profil.save()


def _en_clair(profil: ProfilDExport) -> dict[str, Any]:
    return {
        "nom": profil.nom,
        "sorte": profil.get_sorte_display(),
        "colonnes": profil.entetes,
        "format": f"{profil.get_separateur_display()}, {profil.get_encodage_display()}",
    }
