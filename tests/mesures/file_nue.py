"""Le repère de l’instruction : une liste Django nue des mêmes cinquante projets déposés, sans rien d’autre.

Les clés de la page d’abord, les sommes de ces seules lignes ensuite : ce que l’on sait de plus rapide avec l’ORM.
"""

from collections import defaultdict

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from projets.models import ExerciceProjet, PartProjet, Projet

GABARIT = engines["django"].from_string(
    "<!doctype html><html lang=fr><title>Liste nue</title><p>{{ page.paginator.count }}</p><table>"
    "{% for projet in lignes %}<tr><td>{{ projet.numero }}</td>"
    '<td><a href="/instruction/{{ projet.pk }}/">{{ projet.intitule }}</a></td>'
    "<td>{{ projet.organisme.nom }}</td><td>{{ projet.axe.numero }}</td><td>{{ projet.territoires }}</td>"
    "<td>{{ projet.etat }}</td><td>{{ projet.depose_le }}</td><td>{{ projet.demande }}</td></tr>{% endfor %}</table>"
)


def file_nue(request: HttpRequest, slug: str) -> HttpResponse:
    """Cinquante projets déposés d’un appel, par numéro."""
    projets = Projet.objects.filter(appel__slug=slug, numero__isnull=False).order_by("numero")
    page = Paginator(projets.values_list("pk", flat=True), 50).get_page(request.GET.get("page"))
    cles = list(page.object_list)
    territoires: dict[int, list[str]] = defaultdict(list)
    for cle, nom in PartProjet.objects.filter(projet__in=cles).values_list("projet", "territoire__nom"):
        territoires[cle].append(nom)
    exercices = ExerciceProjet.objects.filter(projet__in=cles).order_by()
    demandes = dict(exercices.values_list("projet").annotate(somme=Sum("montant_demande")))
    lignes = list(projets.filter(pk__in=cles).select_related("axe", "organisme"))
    for projet in lignes:
        projet.territoires = ", ".join(territoires[projet.pk])
        projet.demande = demandes[projet.pk]
    return HttpResponse(GABARIT.render({"page": page, "lignes": lignes}, request))


urlpatterns = [path("file-nue/<slug:slug>/", file_nue), path("", include("config.urls"))]
