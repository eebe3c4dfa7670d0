"""Qui d’autre a ce projet sous les yeux. Rien n’est gardé : une présence qui ne bat plus s’efface d’elle-même.

La page bat toutes les vingt secondes (`static/js/presence.js`) ; le cache, et lui seul, retient qui est là.
"""

import time
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
FAITS = {
    "consulte": "consulte aussi ce projet",
    "note": "est en train de noter ce projet",
    "redige": "rédige l’avis sur ce projet",
    "decide": "remplit un formulaire sur ce projet",
}
Presents = dict[int, tuple[str, str, float]]


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
    signaler(pk, personne, request.POST.get("fait", ""))
    phrases = " ".join(str(autre) for autre in autres_presents(pk, personne))
    return HttpResponse(phrases, content_type="text/plain; charset=utf-8")


def signaler(pk: int, personne: Personne, fait: str) -> None:
    """Note qu’elle est là, ou qu’elle part. Un verrou bref : deux arrivées au même instant se voient l’une l’autre."""
    _prendre_le_verrou(pk)
    try:
        presents = _presents(pk)
        presents.pop(personne.pk, None)
        if fait != PARTI:
            presents[personne.pk] = (str(personne), fait if fait in FAITS else "consulte", time.time())
        cache.set(_cle(pk), presents, DUREE)
    finally:
        cache.delete(_cle(pk, "verrou"))


def autres_presents(pk: int, personne: Personne) -> list[Presence]:
    """Ceux qui ont ce projet ouvert, sauf elle, par ordre d’arrivée."""
    return [Presence(nom, fait) for cle, (nom, fait, _) in sorted(_presents(pk).items()) if cle != personne.pk]


def _presents(pk: int) -> Presents:
    """Ceux qui battent encore."""
    limite = time.time() - DUREE
    connus: Presents = cache.get(_cle(pk)) or {}
    return {cle: present for cle, present in connus.items() if present[2] > limite}


def _prendre_le_verrou(pk: int) -> None:
    """Attend un peu, puis passe : mieux vaut une présence perdue un instant qu’une page en attente."""
    for _ in range(20):
        if cache.add(_cle(pk, "verrou"), 1, VERROU):
            return
        time.sleep(0.01)


def _cle(pk: int, sorte: str = "presence") -> str:
    return f"{sorte}-du-projet-{pk}"
