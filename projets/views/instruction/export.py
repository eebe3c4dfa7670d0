"""Exporter l’instruction en CSV ou en XLSX : les filtres de la file, le nombre de lignes annoncé, puis le fichier."""

import tempfile
from collections.abc import Mapping

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.classeur import Feuille
from config.socle.classeur_xlsx import TYPE_XLSX, ecrire_xlsx
from config.socle.ecriture import csv_au_fil
from config.socle.montants import format_nombre
from projets.actions.exporter_l_instruction import exporter_l_instruction
from projets.chiffres.export_de_l_instruction import Export
from projets.filters import InstructionFilter
from projets.models import Projet
from projets.permissions import peut_suivre_l_instruction


def _filtre(request: HttpRequest, donnees: Mapping[str, str]) -> InstructionFilter:
    personne = personne_de(request)
    return InstructionFilter(donnees, queryset=Projet.objects.visibles_par(personne), personne=personne)


def _choisis(filtre: InstructionFilter) -> QuerySet[Projet]:
    """Les projets du fichier, un par ligne, par appel et par numéro."""
    lignes: QuerySet[Projet] = filtre.qs.order_by("appel", "numero", "pk")
    return lignes.distinct()


def _filtres_remplis(filtre: InstructionFilter, donnees: Mapping[str, str]) -> dict[str, str]:
    return {nom: donnees[nom] for nom in filtre.filters if donnees.get(nom)}


@require_safe
@reservee_a(peut_suivre_l_instruction)
def export(request: HttpRequest) -> HttpResponse:
    """Choisir, lire combien de lignes le fichier aura, puis le demander."""
    filtre = _filtre(request, request.GET)
    contexte = {
        "form": filtre.form,
        "nombre": _choisis(filtre).count(),
        "filtres": _filtres_remplis(filtre, request.GET),
        "fil": [("Instruction", reverse("projets:instruction")), ("Suivi", reverse("projets:suivi_de_l_instruction"))],
    }
    return render(request, "projets/instruction/export.html", contexte)


@require_POST
@reservee_a(peut_suivre_l_instruction)
def export_csv(request: HttpRequest) -> HttpResponseBase:
    """Le CSV, au fil de l’eau."""
    prepare = _preparer(request, "csv")
    if not isinstance(prepare, Export):
        return prepare
    flux = csv_au_fil(prepare.champs, prepare.rangees())
    return _a_telecharger(StreamingHttpResponse(flux, content_type="text/csv; charset=utf-8"), prepare, "csv")


@require_POST
@reservee_a(peut_suivre_l_instruction)
def export_xlsx(request: HttpRequest) -> HttpResponseBase:
    """Le classeur, écrit sur disque puis envoyé."""
    prepare = _preparer(request, "xlsx")
    if not isinstance(prepare, Export):
        return prepare
    fichier = tempfile.TemporaryFile()  # noqa: SIM115 (la réponse le ferme)
    ecrire_xlsx(fichier, [Feuille("Instruction", prepare.champs, prepare.rangees())])
    fichier.seek(0)
    return _a_telecharger(FileResponse(fichier, content_type=TYPE_XLSX), prepare, "xlsx")


def _preparer(request: HttpRequest, genre: str) -> Export | HttpResponse:
    """L’export, ou un retour à la page si le nombre de lignes n’est plus celui qu’elle annonçait."""
    filtre = _filtre(request, request.POST)
    pks = list(_choisis(filtre).values_list("pk", flat=True))
    filtres = _filtres_remplis(filtre, request.POST)
    annonce = request.POST.get("annonce", "")
    if annonce and annonce != str(len(pks)):
        texte = (
            f"Le fichier aurait maintenant {format_nombre(len(pks))} lignes. Vérifiez, puis demandez-le de nouveau."
        )
        messages.warning(request, texte)
        return redirect(f"{reverse('projets:exporter_l_instruction')}?{urlencode(filtres)}")
    return exporter_l_instruction(auteur=personne_de(request), pks=pks, genre=genre, filtres=filtres)


def _a_telecharger(reponse: HttpResponseBase, prepare: Export, genre: str) -> HttpResponseBase:
    nom = f"instruction-{timezone.localdate():%Y-%m-%d}-{len(prepare.pks)}-lignes.{genre}"
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=nom) or "attachment"
    reponse["Cache-Control"] = "private, no-store"
    return reponse
