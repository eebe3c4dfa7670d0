"""Comment chacun note : moyenne, dispersion, écart aux collègues sur les mêmes projets. Pour le pilote."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle import dessins
from config.socle.montants import en_centimes, format_nombre, format_points_signes
from projets.chiffres.instructeurs import Instructeur, notations_par_instructeur
from projets.forms.filtres import NotationsForm
from projets.models import AppelAProjets
from projets.permissions import conduit_l_instruction
from projets.states import EtatProjet
from projets.views.instruction.onglets import onglets

CENT_POINTS = 10_000  # centièmes de point


@require_safe
@reservee_a(conduit_l_instruction)
def notations(request: HttpRequest) -> HttpResponse:
    """Un instructeur par ligne, du plus sévère au plus généreux ; filtré par appel et par axe."""
    form = NotationsForm(request.GET)
    lignes = notations_par_instructeur(**form.choix())
    contexte = {
        "form": form,
        "lignes": lignes,
        "moyennes": _moyennes(lignes),
        "ecarts": _ecarts(lignes),
        "a_presenter": AppelAProjets.objects.filter(projets__etat=EtatProjet.INSTRUIT).distinct(),
        **onglets(personne_de(request), "notations"),
    }
    return render(request, "projets/instruction/notations.html", contexte)


def _moyennes(lignes: list[Instructeur]) -> dessins.Dessin:
    ensemble = [ligne.moyenne * ligne.nombre for ligne in lignes]
    nombre = sum(ligne.nombre for ligne in lignes)
    repere = round(sum(ensemble) * 100 / nombre) if nombre else None
    return dessins.barres_horizontales(
        titre="Moyenne des totaux donnés par chaque instructeur, sur 100",
        barres=[
            dessins.Barre(ligne.nom, en_centimes(ligne.moyenne), texte=format_nombre(ligne.moyenne, 1), repere=repere)
            for ligne in lignes
        ],
        nom_repere="moyenne de tous",
        maximum=CENT_POINTS,
        largeur=560,
    )


def _ecarts(lignes: list[Instructeur]) -> dessins.Dessin:
    return dessins.barres_divergentes(
        titre="Écart moyen de chaque instructeur à ses collègues sur les mêmes projets, en points",
        ecarts=[
            dessins.Ecart(ligne.nom, ligne.ecart, format_points_signes(ligne.ecart))
            for ligne in lignes
            if ligne.ecart is not None
        ],
        largeur=560,
    )
