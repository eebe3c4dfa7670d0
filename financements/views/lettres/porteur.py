"""La lettre sur le portail : la première ouverture par une personne de l’organisme fait preuve de lecture."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import est_porteur, personne_de, reservee_a
from config.socle.fichiers.envoi import telechargement
from financements.actions.lettres.lire import ouvrir_la_lettre
from financements.models import FichierDeLettre, Notification
from financements.tasks.lettres import nom_dans_l_archive


def _lettre(personne: Personne, pk: int, notification: int) -> Notification:
    lettres = Notification.objects.visibles_par(personne).en_lettres().filter(decision__projet=pk)
    lies = ("decision__projet__organisme", "lecture__personne", "fichier")
    return get_object_or_404(lettres.select_related(*lies), pk=notification)


@require_safe
@reservee_a(est_porteur)
def ma_lettre(request: HttpRequest, pk: int, notification: int) -> HttpResponse:
    """La lettre, une fois ouverte ; avant, de quoi l’ouvrir."""
    lue = _lettre(personne_de(request), pk, notification)
    projet = lue.decision.projet
    contexte = {
        "projet": projet,
        "notification": lue,
        "lettre": lue.lettre if hasattr(lue, "lecture") else None,
        "fil": [
            ("Mes projets", reverse("projets:mes_projets")),
            (projet.reference, reverse("projets:mon_projet", args=[pk])),
        ],
    }
    return render(request, "financements/lettres/ma_lettre.html", contexte)


@require_POST
@reservee_a(est_porteur)
def ouvrir(request: HttpRequest, pk: int, notification: int) -> HttpResponse:
    """La première ouverture s’enregistre."""
    personne = personne_de(request)
    ouvrir_la_lettre(auteur=personne, notification=_lettre(personne, pk, notification))
    return redirect("financements:ma_lettre", pk=pk, notification=notification)


@require_safe
@reservee_a(est_porteur)
def mon_pdf(request: HttpRequest, pk: int, notification: int) -> HttpResponseBase:
    """Le PDF, une fois la lettre ouverte et le fichier produit ; avant, on revient à la page qui l’ouvre."""
    lue = _lettre(personne_de(request), pk, notification)
    if not hasattr(lue, "lecture"):
        return redirect("financements:ma_lettre", pk=pk, notification=notification)
    garde = get_object_or_404(FichierDeLettre, notification=lue)
    return telechargement(garde.fichier, nom_dans_l_archive(lue))
