"""Qui d’autre a ce projet sous les yeux. Rien n’est gardé : une présence qui ne bat plus s’efface d’elle-même.

La page bat toutes les vingt secondes (`static/js/presence.js`) ; le cache, et lui seul, retient qui est là.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from projets.models import Projet
from projets.permissions import peut_suivre_l_instruction

DUREE = 50.0  # secondes sans battre au bout desquelles on n’est plus là : deux battements manqués
VERROU = 1  # seconde
PARTI = "part"
LONGUEUR_D_UNE_PAGE = 40
FAITS = {
    "consulte": "consulte aussi ce projet",
    "note": "est en train de noter ce projet",
    "redige": "rédige l’avis sur ce projet",
    "decide": "remplit un formulaire sur ce projet",
}
Presents = dict[int, tuple[str, str, float, str]]  # par personne : son nom, ce qu’elle fait, quand, sur quelle page


@dataclass(frozen=True, slots=True)
class Presence:
    """Quelqu’un d’autre, et ce qu’il fait."""

    nom: str
    fait: str

    def __str__(self) -> str:
        return f"{self.nom} {FAITS[self.fait]}."


@require_POST
@reservee_a(peut_suivre_l_instruction)
def presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Dire que l’on est là (`fait`), ou que l’on part ; rend en clair qui d’autre est là, une phrase chacun."""
    personne = personne_de(request)
    if not Projet.objects.visibles_par(personne).filter(pk=pk).exists():
        raise Http404
    signaler(pk, personne, request.POST.get("fait", ""), page=request.POST.get("page", "")[:LONGUEUR_D_UNE_PAGE])
    return HttpResponse(_phrases(_presents(pk), personne), content_type="text/plain; charset=utf-8")


def signaler(pk: int, personne: Personne, fait: str, *, page: str) -> None:
    """Note qu’elle est là, ou qu’elle part. Un verrou bref : deux arrivées au même instant se voient l’une l’autre.

    Ne part que de la page où elle est encore : d’une page à l’autre, le départ peut arriver après l’arrivée.
    """
    _prendre_le_verrou(pk)
    try:
        presents = _presents(pk)
        if fait != PARTI:
            presents[personne.pk] = (str(personne), fait if fait in FAITS else "consulte", time.time(), page)
        elif personne.pk in presents and presents[personne.pk][3] == page:
            del presents[personne.pk]
        cache.set(_cle(pk), presents, DUREE)
    finally:
        cache.delete(_cle(pk, "verrou"))


def presents_sur(pks: Iterable[int], personne: Personne) -> dict[int, str]:
    """Qui d’autre a chacun de ces projets ouvert, en clair ; un seul aller au cache. Vide : personne."""
    cles = {_cle(pk): pk for pk in pks}
    connus: dict[str, Presents] = cache.get_many(cles)
    return {pk: _phrases(_qui_battent(connus.get(cle, {})), personne) for cle, pk in cles.items()}


def _presents(pk: int) -> Presents:
    """Ceux qui battent encore."""
    return _qui_battent(cache.get(_cle(pk)) or {})


def _qui_battent(connus: Presents) -> Presents:
    limite = time.time() - DUREE
    return {cle: present for cle, present in connus.items() if present[2] > limite}


def _phrases(presents: Presents, personne: Personne) -> str:
    """Une phrase par personne, sauf elle, par ordre d’arrivée."""
    autres = [Presence(nom, fait) for cle, (nom, fait, *_) in sorted(presents.items()) if cle != personne.pk]
    return " ".join(map(str, autres))


def _prendre_le_verrou(pk: int) -> None:
    """Attend un peu, puis passe : mieux vaut une présence perdue un instant qu’une page en attente."""
    for _ in range(20):
        if cache.add(_cle(pk, "verrou"), 1, VERROU):
            return
        time.sleep(0.01)


def _cle(pk: int, sorte: str = "presents") -> str:
    return f"{sorte}-du-projet-{pk}"
