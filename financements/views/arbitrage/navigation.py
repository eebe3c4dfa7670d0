"""Les pages de l’arbitrage d’un appel, et le scénario d’une adresse."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from comptes.models import Personne
from financements.models import Scenario
from financements.views.appels import Onglet
from projets.models import AppelAProjets


def pages_de_l_arbitrage(appel: AppelAProjets) -> list[Onglet]:
    """Les onglets secondaires, dans l’ordre du travail."""
    return [
        Onglet("etat", "État", reverse("financements:arbitrage", args=[appel.slug])),
        Onglet("enveloppes", "Enveloppes", reverse("financements:enveloppes", args=[appel.slug])),
        Onglet("equite", "Équité", reverse("financements:equite", args=[appel.slug])),
        Onglet("scenarios", "Scénarios", reverse("financements:scenarios", args=[appel.slug])),
        Onglet("comparer", "Comparer", reverse("financements:comparer", args=[appel.slug])),
        Onglet("calculs", "Calculs", reverse("financements:calculs", args=[appel.slug])),
        Onglet("comites", "Comités", reverse("financements:comites", args=[appel.slug])),
        Onglet("rapport", "Rapport", reverse("financements:rapport_a_l_assemblee", args=[appel.slug])),
    ]


def scenario_visible(personne: Personne, slug: str, pk: int) -> Scenario:
    """Le scénario de cette adresse, son appel lu. Lève `Http404` s’il n’est pas de son périmètre."""
    appels = AppelAProjets.objects.visibles_par(personne).filter(slug=slug)
    visibles = Scenario.objects.visibles_par(personne).filter(appel__in=appels).select_related("appel", "auteur")
    return get_object_or_404(visibles, pk=pk)
