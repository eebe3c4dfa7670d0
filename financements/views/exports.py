"""Exporter les actions votées : les filtres de la liste, le nombre de lignes annoncé, puis le fichier."""

import tempfile
from collections.abc import Mapping

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.montants import format_euros, format_nombre
from financements.actions.exporter_les_decisions import exporter_les_decisions
from financements.chiffres.decisions import Decisions
from financements.chiffres.deports import actions_tues, dit_dans_un_fichier
from financements.exports.decisions import FORMATS, Format, csv_des_decisions
from financements.filters import ActionFilterSet
from financements.models import Action
from financements.permissions import peut_exporter_les_decisions
from financements.views.appels import appel_visible
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from projets.models import AppelAProjets


def filtre_des_actions(personne: Personne, appel: AppelAProjets, donnees: Mapping[str, str]) -> ActionFilterSet:
    """Les filtres de la liste des actions, sur celles que la personne voit."""
    visibles = Action.objects.visibles_par(personne).filter(projet__appel=appel)
    return ActionFilterSet(donnees, queryset=visibles, appel=appel)


@require_safe
@reservee_a(peut_exporter_les_decisions)
def exporter(request: HttpRequest, slug: str) -> HttpResponse:
    """Lire combien de lignes et d’euros le fichier aura, puis le demander."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    filtre = filtre_des_actions(personne, appel, request.GET)
    liste = reverse("financements:actions", args=[slug])
    remplis = urlencode(filtre.remplis)
    contexte = {
        "appel": appel,
        "filtre": filtre,
        "decisions": Decisions(filtre.perimetre, filtre.qs),
        "tues": actions_tues(personne, appel),
        "formats": FORMATS.values(),
        "liste": liste + (f"?{remplis}" if remplis else ""),
        "fil": [
            (appel.intitule, reverse("financements:credits", args=[slug])),
            ("Actions", liste + (f"?{remplis}" if remplis else "")),
        ],
    }
    return render(request, "financements/exporter.html", contexte)


@require_POST
@reservee_a(peut_exporter_les_decisions)
def exporter_en(request: HttpRequest, slug: str, extension: str) -> HttpResponseBase:
    """Le fichier : CSV au fil de l’eau ; classeur écrit sur disque, contrôlé, puis envoyé."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    format_ = FORMATS.get(extension)
    if format_ is None:
        raise Http404
    filtre = filtre_des_actions(personne, appel, request.POST)
    decisions = Decisions(filtre.perimetre, filtre.qs)
    if not _est_comme_annonce(request, decisions):
        lignes = f"{format_nombre(decisions.actions)} {'lignes' if decisions.actions > 1 else 'ligne'}"
        return _a_redemander(request, filtre, f"{lignes} et {format_euros(decisions.total)}")
    exporter_les_decisions(auteur=personne, decisions=decisions, genre=extension, filtres=filtre.remplis)
    try:
        notes = filtre.en_clair | dit_dans_un_fichier(actions_tues(personne, appel))
        reponse = _reponse(decisions, format_, notes)
    except ExportIncomplet:
        return _a_redemander(request, filtre, "d’autres lignes ou d’autres montants")
    nom = f"{appel.slug}-actions-{timezone.localdate():%Y-%m-%d}-{decisions.actions}-lignes.{extension}"
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=nom) or "attachment"
    reponse["Cache-Control"] = "private, no-store"
    return reponse


def _est_comme_annonce(request: HttpRequest, decisions: Decisions) -> bool:
    """Vrai si le nombre de lignes et leur montant sont ceux que la page a dits ; sans annonce, rien à comparer."""
    actuels = {"annonce": str(decisions.actions), "montant": str(decisions.total)}
    return all(request.POST.get(nom, actuel) == actuel for nom, actuel in actuels.items())


def _reponse(decisions: Decisions, format_: Format, filtres: Mapping[str, str]) -> HttpResponseBase:
    if format_.extension == "csv":
        return StreamingHttpResponse(csv_des_decisions(decisions), content_type=format_.type_mime)
    fichier = tempfile.TemporaryFile()  # noqa: SIM115 (la réponse le ferme)
    try:
        format_.ecrire(fichier, decisions, filtres)
    except ExportIncomplet:
        fichier.close()
        raise
    fichier.seek(0)
    return FileResponse(fichier, content_type=format_.type_mime)


def _a_redemander(request: HttpRequest, filtre: ActionFilterSet, quoi: str) -> HttpResponse:
    """Retour à la page, qui annonce de nouveau."""
    texte = f"Le programme vient de changer : le fichier aurait {quoi}. Vérifiez, puis redemandez-le."
    messages.warning(request, texte)
    adresse = reverse("financements:exporter", args=[filtre.appel.slug])
    return redirect(f"{adresse}?{urlencode(filtre.remplis)}" if filtre.remplis else adresse)
