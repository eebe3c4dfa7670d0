"""Les effectifs d’allocataires : les relevés connus, et l’import d’un nouveau."""

import tempfile
from pathlib import Path

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.lecture.tableau import FichierIllisible
from financements.forms.effectifs import EffectifsForm
from financements.permissions import peut_importer, peut_lire_les_imports
from territoires.actions.importer_effectifs import BilanEffectifs, importer_effectifs
from territoires.models import Effectif, ReleveEffectifs

PAR_PAGE = 20
ERREURS_MONTREES = 200


@require_safe
@reservee_a(peut_lire_les_imports)
def effectifs(request: HttpRequest) -> HttpResponse:
    """Les relevés, du plus récent au plus ancien."""
    releves = ReleveEffectifs.objects.avec_total().order_by("-observe_le", "-pk")
    contexte = {
        "page": Paginator(releves, PAR_PAGE).get_page(request.GET.get("page")),
        "peut_importer": peut_importer(personne_de(request)),
    }
    return render(request, "financements/effectifs/liste.html", contexte)


@require_safe
@reservee_a(peut_lire_les_imports)
def releve(request: HttpRequest, pk: int) -> HttpResponse:
    """Un relevé et ses effectifs par territoire."""
    trouve = ReleveEffectifs.objects.avec_total().filter(pk=pk).first()
    if trouve is None:
        raise Http404
    lignes = Effectif.objects.filter(releve=trouve).select_related("territoire").defer("territoire__contour")
    contexte = {"releve": trouve, "lignes": lignes.order_by("territoire__nom_tri")}
    return render(request, "financements/effectifs/releve.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(peut_importer)
def importer_des_effectifs(request: HttpRequest) -> HttpResponse:
    """Le dépôt ; les erreurs du fichier se lisent sous le formulaire, rien n’est écrit."""
    form = EffectifsForm(request.POST or None, request.FILES or None)
    bilan = BilanEffectifs()
    if request.method == "POST" and form.is_valid():
        bilan = _importer(request, form)
        if not bilan.erreurs and not form.errors:
            return redirect("financements:effectifs")
    contexte = {"form": form, "erreurs": bilan.erreurs[:ERREURS_MONTREES], "nombre_erreurs": len(bilan.erreurs)}
    return render(request, "financements/effectifs/importer.html", contexte)


def _importer(request: HttpRequest, form: EffectifsForm) -> BilanEffectifs:
    fichier = form.cleaned_data["fichier"]
    with tempfile.TemporaryDirectory() as dossier:
        chemin = Path(dossier, "fichier")
        chemin.write_bytes(fichier.read())
        try:
            bilan = importer_effectifs(
                auteur=personne_de(request), chemin=chemin, defauts=form.defauts(), nom_fichier=fichier.name
            )
        except FichierIllisible as refus:
            form.add_error("fichier", str(refus))
            return BilanEffectifs()
    if not bilan.erreurs:
        for cree in bilan.crees:
            messages.success(request, f"Relevé importé : {cree}.")
        if bilan.inchanges:
            messages.info(request, "Ce relevé était déjà enregistré : rien n’a changé.")
        if bilan.colonnes_ignorees:
            messages.warning(request, f"Colonnes ignorées : {', '.join(bilan.colonnes_ignorees)}.")
    return bilan
