"""Le journal d’un projet : qui a fait quoi, quand, avant et après ; en CSV et en PDF pour un auditeur."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.fichiers.envoi import telechargement
from config.socle.listes import page_de
from config.socle.models import SceauDuJournal
from config.socle.travaux import EtatTravail
from projets.actions.exporter_le_journal import exporter_le_journal
from projets.exports.journal import journal_en_csv
from projets.models import ExportDuJournal
from projets.models.journal import journal_du_projet, lisible
from projets.permissions import journal_est_partiel, lit_les_journaux, peut_suivre_l_instruction
from projets.views.suivi import projet_visible

PAR_PAGE = 50
EXPORTS_MONTRES = 5


@require_safe
@reservee_a(lit_les_journaux)
def journal(request: HttpRequest, pk: int) -> HttpResponse:
    """Les actes, du plus récent au plus ancien ; hors de son périmètre, c’est un 404."""
    personne, projet = personne_de(request), projet_visible(request, pk)
    page = page_de(request, journal_du_projet(projet, personne).select_related("auteur"), PAR_PAGE)
    exports = list(ExportDuJournal.objects.visibles_par(personne).filter(projet=projet)[:EXPORTS_MONTRES])
    contexte = {
        "projet": projet,
        "page": page,
        "lignes": [lisible(ligne) for ligne in page],
        "sceau": SceauDuJournal.objects.defer("releve").last(),
        "exports": exports,
        "est_en_production": any(export.est_actif for export in exports),
        "est_partiel": journal_est_partiel(personne, projet),
        "lit_la_fiche": peut_suivre_l_instruction(personne),
    }
    return render(request, "projets/instruction/journal.html", contexte)


@require_safe
@reservee_a(lit_les_journaux)
def journal_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Le journal entier, de la plus ancienne ligne à la plus récente ; le nom du fichier annonce leur nombre."""
    personne, projet = personne_de(request), projet_visible(request, pk)
    lignes = journal_du_projet(projet, personne)
    partiel = "-partiel" if journal_est_partiel(personne, projet) else ""
    nom = f"journal{partiel}-{projet.numero}-{lignes.count()}-lignes.csv"
    reponse = StreamingHttpResponse(journal_en_csv(lignes), content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=nom) or "attachment"
    reponse["Cache-Control"] = "private, no-store"
    return reponse


@require_POST
@reservee_a(lit_les_journaux)
def demander_le_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Lance la production ; la page du journal dit quand c’est prêt."""
    exporter_le_journal(auteur=personne_de(request), projet=projet_visible(request, pk))
    messages.success(request, "Le PDF se prépare ; il paraîtra sur cette page.")
    return redirect("projets:journal", pk=pk)


@require_safe
@reservee_a(lit_les_journaux)
def journal_pdf(request: HttpRequest, pk: int, export: int) -> HttpResponseBase:
    """Le fichier, à la seule personne qui l’a demandé, tant que le projet lui est ouvert."""
    visibles = ExportDuJournal.objects.visibles_par(personne_de(request)).filter(etat=EtatTravail.TERMINE)
    trouve = get_object_or_404(visibles.select_related("projet"), pk=export, projet=pk)
    return telechargement(trouve.fichier, f"journal-{trouve.projet.numero}-{trouve.nombre}-lignes.pdf")
