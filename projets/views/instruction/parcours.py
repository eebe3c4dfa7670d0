"""Passer d’un projet à l’autre sans revenir à la file : l’adresse de la fiche emporte la sélection (`?file=…`)."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from comptes.models import Personne
from projets.models import Projet
from projets.views.instruction.selection import Selection

_PAGE_D_UN_PROJET = re.compile(r"/instruction/\d+/")


def parcours(request: HttpRequest, personne: Personne, projet: Projet) -> dict[str, Any]:
    """Le rang du projet dans la file d’où l’on vient, ses voisins et le retour ; rien hors d’une file."""
    file = request.GET.get("file", "")
    if not file:
        return {"parcours": None}
    cles = list(Selection(personne, QueryDict(file)).cles)
    retour = f"{reverse('projets:instruction')}?{file}"

    def adresse(rang: int) -> str:
        if not 0 <= rang < len(cles):
            return ""
        return f"{reverse('projets:fiche_instruction', args=[cles[rang]])}?{urlencode({'file': file})}"

    if projet.pk not in cles:  # un acte l’a fait sortir de la sélection : on reprend à ce qui y reste de premier
        return {"parcours": {"rang": None, "sur": len(cles), "retour": retour, "precedent": "", "suivant": adresse(0)}}
    rang = cles.index(projet.pk)
    voisins = {"precedent": adresse(rang - 1), "suivant": adresse(rang + 1)}
    return {"parcours": {"rang": rang + 1, "sur": len(cles), "retour": retour, **voisins}}


def avec_sa_file(request: HttpRequest, adresse: str) -> str:
    """L’adresse d’une page à part, avec la file que porte la demande ; telle quelle hors d’une file."""
    file = request.GET.get("file", "")
    return f"{adresse}?{urlencode({'file': file})}" if file else adresse


def file_d_avant_l_acte(request: HttpRequest) -> str:
    """La fiche avec sa file, quand un acte ou une page à part vient d’y ramener sans elle ; vide sinon.

    Le navigateur dit de quelle page il part : la fiche de ce projet ou une page à part ouverte d’elle, qui en ont
    gardé la file (`{% file_gardee %}`). De la fiche d’un autre projet, on ne vient pas de cette file-là.
    """
    venue = urlsplit(request.META.get("HTTP_REFERER", ""))
    file = QueryDict(venue.query).get("file", "")
    est_d_ici = venue.path.startswith(request.path) or not _PAGE_D_UN_PROJET.match(venue.path)
    if "file" in request.GET or not file or not est_d_ici:
        return ""
    demande = request.GET.copy()
    demande["file"] = file
    return f"{request.path}?{demande.urlencode()}"
