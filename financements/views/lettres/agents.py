"""Une lettre notifiée, telle que les agents la lisent : son texte figé, son PDF, sa lecture, sa poste."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.fichiers.envoi import telechargement
from financements.models import Deliberation, FichierDeLettre, Notification
from financements.permissions import peut_lire_les_financements, peut_suivre_la_deliberation
from financements.tasks.lettres import nom_dans_l_archive
from financements.views.vote.deliberation import deliberation_visible

LIES = ("decision__projet__organisme__commune", "lecture__personne", "recommande", "fichier")


def lettre_de_la_deliberation(personne: Personne, deliberation: Deliberation, pk: int) -> Notification:
    """La lettre de cette adresse. Lève `Http404` si elle n’est pas de cette délibération, ou d’un projet déporté."""
    lettres = Notification.objects.visibles_par(personne).en_lettres().filter(decision__deliberation=deliberation)
    return get_object_or_404(lettres.select_related(*LIES), pk=pk)


@require_safe
@reservee_a(peut_lire_les_financements)
def lettre(request: HttpRequest, slug: str, pk: int, notification: int) -> HttpResponse:
    """Ce que l’organisme a reçu, et ce qu’il en est advenu."""
    personne = personne_de(request)
    vue = deliberation_visible(personne, slug, pk)
    lue = lettre_de_la_deliberation(personne, vue, notification)
    contexte = {
        "appel": vue.appel,
        "deliberation": vue,
        "notification": lue,
        "lettre": lue.lettre,
        "est_en_recommande": Notification.objects.en_recommande().filter(pk=lue.pk).exists(),
        "peut_suivre": peut_suivre_la_deliberation(personne),
        "fil": fil_des_lettres(vue),
    }
    return render(request, "financements/lettres/lettre.html", contexte)


@require_safe
@reservee_a(peut_lire_les_financements)
def pdf(request: HttpRequest, slug: str, pk: int, notification: int) -> HttpResponseBase:
    """Le PDF gardé ; 404 tant qu’il n’est pas produit."""
    personne = personne_de(request)
    lue = lettre_de_la_deliberation(personne, deliberation_visible(personne, slug, pk), notification)
    garde = get_object_or_404(FichierDeLettre, notification=lue)
    return telechargement(garde.fichier, nom_dans_l_archive(lue))


def fil_des_lettres(vue: Deliberation) -> list[tuple[str, str]]:
    """Le chemin jusqu’aux pages des lettres d’une délibération (lit `appel`)."""
    slug = vue.appel.slug if vue.appel else ""
    return [
        ("Délibérations", reverse("financements:deliberations", args=[slug])),
        (f"Délibération {vue.reference}", vue.get_absolute_url()),
    ]
