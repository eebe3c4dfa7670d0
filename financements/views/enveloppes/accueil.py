"""L’enveloppe d’un appel : crédits, révisions, versions de la répartition."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes.permissions import reservee_a
from financements.chiffres.plafonds import plafonds
from financements.chiffres.reference import montants_de_reference
from financements.models import Repartition, RevisionEnveloppe
from financements.permissions import peut_arbitrer
from financements.views.enveloppes.commun import appel_et_enveloppe, contexte


@require_safe
@reservee_a(peut_arbitrer)
def enveloppes(request: HttpRequest, slug: str) -> HttpResponse:
    """Sans enveloppe, la page mène au vote ; sans répartition, à la prévisualisation."""
    appel, enveloppe = appel_et_enveloppe(request, slug)
    revisions = RevisionEnveloppe.objects.filter(enveloppe=enveloppe).select_related("deliberation", "faite_par")
    versions = Repartition.objects.filter(enveloppe=enveloppe).select_related("releve", "faite_par")
    return render(
        request,
        "financements/enveloppes/enveloppes.html",
        contexte(
            request,
            appel,
            "enveloppes",
            enveloppe=enveloppe,
            plafonds=plafonds(appel),
            revisions=revisions if enveloppe else (),
            versions=versions if enveloppe else (),
            reference=montants_de_reference(appel),
        ),
    )
