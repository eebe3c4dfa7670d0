"""La bibliothèque d’un organisme : ajouter, décrire, archiver, supprimer. Le même fichier n’y entre qu’une fois."""

from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from comptes.actions.organisme import verrouiller_l_organisme
from comptes.models import Document, Organisme, Personne
from comptes.models.document import TAILLE_D_UN_DOCUMENT, fin_de_la_grace
from comptes.permissions import adhesion_de
from comptes.states import EtatDocument
from comptes.tasks import lancer_l_analyse
from config.socle.fichiers.controle import FichierControle, controler_l_enveloppe
from config.socle.journal import journaliser


@dataclass(frozen=True, slots=True)
class Description:
    """Ce que la personne dit d’un document. `intitule` vide : le nom du fichier, sans son extension."""

    nature: str
    intitule: str = ""
    annee: int | None = None


@dataclass(frozen=True, slots=True)
class Exigences:
    """Ce qu’une pièce demandée admet. `formats` : tous ceux connus si None ; `taille_maximale` : Mo."""

    formats: tuple[str, ...] | None = None
    taille_maximale: int = TAILLE_D_UN_DOCUMENT


@dataclass(frozen=True, slots=True)
class Ajout:
    """Le document, et s’il vient d’être reçu (faux : ce fichier y était déjà, c’est le même document)."""

    document: Document
    est_neuf: bool


@dataclass(frozen=True, slots=True)
class EnvoiControle:
    """Un fichier reçu, et ce que son contrôle en dit."""

    recu: "UploadedFile[Any]"
    fiche: FichierControle


def controler_un_envoi(recu: "UploadedFile[Any]", exigences: Exigences) -> EnvoiControle:
    """À faire hors de tout verrou : son enveloppe seulement, ses pièges se cherchent après. Lève `FichierRefuse`."""
    fiche = controler_l_enveloppe(
        cast(BinaryIO, recu), recu.name or "", formats=exigences.formats, taille_maximale=exigences.taille_maximale
    )
    return EnvoiControle(recu, fiche)


def ajouter_un_document(
    *,
    auteur: Personne,
    organisme: Organisme,
    recu: "UploadedFile[Any]",
    description: Description,
    exigences: Exigences = Exigences(),
) -> Ajout:
    """Garde le fichier en quarantaine le temps de l’examiner, ou retrouve celui qui a la même empreinte.

    Lève `FichierRefuse`, `ValidationError` (description fausse, fichier déjà reconnu infecté), `PermissionDenied` si
    l’auteur n’agit pas pour l’organisme. Rien n’est gardé en cas de refus, fichier compris.
    """
    if adhesion_de(auteur, organisme) is None:
        raise PermissionDenied
    envoi = controler_un_envoi(recu, exigences)
    return garder_un_envoi(auteur=auteur, organisme=organisme, envoi=envoi, description=description)


def garder_un_envoi(
    *, auteur: Personne, organisme: Organisme, envoi: EnvoiControle, description: Description
) -> Ajout:
    """Garde un fichier déjà contrôlé, sous le verrou de l’organisme. Lève `ValidationError`, `PermissionDenied`."""
    ecrit: list[Document] = []
    try:
        with transaction.atomic():
            return _retrouver_ou_garder(auteur, organisme, (envoi, description), ecrit)
    except BaseException:
        for document in ecrit:
            document.fichier.delete(save=False)
        raise


def _retrouver_ou_garder(
    auteur: Personne,
    organisme: Organisme,
    a_garder: tuple[EnvoiControle, Description],
    ecrit: list[Document],
) -> Ajout:
    organisme = _verrouiller(auteur, organisme.pk)
    envoi, description = a_garder
    fiche = envoi.fiche
    present = Document.objects.filter(organisme=organisme, empreinte=fiche.empreinte).first()
    if present is not None and present.etat == EtatDocument.INFECTE:
        raise ValidationError(
            f"«\u00a0{fiche.nom}\u00a0» a déjà été reconnu infecté ({present.motif}). Il n’est pas reçu."
        )
    if present is not None and not present.est_ecarte:
        _reprendre(auteur, present)
        return Ajout(present, est_neuf=False)
    document = present or _neuf(organisme, fiche, description)
    document.envoye_par, document.envoye_le, document.nom = auteur, timezone.now(), fiche.nom
    document.etat, document.motif, document.essais, document.controle_le = EtatDocument.EN_ANALYSE, "", 0, None
    document.prochaine_analyse_le, document.est_archive = fin_de_la_grace(), False
    document.full_clean(exclude=["fichier"], validate_constraints=False)
    ecrit.append(document)
    document.fichier.save(fiche.nom, envoi.recu, save=False)
    document.save()
    journaliser(auteur=auteur, acte="ajouter_un_document", objet=organisme, apres=_etat(document))
    # « robust » : une file en panne, une fois la ligne validée, ne doit pas faire effacer le fichier.
    transaction.on_commit(lambda: lancer_l_analyse(document.pk), robust=True)
    return Ajout(document, est_neuf=True)


