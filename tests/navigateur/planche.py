"""Une page d’essai qui montre chaque composant et chaque dessin : rien d’autre ne les réunit."""

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from config.socle import dessins

GABARIT = Path(__file__).with_name("planche.html")


class EssaiForm(forms.Form):
    """Un champ de chaque sorte ; l’envoi vide montre les erreurs."""

    intitule = forms.CharField(label="Intitulé", help_text="En une phrase.")
    montant = forms.DecimalField(label="Montant demandé (€)", min_value=Decimal(1))
    territoire = forms.ChoiceField(label="Territoire", choices=[("", "—"), ("AVE", "Avesnois")])
    accord = forms.BooleanField(label="J’atteste l’exactitude des renseignements")
    fichier = forms.FileField(label="Fichier")
    volet = forms.ChoiceField(
        label="Volet", widget=forms.RadioSelect, choices=[("pro", "professionnel"), ("so", "social")]
    )

    helper = FormHelper()
    helper.form_tag = False


class FiltresForm(forms.Form):
    """Filtres d’une liste."""

    q = forms.CharField(label="Rechercher", required=False)
    axe = forms.ChoiceField(label="Axe", required=False, choices=[("", "Tous"), ("1", "1. Médiation directe")])


def contour(x: float, y: float) -> dict[str, Any]:
    """Un carré d’un degré."""
    return {"type": "Polygon", "coordinates": [[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]]}


def graphiques() -> dict[str, dessins.Dessin]:
    """Un exemplaire de chaque dessin."""
    series = [dessins.Serie(f"Axe {n}", (n * 10_000_000,) * 3, ton=f"axe-{n}") for n in range(1, 6)]
    zones = [
        dessins.Zone("AVE", "Avesnois", contour(3, 50), 215, "215 €", lien="/planche/"),
        dessins.Zone("CAM", "Cambrésis", contour(2, 50), None, "pas de donnée"),
    ]
    return {
        "empilees": dessins.barres_empilees(
            titre="Par exercice et par axe", categories=["2016", "2017", "2018"], series=series
        ),
        "partage": dessins.partage(
            titre="Partage des crédits", lignes=[dessins.LignePartage("2015", 34, 66)], cible=59
        ),
        "horizontales": dessins.barres_horizontales(
            titre="Par territoire", barres=[dessins.Barre("Avesnois", 5_000_000, repere=6_000_000, lien="/planche/")]
        ),
        "divergentes": dessins.barres_divergentes(
            titre="Écarts",
            ecarts=[dessins.Ecart("Avesnois", Decimal("-1.2"), "−1,2 %"), dessins.Ecart("Douaisis", 3, "+3 %")],
        ),
        "matrice": dessins.matrice(
            titre="Axe et territoire", colonnes=["Axe 1", "Axe 2"], lignes=[("Avesnois", (1_000_000, None))]
        ),
        "carte": dessins.carte(titre="Par allocataire", zones=zones, legende="euros par allocataire"),
    }


def travail(**champs: Any) -> SimpleNamespace:
    """Ce que le composant lit d’un travail long."""
    base = {
        "pk": 1,
        "etat": "en_cours",
        "est_actif": True,
        "progression": 62,
        "etape": "Mise en page du territoire 5 sur 8",
    }
    return SimpleNamespace(
        **(base | {"annulation_demandee": False, "message": "", "get_etat_display": "en cours"} | champs)
    )


@login_not_required
def planche(request: HttpRequest) -> HttpResponse:
    """La planche ; en POST, le formulaire revient avec ses erreurs."""
    form = EssaiForm(request.POST) if request.method == "POST" else EssaiForm()
    form.is_valid()
    messages.success(request, "Enregistré.")
    messages.error(request, "L’import est refusé.")
    return HttpResponse(
        engines["django"]
        .from_string(GABARIT.read_text())
        .render(
            {
                "form": form,
                "filtres": FiltresForm(request.GET),
                "page": Paginator(range(988), 25).get_page(request.GET.get("page")),
                "tri": request.GET.get("tri", "-montant"),
                "en_cours": travail(),
                "echoue": travail(
                    pk=2,
                    etat="echoue",
                    est_actif=False,
                    get_etat_display="échoué",
                    message="Plus de place sur le disque.",
                ),
                "valeurs": [("2016", 78_000), ("2017", 60_000), ("2018", 0)],
                **graphiques(),
            },
            request,
        )
    )


@login_not_required
def avancement(request: HttpRequest) -> HttpResponse:
    """Le fragment rafraîchi : le travail est fini."""
    fini = travail(etat="termine", est_actif=False, get_etat_display="terminé", progression=100)
    gabarit = '{% include "composants/_travail.html" with titre="Rapport pluriannuel" resultat="/planche/" %}'
    return HttpResponse(engines["django"].from_string(gabarit).render({"travail": fini}, request))


urlpatterns = [
    path("planche/", planche, name="planche"),
    path("planche/avancement/", avancement),
    path("", include("config.urls")),
]
