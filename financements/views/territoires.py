"""La page d’un territoire dans un programme."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.colonnes import corps
from financements.chiffres import Perimetre, Programme, lignes_actions
from financements.chiffres.choix import cles_triees
from financements.chiffres.dessins import carte_de_situation, dessin_des_axes
from financements.chiffres.execution.programme import Execution
from financements.chiffres.prorata import expliquer_la_dotation
from financements.models import Action
from financements.permissions import peut_lire_les_financements
from financements.tables import colonnes_des_actions
from financements.views.appels import appel_visible
from financements.views.chiffres_cles import chiffres_du_territoire
from financements.views.suivi.figures import figures_de_l_execution
from territoires.models import Commune, Territoire

PREMIERES_ACTIONS = 10
LARGE = 900  # unités d’un dessin qui prend toute la page


@require_safe
@reservee_a(peut_lire_les_financements)
def territoire(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Chiffres, prorata expliqué, axes, premières actions, communes et situation."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    ici = get_object_or_404(Territoire.objects.defer("contour"), code=code)
    perimetre = Perimetre(appel, tuple(appel.annees), territoire=ici)
    programme = Programme(perimetre)
    liste = reverse("financements:actions", args=[slug])
    colonnes = colonnes_des_actions(appel.annees, lambda numero: f"{liste}{numero}/?territoire={code}")
    visibles = Action.objects.visibles_par(personne).filter(projet__appel=appel)
    premieres = list(cles_triees(perimetre, visibles, "-montant")[:PREMIERES_ACTIONS])
    (ligne,) = programme.par_territoire
    contexte = {
        "appel": appel,
        "territoire": ici,
        "programme": programme,
        "peut_lire": True,
        "chiffres": chiffres_du_territoire(programme),
        "ligne": ligne,
        "explication": expliquer_la_dotation(programme.dotations, ici),
        "graphique": dessin_des_axes(programme) if programme.total else None,
        "carte": carte_de_situation(
            ici, lien=lambda autre: reverse("financements:territoire", args=[slug, autre.code])
        ),
        "colonnes": colonnes,
        "corps": corps(colonnes, lignes_actions(perimetre, premieres)),
        "communes": Commune.objects.filter(territoire=ici).order_by("nom_tri"),
        "filtre_du_territoire": f"&territoire={code}",
        "liste": f"{liste}?territoire={code}",
        "organismes": f"{reverse('financements:organismes', args=[slug])}?territoire={code}",
        **figures_de_l_execution(Execution(programme), largeur=LARGE),
    }
    return render(request, "financements/territoire.html", contexte)
