"""Emporter une annexe annuelle ; saisir le produit d’un organisme."""

from decimal import Decimal
from typing import BinaryIO

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Organisme, Personne
from config.socle.journal import journaliser
from financements.chiffres.exports.annexes import Annexe
from financements.exports.annexes import ecrire_l_annexe
from financements.models import ProduitDOrganisme
from financements.permissions import peut_exporter_les_decisions


@transaction.atomic
def exporter_une_annexe(*, auteur: Personne, annexe: Annexe, extension: str, fichier: BinaryIO) -> None:
    """Écrit l’annexe dans `fichier` et la consigne. Lève `PermissionDenied`, `ExportIncomplet` (fichier à jeter)."""
    if not peut_exporter_les_decisions(auteur):
        raise PermissionDenied
    ecrire_l_annexe(fichier, annexe, extension)
    nombre, attribue, verse = annexe.compte
    journaliser(
        auteur=auteur,
        acte="exporter_une_annexe",
        objet=auteur,
        apres={
            "annexe": annexe.forme.titre,
            "exercice": annexe.exercice,
            "format": extension,
            "lignes": nombre,
            "montant": str(attribue),
            "verse": str(verse),
        },
    )


@transaction.atomic
def declarer_un_produit(*, auteur: Personne, organisme: Organisme, annee: int, montant: Decimal) -> ProduitDOrganisme:
    """Note le produit d’une année, ou le corrige. Lève `PermissionDenied`."""
    if not peut_exporter_les_decisions(auteur):
        raise PermissionDenied
    Organisme.objects.select_for_update(of=("self",)).get(pk=organisme.pk)
    connu = ProduitDOrganisme.objects.filter(organisme=organisme, annee=annee).first()
    avant = {"annee": annee, "produit": str(connu.montant)} if connu else None
    produit, _ = ProduitDOrganisme.objects.update_or_create(
        organisme=organisme, annee=annee, defaults={"montant": montant, "saisi_par": auteur}
    )
    apres = {"annee": annee, "produit": str(montant)}
    journaliser(auteur=auteur, acte="declarer_un_produit", objet=organisme, avant=avant, apres=apres)
    return produit
