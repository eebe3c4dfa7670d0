"""Le registre des aides de minimis : cumuls par SIREN, ajout, retrait, export."""

import tempfile
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.listes import PAR_PAGE
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.fse.de_minimis import (
    exporter_le_registre_de_minimis,
    noter_une_aide_de_minimis,
    retirer_une_aide_de_minimis,
)
from financements.chiffres.de_minimis import AidesAEmporter, plafonds, registre
from financements.exports.feuille import LIBELLES, TYPES
from financements.forms.fse import AideDeMinimisForm
from financements.models import Action, AideDeMinimis
from financements.permissions import peut_exporter_les_decisions, peut_lire_les_financements, peut_tenir_le_fse
from financements.states.fse import OrigineDAide
from financements.views.echanges.commun import dire_que_tout_a_change, fichier_a_emporter
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from projets.views.gestes import enregistre

LONGUEUR_D_UNE_CLE = 19  # chiffres d’un grand entier de la base


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_lire_les_financements)
def de_minimis(request: HttpRequest) -> HttpResponse:
    """Les cumuls, les alertes, et de quoi noter une aide."""
    personne = personne_de(request)
    peut_ecrire = peut_tenir_le_fse(personne)
    if request.method == "POST" and not peut_ecrire:
        raise PermissionDenied
    action = _action_a_noter(request, personne)
    form = AideDeMinimisForm(request.POST or None, instance=AideDeMinimis(action=action), initial=_de_l_action(action))

    def acte() -> object:
        return noter_une_aide_de_minimis(auteur=personne, aide=form.instance)

    if request.method == "POST" and enregistre(form, acte):
        messages.success(request, "Aide notée au registre.")
        return redirect("financements:de_minimis")
    q = request.GET.get("q", "").strip()
    choisies = AidesAEmporter(_cherchees(personne, q))
    lignes = registre(choisies.aides, timezone.localdate())
    contexte = {
        "page": Paginator(lignes, PAR_PAGE).get_page(request.GET.get("page")),
        "depassements": [ligne for ligne in lignes if ligne.depasse],
        "plafonds": plafonds(),
        "form": form if peut_ecrire else None,
        "action": action,
        "peut_ecrire": peut_ecrire,
        "q": q,
        "choisies": choisies,
        "formats": LIBELLES if peut_exporter_les_decisions(personne) else {},
    }
    return render(request, "financements/fse/de_minimis.html", contexte)


def _action_a_noter(request: HttpRequest, personne: Personne) -> Action | None:
    """L’action dont on vient (« ?action= ») ; aucune sans elle. Lève `Http404`."""
    cle = request.GET.get("action", "")
    if not cle:
        return None
    siennes = Action.objects.visibles_par(personne).select_related("projet__organisme", "deliberation", "convention")
    return get_object_or_404(siennes, pk=cle if cle.isdecimal() and len(cle) < LONGUEUR_D_UNE_CLE else 0)


def _de_l_action(action: Action | None) -> dict[str, Any]:
    """Ce que l’application sait déjà de l’aide d’une action. Une requête, pour son montant attribué."""
    if action is None:
        return {}
    convention = getattr(action, "convention", None)
    return {
        "siren": action.projet.organisme.siren,
        "origine": OrigineDAide.DEPARTEMENT,
        "autorite": settings.NOM_DEPARTEMENT,
        "reference": (convention.numero if convention else "") or action.deliberation.reference,
        "accordee_le": action.deliberation.adoptee_le,
        "montant": action.tranches.aggregate(somme=Sum("montant"))["somme"],
    }


def _cherchees(personne: Personne, texte: str) -> QuerySet[AideDeMinimis]:
    """Les aides du SIREN ou de l’organisme cherché ; toutes sans rien chercher."""
    aides = AideDeMinimis.objects.visibles_par(personne).select_related("organisme")
    if not texte:
        return aides
    chiffres = "".join(texte.split())
    if chiffres.isdecimal():
        return aides.filter(siren__startswith=chiffres[:9])
    return aides.filter(organisme__nom__icontains=texte)


@require_POST
@reservee_a(peut_tenir_le_fse)
def retirer_une_aide(request: HttpRequest, pk: int) -> HttpResponse:
    """Retirer une aide notée par erreur."""
    personne = personne_de(request)
    aide = get_object_or_404(AideDeMinimis.objects.visibles_par(personne), pk=pk)
    retirer_une_aide_de_minimis(auteur=personne, aide=aide)
    messages.success(request, "Aide retirée du registre\u00a0; le journal la garde.")
    return redirect("financements:de_minimis")


@require_POST
@reservee_a(peut_exporter_les_decisions)
def exporter(request: HttpRequest, extension: str) -> HttpResponseBase:
    """Les aides que la page montre, en XLSX, en ODS ou en CSV."""
    if extension not in TYPES:
        raise Http404
    personne, q = personne_de(request), request.POST.get("q", "").strip()
    choisies = AidesAEmporter(_cherchees(personne, q))
    nombre, montant = choisies.compte
    retour = reverse("financements:de_minimis") + (f"?{urlencode({'q': q})}" if q else "")
    actuels = {"annonce": str(nombre), "montant": str(montant)}
    if any(request.POST.get(nom, actuel) != actuel for nom, actuel in actuels.items()):
        return _a_redemander(request, retour, nombre, montant)
    fichier = tempfile.TemporaryFile()  # noqa: SIM115 (la réponse le ferme)
    try:
        exporter_le_registre_de_minimis(
            auteur=personne, choisies=choisies, recherche=q, extension=extension, fichier=fichier
        )
    except ExportIncomplet:
        fichier.close()
        return _a_redemander(request, retour, *AidesAEmporter(choisies.aides).compte)
    return fichier_a_emporter(
        fichier, nom="registre-de-minimis", nombre=nombre, extension=extension, type_mime=TYPES[extension]
    )


def _a_redemander(request: HttpRequest, retour: str, nombre: int, montant: Decimal) -> HttpResponse:
    """Retour à la page, qui annonce de nouveau."""
    dire_que_tout_a_change(request, nombre, montant, "Le registre")
    return redirect(retour)
