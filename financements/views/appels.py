"""Retrouver l’appel d’une page, et les pages sœurs d’un programme."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404
from django.urls import reverse

from comptes.models import Personne
from financements.permissions import peut_arbitrer, peut_exporter_les_decisions
from projets.models import AppelAProjets


@dataclass(frozen=True)
class Onglet:
    """Une page sœur ; `cle` dit laquelle est montrée."""

    cle: str
    libelle: str
    adresse: str


def appel_visible(personne: Personne, slug: str) -> AppelAProjets:
    """L’appel de cette adresse. Lève `Http404` s’il n’existe pas ou n’est pas de son périmètre."""
    return get_object_or_404(AppelAProjets.objects.visibles_par(personne), slug=slug)


def onglets(personne: Personne, appel: AppelAProjets) -> list[Onglet]:
    """Les pages du programme où entre cette personne, qui lit les financements."""
    pages = [
        Onglet("credits", "Crédits votés", reverse("financements:credits", args=[appel.slug])),
        Onglet("suivi", "Exécution", reverse("financements:suivi", args=[appel.slug])),
        Onglet("versements", "Versements", reverse("financements:versements", args=[appel.slug])),
        Onglet("actions", "Actions", reverse("financements:actions", args=[appel.slug])),
        Onglet("organismes", "Organismes", reverse("financements:organismes", args=[appel.slug])),
        Onglet("deliberations", "Délibérations", reverse("financements:deliberations", args=[appel.slug])),
        Onglet("conventions", "Conventions", reverse("financements:conventions", args=[appel.slug])),
        Onglet("repartitions", "Répartition", reverse("financements:repartitions", args=[appel.slug])),
        Onglet("imputations", "Imputations", reverse("financements:imputations", args=[appel.slug])),
    ]
    if peut_exporter_les_decisions(personne):
        pages.append(Onglet("echanges", "Échanges", reverse("financements:echanges", args=[appel.slug])))
    pages.append(Onglet("bilans", "Bilans", reverse("financements:bilans", args=[appel.slug])))
    if peut_arbitrer(personne):
        pages.append(Onglet("arbitrage", "Arbitrage", reverse("financements:arbitrage", args=[appel.slug])))
    return pages
