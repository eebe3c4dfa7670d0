"""Les pièces d’un bilan : les joindre de la bibliothèque ou les envoyer, les retirer, les lire."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from comptes.models import Document
from comptes.permissions import est_porteur, personne_de, reservee_a
from comptes.states import UTILISABLES
from config.socle.fichiers.envoi import telechargement
from config.socle.transitions import PassageRefuse
from financements.actions.bilans.pieces import envoyer_une_piece, joindre_au_bilan, retirer_du_bilan
from financements.forms.bilans.dossier import PAR_CLE, DossierDuBilan, defaut_de
from financements.models import Bilan, CopieDeBilan, PieceDeBilan
from financements.permissions import suit_un_bilan
from financements.tasks.bilans import lancer_le_pdf
from financements.views.bilans.dossier import bilan_de, contexte


@require_safe
@reservee_a(est_porteur)
def pieces_du_bilan(request: HttpRequest, pk: int, annee: int) -> HttpResponse:
    """Ce qui est joint, et ce qui peut l’être."""
    bilan = bilan_de(request, pk, annee)
    if not bilan.est_modifiable:
        return redirect("financements:mon_bilan", pk=pk, annee=annee)
    return _montrer(request, bilan, [])


def _montrer(request: HttpRequest, bilan: Bilan, refus: list[str]) -> HttpResponse:
    pieces = [
        (piece, "" if piece.document.est_utilisable else defaut_de(piece.document)) for piece in bilan.pieces.all()
    ]
    jointes = {piece.document_id for piece, _ in pieces}
    proposables = Document.objects.visibles_par(personne_de(request)).proposables()
    siens = proposables.filter(organisme=bilan.action.projet.organisme_id).exclude(pk__in=jointes)
    page = contexte(
        request, DossierDuBilan(bilan), PAR_CLE["pieces"], pieces=pieces, documents=list(siens), refus=refus, form=None
    )
    return render(request, "financements/bilans/dossier/pieces.html", page, status=422 if refus else 200)


@require_POST
@reservee_a(est_porteur)
def joindre_une_piece_au_bilan(request: HttpRequest, pk: int, annee: int) -> HttpResponse:
    """Joindre un document choisi, ou le fichier envoyé."""
    bilan, personne = bilan_de(request, pk, annee), personne_de(request)
    try:
        if recu := request.FILES.get("fichier"):
            envoyer_une_piece(auteur=personne, bilan=bilan, recu=recu)
        else:
            joindre_au_bilan(auteur=personne, bilan=bilan, document=_choisi(request))
    except ValidationError as refus:
        return _montrer(request, bilan, refus.messages)
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    return redirect("financements:pieces_du_bilan", pk=pk, annee=annee)


def _choisi(request: HttpRequest) -> Document:
    """Le document choisi dans la bibliothèque. Lève `ValidationError`."""
    choisi = request.POST.get("document", "")
    siens = Document.objects.visibles_par(personne_de(request))
    document = siens.filter(pk=choisi).first() if choisi.isdecimal() else None
    if document is None:
        raise ValidationError("Choisissez un fichier, ou un document de la bibliothèque.")
    return document


@require_POST
@reservee_a(est_porteur)
def retirer_une_piece_du_bilan(request: HttpRequest, pk: int, annee: int, piece: int) -> HttpResponse:
    """Retirer un document du bilan."""
    bilan = bilan_de(request, pk, annee)
    try:
        retirer_du_bilan(auteur=personne_de(request), bilan=bilan, piece=piece)
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    return redirect("financements:pieces_du_bilan", pk=pk, annee=annee)


@require_safe
@reservee_a(suit_un_bilan)
def piece_du_bilan(request: HttpRequest, pk: int, piece: int) -> HttpResponseBase:
    """Le fichier d’une pièce, à qui voit le bilan. En quarantaine ou écarté, c’est un 404."""
    visibles = Bilan.objects.visibles_par(personne_de(request))
    lignes = PieceDeBilan.objects.filter(bilan__in=visibles, document__etat__in=UTILISABLES)
    document = get_object_or_404(lignes.select_related("document"), bilan=pk, pk=piece).document
    return telechargement(document.fichier, document.nom)


@require_POST
@reservee_a(suit_un_bilan)
def demander_le_pdf(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Produire le PDF d’une version qui n’en a pas encore."""
    visibles = Bilan.objects.visibles_par(personne_de(request))
    copie = get_object_or_404(CopieDeBilan.objects.filter(bilan__in=visibles), bilan=pk, version=version)
    lancer_le_pdf(copie.pk)
    messages.success(request, "Le PDF se prépare\u00a0: rechargez la page dans un instant.")
    bilan = Bilan.objects.select_related("action__projet__appel").get(pk=copie.bilan_id)
    if est_porteur(personne_de(request)):
        return redirect("financements:mon_bilan", pk=bilan.action.projet_id, annee=bilan.annee)
    return redirect(bilan)


@require_safe
@reservee_a(suit_un_bilan)
def copie_du_bilan(request: HttpRequest, pk: int, version: int) -> HttpResponseBase:
    """Le PDF d’une version déposée : récépissé et compte rendu."""
    visibles = Bilan.objects.visibles_par(personne_de(request))
    copies = CopieDeBilan.objects.filter(bilan__in=visibles, pdf__isnull=False).select_related("pdf")
    copie = get_object_or_404(copies, bilan=pk, version=version)
    return telechargement(copie.pdf.fichier, copie.nom_de_fichier)
