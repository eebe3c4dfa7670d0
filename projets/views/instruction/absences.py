"""S’absenter et passer ses projets : chacun pour soi, le pilote pour tous."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from projets.actions.absence import declarer_une_absence, terminer_l_absence
from projets.actions.lots import creer_le_lot
from projets.chiffres.charges import instructeurs_actifs
from projets.forms.affectation import AbsenceForm, PassationForm
from projets.models import Absence, Affectation
from projets.models.affectation import AbsenceQuerySet
from projets.permissions import peut_repartir, peut_suivre_l_instruction
from projets.states import NON_DECIDES, ActeEnLot
from projets.views.gestes import agir, enregistre
from projets.views.instruction.lots import faire


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def absences(request: HttpRequest) -> HttpResponse:
    """Les absences en cours et à venir, et le formulaire pour en déclarer une."""
    personne = personne_de(request)
    form = AbsenceForm(instructeurs_actifs(), request.POST or None, pour=_pour(personne))

    def acte() -> object:
        return declarer_une_absence(auteur=personne, **form.cleaned_data)

    if request.method == "POST" and enregistre(form, acte):
        messages.success(request, "Absence déclarée.")
        return redirect("projets:absences")
    contexte = {
        "form": form,
        "absences": _visibles(personne),
        "fil": _fil(personne),
        "est_pilote": _pour(personne) is None,
    }
    return render(request, "projets/instruction/absences.html", contexte)


@require_POST
@reservee_a(peut_suivre_l_instruction)
def terminer(request: HttpRequest, pk: int) -> HttpResponse:
    """Le retour avant l’heure, ou l’annulation d’une absence à venir."""
    absence = get_object_or_404(_visibles(personne_de(request)), pk=pk)
    agir(request, lambda: terminer_l_absence(auteur=personne_de(request), absence=absence), "L’absence est terminée.")
    return redirect("projets:absences")


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def passation(request: HttpRequest) -> HttpResponse:
    """Passer à un collègue tous les projets que l’on suit ; un compte rendu dit ce qu’il en est de chacun."""
    personne = personne_de(request)
    form = PassationForm(instructeurs_actifs(), request.POST or None, pour=_pour(personne))
    lots = []

    def acte() -> object:
        de, a = form.cleaned_data["de"], form.cleaned_data["a"]
        suivies = Affectation.objects.actives().filter(instructeur=de, projet__etat__in=NON_DECIDES)
        projets = list(suivies.order_by("projet__appel", "projet__numero").values_list("projet", flat=True))
        if not projets:
            raise PassageRefuse(f"{de} ne suit aucun projet.")
        parametres = {"de": de.pk, "a": a.pk}
        lots.append(creer_le_lot(auteur=personne, acte=ActeEnLot.PASSER, projets=projets, parametres=parametres))
        return lots

    if request.method == "POST" and enregistre(form, acte):
        return faire(lots[0])
    return render(request, "projets/instruction/passation.html", {"form": form, "fil": _fil(personne)})


def _pour(personne: Personne) -> Personne | None:
    """L’instructeur agit pour lui-même ; le pilote choisit pour qui."""
    return None if peut_repartir(personne) else personne


def _visibles(personne: Personne) -> AbsenceQuerySet:
    lignes = Absence.objects.filter(au__gte=timezone.localdate()).select_related("personne", "remplacant")
    return lignes if peut_repartir(personne) else lignes.filter(personne=personne)


def _fil(personne: Personne) -> list[tuple[str, str]]:
    nom, libelle = ("affectations", "Affectations") if peut_repartir(personne) else ("instruction", "Instruction")
    return [(libelle, reverse(f"projets:{nom}"))]
