"""Les lettres que la poste porte : la liste, le CSV, le numéro et l’accusé de réception de chacune."""

import tempfile

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.lettres.recommandes import exporter_les_recommandes, saisir_un_recommande
from financements.chiffres.lettres import lettres_a_poster
from financements.exports.feuille import TYPES
from financements.exports.recommandes import adresse_pour_la_poste
from financements.forms.lettres import RecommandeForm
from financements.permissions import peut_lire_les_financements, peut_suivre_la_deliberation
from financements.views.echanges.commun import dire_que_tout_a_change, fichier_a_emporter
from financements.views.lettres.agents import fil_des_lettres, lettre_de_la_deliberation
from financements.views.vote.deliberation import deliberation_visible
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from projets.views.gestes import enregistre

PAR_PAGE = 50


@require_safe
@reservee_a(peut_lire_les_financements)
def recommandes(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Destinataire, adresse, numéro, accusé de réception."""
    personne = personne_de(request)
    vue = deliberation_visible(personne, slug, pk)
    page = page_de(request, lettres_a_poster(vue, personne), PAR_PAGE)
    contexte = {
        "appel": vue.appel,
        "deliberation": vue,
        "page": page,
        "lignes": [(lettre, adresse_pour_la_poste(lettre), getattr(lettre, "recommande", None)) for lettre in page],
        "peut_suivre": peut_suivre_la_deliberation(personne),
        "fil": [*fil_des_lettres(vue), ("Lettres", reverse("financements:lettres", args=[slug, pk]))],
    }
    return render(request, "financements/lettres/recommandes.html", contexte)


@require_POST
@reservee_a(peut_suivre_la_deliberation)
def exporter(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """La liste en CSV, pour le publipostage et le bordereau."""
    personne = personne_de(request)
    vue = deliberation_visible(personne, slug, pk)
    lettres = lettres_a_poster(vue, personne)
    nombre, retour = lettres.count(), redirect("financements:recommandes", slug=slug, pk=pk)
    if request.POST.get("annonce", str(nombre)) != str(nombre):
        dire_que_tout_a_change(request, nombre, sujet="La liste")
        return retour
    fichier = tempfile.TemporaryFile()  # noqa: SIM115 (la réponse le ferme)
    try:
        exporter_les_recommandes(auteur=personne, deliberation=vue, lignes=nombre, fichier=fichier)
    except ExportIncomplet:
        fichier.close()
        dire_que_tout_a_change(request, lettres.count(), sujet="La liste")
        return retour
    nom = f"{slug}-recommandes-{vue.pk}"
    return fichier_a_emporter(fichier, nom=nom, nombre=nombre, extension="csv", type_mime=TYPES["csv"])


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_la_deliberation)
def recommande(request: HttpRequest, slug: str, pk: int, notification: int) -> HttpResponse:
    """Saisir le numéro, puis l’accusé de réception."""
    personne = personne_de(request)
    vue = deliberation_visible(personne, slug, pk)
    lettre = lettre_de_la_deliberation(personne, vue, notification)
    form = RecommandeForm(request.POST or None, recommande=getattr(lettre, "recommande", None))
    if enregistre(form, lambda: saisir_un_recommande(auteur=personne, notification=lettre, **form.cleaned_data)):
        messages.success(request, f"Recommandé enregistré\u00a0: {lettre.contenu['reference']}.")
        return redirect("financements:recommandes", slug=slug, pk=pk)
    args = [slug, pk]
    contexte = {
        "appel": vue.appel,
        "deliberation": vue,
        "lettre": lettre,
        "adresse": adresse_pour_la_poste(lettre),
        "form": form,
        "fil": [
            *fil_des_lettres(vue),
            ("Lettres", reverse("financements:lettres", args=args)),
            ("Recommandés", reverse("financements:recommandes", args=args)),
        ],
    }
    return render(request, "financements/lettres/recommande.html", contexte)