def _neuf(organisme: Organisme, fiche: FichierControle, description: Description) -> Document:
    return Document(
        organisme=organisme,
        nature=description.nature,
        intitule=(description.intitule or fiche.nom.rpartition(".")[0])[:120],
        annee=description.annee,
        nom=fiche.nom,
        format=fiche.genre,
        taille=fiche.taille,
        empreinte=fiche.empreinte,
    )


def _reprendre(auteur: Personne, document: Document) -> None:
    """Un document archivé que l’on renvoie redevient courant."""
    if document.est_archive:
        archiver_un_document(auteur=auteur, document=document, est_archive=False)
        document.est_archive = False


@transaction.atomic
def decrire_un_document(*, auteur: Personne, document: Document, description: Description) -> Document:
    """Change la nature, l’intitulé, l’année ; jamais le contenu. Lève `ValidationError`, `PermissionDenied`."""
    organisme = _verrouiller(auteur, document.organisme_id)
    present = _present(document)
    avant = _etat(present)
    present.nature, present.intitule, present.annee = description.nature, description.intitule, description.annee
    present.full_clean(exclude=["fichier"], validate_constraints=False)
    present.save(update_fields=["nature", "intitule", "annee"])
    if _etat(present) != avant:
        journaliser(auteur=auteur, acte="decrire_un_document", objet=organisme, avant=avant, apres=_etat(present))
    return present


@transaction.atomic
def archiver_un_document(*, auteur: Personne, document: Document, est_archive: bool = True) -> Document:
    """Ne le propose plus, ou le propose de nouveau (`est_archive` faux). Le refaire ne change rien."""
    organisme = _verrouiller(auteur, document.organisme_id)
    present = _present(document)
    if present.est_archive != est_archive:
        present.est_archive = est_archive
        present.save(update_fields=["est_archive"])
        acte = "archiver_un_document" if est_archive else "reprendre_un_document"
        journaliser(auteur=auteur, acte=acte, objet=organisme, apres=_etat(present))
    return present


@transaction.atomic
def supprimer_un_document(*, auteur: Personne, document: Document) -> None:
    """Efface un document qui n’a servi à aucun projet, et son fichier. Lève `ValidationError` s’il a servi."""
    organisme = _verrouiller(auteur, document.organisme_id)
    present = _present(document)
    avant, fichier = _etat(present), present.fichier
    try:
        present.delete()
    except ProtectedError as sert:
        raise ValidationError(
            f"«\u00a0{present.intitule}\u00a0» est joint à un projet, ou l’a été au dépôt\u00a0: "
            "il ne se supprime pas. Vous pouvez l’archiver."
        ) from sert
    journaliser(auteur=auteur, acte="supprimer_un_document", objet=organisme, avant=avant)
    if fichier:
        transaction.on_commit(partial(fichier.storage.delete, str(fichier.name)))


def _verrouiller(auteur: Personne, pk: int) -> Organisme:
    organisme = verrouiller_l_organisme(pk)
    if adhesion_de(auteur, organisme) is None:
        raise PermissionDenied
    return organisme


def _present(document: Document) -> Document:
    present = Document.objects.select_for_update(of=("self",)).filter(pk=document.pk).first()
    if present is None:
        raise ValidationError("Ce document a été supprimé entre-temps.")
    return present


def _etat(document: Document) -> dict[str, Any]:
    return {
        "document": document.pk,
        "nature": str(document.nature),
        "intitule": document.intitule,
        "annee": document.annee,
        "empreinte": document.empreinte,
        "est_archive": document.est_archive,
    }
