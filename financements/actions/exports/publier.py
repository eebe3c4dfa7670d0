"""Préparer le fichier des données ouvertes, et dire qu’il est en ligne."""

from collections.abc import Mapping
from datetime import date
from typing import BinaryIO

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.chiffres.exports.scdl import Subventions
from financements.exports.scdl import ecrire_scdl
from financements.models import LignePubliee, Publication
from financements.permissions import peut_exporter_les_decisions


@transaction.atomic
def preparer_les_donnees_ouvertes(
    *, auteur: Personne | None, subventions: Subventions, fichier: BinaryIO, filtres: Mapping[str, str]
) -> Publication | None:
    """Écrit le fichier dans `fichier` et consigne ses lignes. `auteur` : None pour la commande.

    La forme étendue, d’usage interne, n’est pas une publication : None. Lève `FichierRefuse` ou `ExportIncomplet`
    (rien n’est consigné, ce qui est écrit est à jeter), `PermissionDenied` si l’auteur n’exporte pas.
    """
    if auteur is not None and not peut_exporter_les_decisions(auteur):
        raise PermissionDenied
    ecrit = ecrire_scdl(fichier, subventions)
    journaliser(
        auteur=auteur,
        acte="preparer_les_donnees_ouvertes",
        objet=subventions.appel,
        apres={
            "format": "scdl étendu" if subventions.etendue else "scdl",
            "perimetre": "seuil légal" if subventions.seuil else "tout",
            "lignes": ecrit.nombre,
            "montant": str(subventions.montant),
            "empreinte": ecrit.empreinte,
            "filtres": dict(filtres),
        },
    )
    if subventions.etendue:
        return None
    publication = Publication.objects.create(
        appel=subventions.appel,
        seuil_legal=subventions.seuil,
        nombre=ecrit.nombre,
        montant=subventions.montant,
        empreinte=ecrit.empreinte,
        preparee_par=auteur,
    )
    _consigner_les_lignes(publication, subventions)
    return publication


def _consigner_les_lignes(publication: Publication, subventions: Subventions) -> None:
    """En une requête, quel que soit leur nombre."""
    cles, parametres = subventions.cles()
    table = LignePubliee._meta.db_table
    with connection.cursor() as curseur:
        curseur.execute(
            f"INSERT INTO {table} (publication_id, action_id, montant, datee_le) "  # noqa: S608 (nom de notre table)
            f"SELECT %s::bigint, c.* FROM ({cles}) c",
            [publication.pk, *parametres],
        )


@transaction.atomic
def mettre_en_ligne(*, auteur: Personne, publication: Publication, jour: date, adresse: str) -> Publication:
    """Dit que le fichier est publié, où et depuis quand. Lève `PassageRefuse` s’il l’est déjà."""
    if not peut_exporter_les_decisions(auteur):
        raise PermissionDenied
    tenue = Publication.objects.select_for_update(of=("self",)).get(pk=publication.pk)
    if tenue.en_ligne_le is not None:
        raise PassageRefuse("Cette publication est déjà dite en ligne.")
    tenue.en_ligne_le, tenue.adresse = jour, adresse
    tenue.save(update_fields=["en_ligne_le", "adresse"])
    journaliser(
        auteur=auteur,
        acte="mettre_en_ligne",
        objet=tenue,
        apres={"en_ligne_le": jour.isoformat(), "adresse": adresse},
    )
    return tenue
