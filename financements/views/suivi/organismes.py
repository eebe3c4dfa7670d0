"""Les organismes aidés d’un programme : ce que chacun reçoit, ce qui reste, ses conventions et ses bilans."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_totalisee
from financements.chiffres.execution.organismes import Organismes
from financements.forms.suivi import OrganismesForm
from financements.permissions import peut_lire_les_financements
from financements.views.appels import appel_visible, onglets

PAR_PAGE = 50


@require_safe
@reservee_a(peut_lire_les_financements)
def organismes(request: HttpRequest, slug: str) -> HttpResponse:
    """Filtrer, trier, paginer ; les montants sont ceux de l’axe et la part du territoire choisis."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    form = OrganismesForm(request.GET, appel=appel)
    lus = Organismes(form.perimetre, form.choix, request.GET.get("tri", ""), au=timezone.localdate())
    total, page = page_totalisee(lus.lire, lambda lu: lu.organismes, request.GET.get("page"), PAR_PAGE)
    contexte = {
        "appel": appel,
        "onglets": onglets(personne, appel),
        "onglet": "organismes",
        "form": form,
        "champs": [champ for champ in form if champ.name != "reste"],
        "tri": lus.tri,
        "total": total,
        "page": page,
        "lignes": list(page.object_list),
        "territoire": form.perimetre.territoire,
    }
    return render(request, "financements/suivi/organismes.html", contexte)
