"""Les gestes de l’étape des pièces : envoyer, choisir dans la bibliothèque, retirer, télécharger."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from comptes.permissions import est_porteur, personne_de, reservee_a
from comptes.states import UTILISABLES
from comptes.views.envoi import REFUSE, Sort, dire, en_json, recevoir, veut_du_json
from config.socle.fichiers import antivirus
from config.socle.fichiers.champ import FichiersField
from config.socle.fichiers.envoi import telechargement
from config.socle.transitions import PassageRefuse
from projets.actions.pieces import envoyer_et_joindre, joindre_un_document, retirer_une_piece
from projets.forms.dossier.dossier import PAR_CLE, Dossier
from projets.forms.dossier.pieces import ETAPE, ancre_de
from projets.models import PieceDemandee, PieceJointe, Projet
from projets.views.dossier.etapes import contexte, projet_a_ecrire, projet_de


class EnvoiForm(forms.Form):
    """Des fichiers, pour une pièce demandée ou en plus."""

    fichiers = FichiersField(label="Fichiers")


@require_safe
@reservee_a(est_porteur)
def pieces(request: HttpRequest, pk: int) -> HttpResponse:
    """L’étape : chaque pièce demandée, ce qui y est joint, ce que l’on peut y joindre."""
    projet = projet_de(request, pk)
    if not projet.est_modifiable:
        return redirect("projets:mon_projet", pk=pk)
    return _montrer(request, projet)


@require_POST
@reservee_a(est_porteur)
def envoyer_des_pieces(request: HttpRequest, pk: int) -> HttpResponse:
    """Reçoit un ou plusieurs fichiers pour une pièce ; chacun est joint, retrouvé ou refusé à part."""
    projet = projet_a_ecrire(request, pk)
    piece = _piece(projet, request.POST.get("piece", ""))
    form = EnvoiForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refuser(request, projet, piece, [str(e) for e in form.errors["fichiers"]])
    personne = personne_de(request)
    try:
        sorts = recevoir(
            form.cleaned_data["fichiers"],
            lambda recu: envoyer_et_joindre(auteur=personne, projet=projet, piece=piece, recu=recu),
            suite="est joint",
        )
    except PassageRefuse as refus:
        return _refuser(request, projet, piece, [str(refus)])
    if veut_du_json(request):
        return en_json(sorts)
    refus_dits = dire(request, sorts)
    return _refuser(request, projet, piece, refus_dits) if refus_dits else _revenir(projet, piece)


@require_POST
@reservee_a(est_porteur)
def joindre_une_piece(request: HttpRequest, pk: int) -> HttpResponse:
    """Joint un document de la bibliothèque."""
    projet = projet_a_ecrire(request, pk)
    piece = _piece(projet, request.POST.get("piece", ""))
    choisi = request.POST.get("document", "")
    document = projet.organisme.documents.filter(pk=int(choisi[:18]) if choisi.isdecimal() else 0).first()
    if document is None:
        return _refuser(request, projet, piece, ["Choisissez un document de la bibliothèque."])
    try:
        joindre_un_document(auteur=personne_de(request), projet=projet, document=document, piece=piece)
    except (PassageRefuse, ValidationError) as refus:
        return _refuser(request, projet, piece, list(getattr(refus, "messages", [str(refus)])))
    messages.success(request, f"«\u00a0{document}\u00a0» est joint.")
    return _revenir(projet, piece)


@require_POST
@reservee_a(est_porteur)
def retirer_la_piece(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire un document du projet ; il reste dans la bibliothèque."""
    projets = Projet.objects.visibles_par(personne_de(request))
    lignes = PieceJointe.objects.filter(projet__in=projets).select_related("projet", "piece", "document")
    jointe = get_object_or_404(lignes, pk=pk)
    try:
        retirer_une_piece(auteur=personne_de(request), jointe=jointe)
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    else:
        messages.success(
            request, f"«\u00a0{jointe.document}\u00a0» est retiré\u00a0; il reste dans votre bibliothèque."
        )
    return _revenir(jointe.projet, jointe.piece)


@require_safe
@reservee_a(est_porteur)
def telecharger_la_piece(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Le fichier d’une pièce jointe, au porteur ; en quarantaine, c’est un 404. Le service lit les pièces déposées."""
    projets = Projet.objects.visibles_par(personne_de(request))
    lignes = PieceJointe.objects.filter(projet__in=projets, document__etat__in=UTILISABLES)
    jointe = get_object_or_404(lignes.select_related("document"), pk=pk)
    return telechargement(jointe.document.fichier, jointe.document.nom)


def _piece(projet: Projet, choisie: str) -> PieceDemandee | None:
    """La pièce demandée par l’appel du projet ; None pour une pièce libre. Celle d’ailleurs est un 404."""
    if not choisie:
        return None
    pk = int(choisie[:18]) if choisie.isdecimal() else 0
    return get_object_or_404(projet.appel.pieces, pk=pk)


def _revenir(projet: Projet, piece: PieceDemandee | None) -> HttpResponse:
    return redirect(f"{reverse('projets:pieces', args=[projet.pk])}#{ancre_de(piece)}")


def _refuser(request: HttpRequest, projet: Projet, piece: PieceDemandee | None, refus: list[str]) -> HttpResponse:
    """La page, les refus près de leur pièce et résumés en haut ; ou, pour le script, les phrases."""
    if veut_du_json(request):
        return en_json([Sort(REFUSE, phrase) for phrase in refus])
    if not Projet.objects.get(pk=projet.pk).est_modifiable:
        messages.error(request, " ".join(refus))
        return redirect("projets:mon_projet", pk=projet.pk)
    return _montrer(request, projet_de(request, projet.pk), ancre=ancre_de(piece), refus=refus)


def _montrer(request: HttpRequest, projet: Projet, ancre: str = "", refus: list[str] | None = None) -> HttpResponse:
    dossier = Dossier(projet)
    etape = PAR_CLE[ETAPE]
    page = contexte(
        dossier,
        etape,
        form=dossier.formulaire(etape),
        antivirus=antivirus.est_actif(),
        ancre_refusee=ancre,
        refus=refus or [],
    )
    return render(request, "projets/dossier/pieces.html", page)
