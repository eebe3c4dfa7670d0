"""L’équité entre territoires, et les crédits de l’année à laquelle on se compare."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.enveloppes.saisir_la_reference import (
    SaisieDeReference,
    etat_de_la_reference,
    saisir_la_reference,
)
from financements.chiffres import Perimetre, Programme
from financements.chiffres.dessins_equite import barres_de_l_equite, carte_de_l_equite
from financements.chiffres.enveloppes import Enveloppes
from financements.chiffres.equite import lire_l_equite
from financements.chiffres.reference import montants_de_reference
from financements.forms.enveloppes import ReferenceForm
from financements.permissions import peut_arbitrer
from financements.views.appels import appel_visible
from financements.views.enveloppes.commun import contexte, reporter
from projets.models import AppelAProjets
from territoires.models import Territoire


@require_safe
@reservee_a(peut_arbitrer)
def equite(request: HttpRequest, slug: str) -> HttpResponse:
    """Euros par allocataire et par an, avant, demandés et après ; un seul chiffre, une carte, des barres."""
    appel = appel_visible(personne_de(request), slug)
    programme = Programme(Perimetre.entier(appel))
    lue = lire_l_equite(Enveloppes(programme))
    return render(
        request,
        "financements/enveloppes/equite.html",
        contexte(
            request,
            appel,
            "equite",
            programme=programme,
            equite=lue,
            reference=montants_de_reference(appel),
            barres=barres_de_l_equite(lue) if lue else None,
            carte=carte_de_l_equite(lue) if lue else None,
        ),
    )


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def reference(request: HttpRequest, slug: str) -> HttpResponse:
    """Ce que chaque territoire recevait avant ; enregistrer remplace ce qui était saisi."""
    appel = appel_visible(personne_de(request), slug)
    connue = montants_de_reference(appel)
    initial = {
        "annee": connue.annee if connue else appel.annee_reference or appel.annee_debut - 1,
        "source": connue.source if connue else "",
        "est_fictif": connue.est_fictif if connue else False,
        "lue": etat_de_la_reference(appel),
    }
    territoires = list(Territoire.objects.defer("contour"))
    form = ReferenceForm(territoires, connue, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _enregistrer(request, appel, form):
        messages.success(request, "Crédits de référence enregistrés.")
        return redirect("financements:equite", slug=slug)
    return render(request, "financements/enveloppes/reference.html", contexte(request, appel, "equite", form=form))


def _enregistrer(request: HttpRequest, appel: AppelAProjets, form: ReferenceForm) -> bool:
    lus = form.cleaned_data
    saisie = SaisieDeReference(lus["annee"], form.montants(), lus["source"], lus["est_fictif"], lus["lue"])
    try:
        saisir_la_reference(auteur=personne_de(request), appel=appel, saisie=saisie)
    except (ValidationError, PassageRefuse) as refus:
        reporter(refus, form)
    except VersionPerimee:
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["lue"] = etat_de_la_reference(appel)  # type: ignore[index]
        form.add_error(
            None,
            "Quelqu’un vient d’enregistrer d’autres crédits de référence. Votre saisie est gardée ci-dessous : "
            "vérifiez-la, puis enregistrez de nouveau.",
        )
    else:
        return True
    return False
