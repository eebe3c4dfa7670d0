"""Joindre des documents à un projet, les retirer. Plus rien n’y change une fois le projet déposé."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from comptes.actions.documents import Ajout, Description, Exigences, controler_un_envoi, garder_un_envoi
from comptes.models import Document, Personne
from comptes.permissions import adhesion_de
from comptes.rules.documents import nature_probable
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.models import Axe, PieceDemandee, PieceJointe, Projet
from projets.rules.saisies import axe_tape

DEPOSE = "Ce projet est déposé\u00a0: ses pièces ne changent plus."


def envoyer_et_joindre(
    *, auteur: Personne, projet: Projet, piece: PieceDemandee | None, recu: "UploadedFile[Any]"
) -> Ajout:
    """Met le fichier dans la bibliothèque de l’organisme (ou l’y retrouve), et le joint. Tout ou rien.

    Le fichier se contrôle avant que le projet ne soit verrouillé : les collègues enregistrent pendant ce temps. Le
    droit et l’état se vérifient avant, pour ne rien contrôler en vain, et après, sous le verrou.
    Lève ce que lèvent `ajouter_un_document` et `joindre_un_document`.
    """
    _exiger(auteur, projet)
    description = Description(nature_probable(piece.intitule) if piece else Document.Nature.AUTRE)
    exigences = Exigences(tuple(piece.formats), piece.taille_maximale) if piece else Exigences()
    envoi = controler_un_envoi(recu, exigences)
    ajout: Ajout | None = None
    try:
        with transaction.atomic():
            verrouille = _verrouiller(auteur, projet)
            ajout = garder_un_envoi(
                auteur=auteur, organisme=verrouille.organisme, envoi=envoi, description=description
            )
            joindre_un_document(auteur=auteur, projet=verrouille, document=ajout.document, piece=piece)
    except BaseException:
        if ajout is not None and ajout.est_neuf:
            ajout.document.fichier.delete(save=False)
        raise
    return ajout


@transaction.atomic
def joindre_un_document(
    *, auteur: Personne, projet: Projet, document: Document, piece: PieceDemandee | None
) -> PieceJointe:
    """Joint un document de la bibliothèque à une pièce demandée, ou en plus. Le refaire ne change rien.

    Lève `PassageRefuse` si le projet est déposé, `ValidationError` si le document ne convient pas, `PermissionDenied`
    si l’auteur n’agit pas pour l’organisme.
    """
    verrouille = _verrouiller(auteur, projet)
    present = Document.objects.select_for_update(of=("self",), no_key=True).filter(pk=document.pk).first()
    if present is None:
        raise ValidationError("Ce document a été supprimé entre-temps.")
    _refuser_le_document(verrouille, present)
    _refuser_la_piece(verrouille, present, piece)
    deja: PieceJointe | None = PieceJointe.objects.filter(projet=verrouille, piece=piece, document=present).first()
    if deja is not None:
        return deja
    jointe: PieceJointe = PieceJointe.objects.create(
        projet=verrouille, piece=piece, document=present, jointe_par=auteur
    )
    _noter(auteur, verrouille, "joindre_un_document", apres=_etat(jointe))
    return jointe


@transaction.atomic
def retirer_une_piece(*, auteur: Personne, jointe: PieceJointe) -> None:
    """Retire un document du projet ; il reste dans la bibliothèque. Ce qui a été déposé garde sa trace.

    Lève `PassageRefuse` si le projet est déposé, `PermissionDenied` si l’auteur n’agit pas pour l’organisme.
    """
    verrouille = _verrouiller(auteur, jointe.projet)
    presente = PieceJointe.objects.filter(pk=jointe.pk).first()
    if presente is None:
        return
    avant = _etat(presente)
    if verrouille.depots.exists():
        presente.retiree_le = timezone.now()
        presente.save(update_fields=["retiree_le"])
    else:
        presente.delete()
    _noter(auteur, verrouille, "retirer_une_piece", avant=avant)


def _verrouiller(auteur: Personne, projet: Projet) -> Projet:
    verrouille = Projet.objects.verrouille(projet.pk)
    _exiger(auteur, verrouille)
    return verrouille


def _exiger(auteur: Personne, projet: Projet) -> None:
    if adhesion_de(auteur, projet.organisme) is None:
        raise PermissionDenied
    if not projet.est_modifiable:
        raise PassageRefuse(DEPOSE)


def _refuser_le_document(projet: Projet, document: Document) -> None:
    if document.organisme_id != projet.organisme_id:
        raise ValidationError("Ce document est à un autre organisme.")
    if document.est_ecarte:
        raise ValidationError(f"«\u00a0{document.intitule}\u00a0» a été écarté\u00a0: il {document.raison}")
    if document.est_archive:
        raise ValidationError(f"«\u00a0{document.intitule}\u00a0» est archivé\u00a0: reprenez-le d’abord.")


def _refuser_la_piece(projet: Projet, document: Document, piece: PieceDemandee | None) -> None:
    if piece is None:
        return
    est_d_un_autre_axe = piece.axe_id is not None and piece.axe_id != _axe_en_cours(projet)
    if piece.appel_id != projet.appel_id or est_d_un_autre_axe:
        raise ValidationError("Cette pièce n’est pas demandée pour ce projet.")
    if refus := piece.refus(document.format, document.taille):
        raise ValidationError(f"«\u00a0{document.intitule}\u00a0» ne convient pas. {refus}")


def _axe_en_cours(projet: Projet) -> int:
    """L’axe qui s’écrit maintenant : pendant un complément, la ligne du projet garde celui qui est déposé."""
    choisi = axe_tape(dict(projet.saisies.filter(champ="axe").values_list("champ", "valeur")))
    return choisi if Axe.objects.filter(pk=choisi, appel=projet.appel_id).exists() else projet.axe_id


def _noter(auteur: Personne, projet: Projet, acte: str, **etats: Any) -> None:
    """Le projet a changé : qui le vérifiait pour le déposer doit le relire."""
    projet.version += 1
    projet.modifie_le, projet.modifie_par = timezone.now(), auteur
    projet.save(update_fields=["version", "modifie_le", "modifie_par"])
    journaliser(auteur=auteur, acte=acte, objet=projet, **etats)


def _etat(jointe: PieceJointe) -> dict[str, Any]:
    return {"document": jointe.document_id, "piece": jointe.piece_id, "empreinte": jointe.document.empreinte}
