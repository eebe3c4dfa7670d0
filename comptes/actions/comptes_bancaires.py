"""Ajouter un compte bancaire, l’archiver, le reprendre. Le journal n’en garde que l’IBAN masqué."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.actions.organisme import verrouiller_l_organisme
from comptes.models import CompteBancaire, Organisme, Personne
from comptes.permissions import est_responsable
from comptes.rules.banque import compacter
from config.socle.journal import journaliser


@dataclass(frozen=True, slots=True)
class NouveauCompte:
    """Ce qu’il faut pour ajouter un compte ; IBAN et BIC avec ou sans espaces."""

    libelle: str
    titulaire: str
    iban: str
    bic: str


@transaction.atomic
def ajouter_un_compte(*, auteur: Personne, organisme: Organisme, nouveau: NouveauCompte) -> CompteBancaire:
    """Ajoute le compte. Lève `ValidationError` (IBAN ou BIC faux, déjà là), `PermissionDenied` hors responsable."""
    organisme = verrouiller_l_organisme(organisme.pk)
    if not est_responsable(auteur, organisme):
        raise PermissionDenied
    compte = CompteBancaire(
        organisme=organisme,
        libelle=nouveau.libelle,
        titulaire=nouveau.titulaire,
        iban=compacter(nouveau.iban),
        bic=compacter(nouveau.bic),
    )
    compte.full_clean()
    compte.save()
    apres = {"compte": compte.pk, "iban": compte.iban_masque}
    journaliser(auteur=auteur, acte="ajouter_un_compte", objet=organisme, apres=apres)
    return compte


@transaction.atomic
def archiver_un_compte(*, auteur: Personne, compte: CompteBancaire, est_archive: bool = True) -> CompteBancaire:
    """Archive le compte, ou le reprend (`est_archive` faux). Le refaire ne change rien."""
    organisme = verrouiller_l_organisme(compte.organisme_id)
    if not est_responsable(auteur, organisme):
        raise PermissionDenied
    present = CompteBancaire.objects.get(pk=compte.pk)
    if present.est_archive != est_archive:
        present.est_archive = est_archive
        present.save(update_fields=["est_archive"])
        acte = "archiver_un_compte" if est_archive else "reprendre_un_compte"
        apres = {"compte": present.pk, "iban": present.iban_masque}
        journaliser(auteur=auteur, acte=acte, objet=organisme, apres=apres)
    return present
