"""La page des affectations (pilote) : la charge de chacun, les projets sans chef de file, répartir."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle import dessins
from config.socle.transitions import PassageRefuse
from projets.actions.repartir import Plan, proposer, repartir
from projets.chiffres.charges import Charge, charges
from projets.forms.affectation import RepartitionForm
from projets.models import Absence, Affectation, Deport, Projet
from projets.permissions import peut_repartir
from projets.states import A_INSTRUIRE, Qualite
from projets.views.instruction.onglets import onglets

SANS_CHEF_MONTRES = 15


@require_safe
@reservee_a(peut_repartir)
def affectations(request: HttpRequest) -> HttpResponse:
    """Qui suit combien de projets, ce que personne ne mène, qui est absent, qui s’est déporté."""
    personne = personne_de(request)
    visibles = Projet.objects.visibles_par(personne).filter(etat__in=A_INSTRUIRE)
    chefs = Affectation.objects.actives().filter(qualite=Qualite.CHEF_DE_FILE).values("projet")
    sans_chef = visibles.exclude(pk__in=chefs).select_related("organisme", "axe").order_by("appel", "numero")
    lignes = charges()
    absences = Absence.objects.filter(au__gte=timezone.localdate()).select_related("personne", "remplacant")
    absents = {absence.personne_id for absence in absences if absence.du <= timezone.localdate()}
    deports = Deport.objects.en_cours().filter(projet__in=Projet.objects.visibles_par(personne))
    contexte = {
        "charges": [(charge, charge.personne.pk in absents) for charge in lignes],
        "dessin": _barres(lignes) if lignes else None,
        "sans_chef": list(sans_chef.prefetch_related("parts__territoire")[:SANS_CHEF_MONTRES]),
        "nombre_sans_chef": sans_chef.count(),
        "nombre_de_projets": visibles.count(),
        "absences": absences,
        "deports": deports.select_related("projet", "personne"),
        "form": RepartitionForm(),
    }
    return render(request, "projets/instruction/affectations.html", {**contexte, **onglets(personne, "affectations")})


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(peut_repartir)
def repartition(request: HttpRequest) -> HttpResponse:
    """Le plan, avant et après par instructeur ; l’envoi fait ce qui a été lu, ou montre ce qui a changé."""
    personne = personne_de(request)
    form = RepartitionForm(request.POST if request.method == "POST" else request.GET)
    choix: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    if request.method == "POST" and form.is_valid():
        try:
            plan = repartir(auteur=personne, empreinte=request.POST.get("empreinte", ""), **choix)
        except PassageRefuse as refus:
            messages.error(request, str(refus))
        else:
            messages.success(request, f"Affectations faites : {len(plan.attributions)}.")
            return redirect("projets:affectations")
    plan = proposer(auteur=personne, **choix)
    contexte = {
        "form": form,
        "plan": plan,
        "dessin": _avant_apres(plan) if plan.lignes else None,
        "fil": [("Affectations", reverse("projets:affectations"))],
    }
    return render(request, "projets/instruction/repartition.html", contexte)


def _barres(lignes: list[Charge]) -> dessins.Dessin:
    return dessins.barres_horizontales(
        titre="Projets suivis par instructeur",
        barres=[
            dessins.Barre(str(charge.personne), charge.total, ton="bleu", texte=str(charge.total)) for charge in lignes
        ],
    )


def _avant_apres(plan: Plan) -> dessins.Dessin:
    """La barre est la charge d’après, le repère celle d’avant."""
    return dessins.barres_horizontales(
        titre="Projets suivis par instructeur, après la répartition",
        barres=[
            dessins.Barre(
                str(ligne.personne),
                ligne.apres,
                ton="bleu",
                texte=f"{ligne.avant} → {ligne.apres}",
                repere=ligne.avant,
            )
            for ligne in plan.lignes
        ],
        nom_repere="avant la répartition",
        largeur=1000,
    )
