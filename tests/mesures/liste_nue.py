"""Le repère des pages : une liste Django nue, les mêmes cinquante lignes et les mêmes colonnes, sans rien d’autre.

Les clés de la page d’abord, les sommes de ces seules lignes ensuite : ce que l’on sait de plus rapide avec l’ORM.
"""

from collections import defaultdict
from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from financements.models import Action, PartTranche

GABARIT = engines["django"].from_string(
    "<!doctype html><html lang=fr><title>Liste nue</title><p>{{ page.paginator.count }}</p><table>"
    "{% for ligne in lignes %}<tr><td>{{ ligne.projet.numero }}</td>"
    '<td><a href="/nu/{{ ligne.projet.numero }}/">{{ ligne.projet.intitule }}</a></td>'
    "<td>{{ ligne.projet.organisme.nom }}</td><td>{{ ligne.projet.axe.numero }}</td><td>{{ ligne.territoire }}</td>"
    "{% for montant in ligne.montants %}<td>{{ montant }}</td>{% endfor %}<td>{{ ligne.total }}</td></tr>{% endfor %}"
    "</table>"
)


def liste_nue(request: HttpRequest, slug: str) -> HttpResponse:
    """Cinquante actions d’un appel, par numéro."""
    actions = Action.objects.filter(projet__appel__slug=slug).order_by("projet__numero")
    page = Paginator(actions.values_list("pk", flat=True), 50).get_page(request.GET.get("page"))
    cles = list(page.object_list)
    montants: dict[int, dict[int, Decimal]] = defaultdict(dict)
    territoires: dict[int, str] = {}
    parts = PartTranche.objects.filter(tranche__action__in=cles).order_by()
    champs = ("tranche__action", "tranche__annee", "territoire__nom")
    for cle, annee, territoire, somme in parts.values_list(*champs).annotate(somme=Sum("montant")):
        montants[cle][annee] = montants[cle].get(annee, Decimal(0)) + somme
        territoires[cle] = territoire
    lignes = []
    for action in actions.filter(pk__in=cles).select_related("projet__axe", "projet__organisme"):
        action.montants = [montants[action.pk][annee] for annee in sorted(montants[action.pk])]
        action.total = sum(action.montants)
        action.territoire = territoires[action.pk]
        lignes.append(action)
    return HttpResponse(GABARIT.render({"page": page, "lignes": lignes}, request))


urlpatterns = [path("nu/<slug:slug>/", liste_nue), path("", include("config.urls"))]
