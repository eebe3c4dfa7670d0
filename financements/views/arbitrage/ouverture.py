"""Ouvrir l’instruction d’un appel clos, puis son arbitrage : ce qui reste à instruire se lit avant de confirmer."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from financements.permissions import peut_arbitrer
from financements.views.appels import appel_visible
from projets.actions.conduire_appel import arbitrer_appel, instruire_appel
from projets.models import Projet
from projets.states import EtatAppel, EtatProjet

ETAPES = {EtatAppel.CLOS: instruire_appel, EtatAppel.INSTRUCTION: arbitrer_appel}
PAS_ENCORE_INSTRUITS = {EtatProjet.DEPOSE, EtatProjet.INCOMPLET, EtatProjet.COMPLETE, EtatProjet.RECEVABLE}


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def ouvrir(request: HttpRequest, slug: str) -> HttpResponse:
    """Montre où en sont les projets ; l’envoi fait passer l’appel à l’étape suivante."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    etat = appel.etat_effectif
    if etat not in ETAPES:
        messages.info(request, f"Cet appel est «\u00a0{etat.label}\u00a0».")
        return redirect("financements:scenarios", slug=slug)
    if request.method == "POST":
        try:
            ouvert = ETAPES[etat](auteur=personne, appel=appel)
        except PassageRefuse as refus:
            messages.error(request, str(refus))
        else:
            messages.success(request, f"L’appel est «\u00a0{ouvert.get_etat_display()}\u00a0».")
        return redirect(
            "financements:ouvrir_l_arbitrage" if etat == EtatAppel.CLOS else "financements:scenarios", slug
        )
    comptes = dict(Projet.objects.deposes().filter(appel=appel).order_by().values_list("etat").annotate(Count("pk")))
    contexte = {
        "appel": appel,
        "vers_l_arbitrage": etat == EtatAppel.INSTRUCTION,
        "comptes": [(libelle, comptes[valeur]) for valeur, libelle in EtatProjet.choices if comptes.get(valeur)],
        "pas_instruits": sum(comptes.get(un, 0) for un in PAS_ENCORE_INSTRUITS),
        "fil": [("Scénarios", reverse("financements:scenarios", args=[slug]))],
    }
    return render(request, "financements/arbitrage/ouvrir.html", contexte)
