"""Joindre des documents à un bilan, les retirer. Plus rien n’y change une fois le bilan déposé."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from comptes.actions.documents import Ajout, Description, Exigences, controler_un_envoi, garder_un_envoi
from comptes.models import Document, Personne
from comptes.rules.documents import nature_probable
from config.socle.journal import journaliser
from financements.actions.bilans.saisir import exiger_l_ecriture, toucher
from financements.models import Bilan, PieceDeBilan


def envoyer_une_piece(*, auteur: Personne, bilan: Bilan, recu: "UploadedFile[Any]") -> Ajout:
    """Met le fichier dans la bibliothèque de l’organisme (ou l’y retrouve), et le joint. Tout ou rien.

    Lève `FichierRefuse`, et ce que lèvent `garder_un_envoi` et `joindre_au_bilan`.
    """
    exiger_l_ecriture(auteur, bilan)
    envoi = controler_un_envoi(recu, Exigences())
    description = Description(nature_probable(recu.name or ""), annee=bilan.annee)
    ajout: Ajout | None = None
    try:
        with transaction.atomic():
            verrouille = Bilan.objects.verrouille(bilan.pk)
            organisme = verrouille.action.projet.organisme
            ajout = garder_un_envoi(auteur=auteur, organisme=organisme, envoi=envoi, description=description)
            joindre_au_bilan(auteur=auteur, bilan=verrouille, document=ajout.document)
    except BaseException:
        if ajout is not None and ajout.est_neuf:
            ajout.document.fichier.delete(save=False)
        raise
    return ajout


@transaction.atomic
def joindre_au_bilan(*, auteur: Personne, bilan: Bilan, document: Document) -> PieceDeBilan:
    """Joint un document de la bibliothèque. Le refaire ne change rien.

    Lève `PassageRefuse` si le bilan est déposé, `ValidationError` si le document ne convient pas, `PermissionDenied`.
    """
    verrouille = Bilan.objects.verrouille(bilan.pk)
    exiger_l_ecriture(auteur, verrouille)
    present = Document.objects.select_for_update(of=("self",), no_key=True).filter(pk=document.pk).first()
    if present is None or present.organisme_id != verrouille.action.projet.organisme_id:
        raise ValidationError("Ce document n’est pas dans la bibliothèque de l’organisme.")
    if present.est_ecarte:
        raise ValidationError(f"«\u00a0{present.intitule}\u00a0» a été écarté\u00a0: il {present.raison}")
    piece, est_neuve = PieceDeBilan.objects.get_or_create(
        bilan=verrouille, document=present, defaults={"jointe_par": auteur}
    )
    if est_neuve:
        toucher(verrouille)
        journaliser(
            auteur=auteur,
            acte="joindre_au_bilan",
            objet=verrouille,
            apres={"document": present.pk, "empreinte": present.empreinte},
        )
    return piece


@transaction.atomic
def retirer_du_bilan(*, auteur: Personne, bilan: Bilan, piece: int) -> None:
    """Retire un document du bilan ; il reste dans la bibliothèque, et dans les copies déjà déposées.

    Lève `PassageRefuse` si le bilan est déposé, `PermissionDenied`.
    """
    verrouille = Bilan.objects.verrouille(bilan.pk)
    exiger_l_ecriture(auteur, verrouille)
    presente = PieceDeBilan.objects.filter(bilan=verrouille, pk=piece).select_related("document").first()
    if presente is None:
        return
    avant = {"document": presente.document_id, "empreinte": presente.document.empreinte}
    presente.delete()
    toucher(verrouille)
    journaliser(auteur=auteur, acte="retirer_du_bilan", objet=verrouille, avant=avant)
