"""Ce que fait un processus neuf de `tests.mesures.rapport` : une mesure, ou les volumes qu’on lui confie.

Chargé après que les adresses des serveurs sont dans l’environnement, hérité du processus qui mesure.
"""
# ruff: noqa: E402 (Django se charge d’abord : ce module est l’entrée d’un processus)

import django

django.setup()

import io
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pypdf
from django.utils import timezone

from financements.chiffres import LigneAction, Perimetre, lignes_actions, version_des_donnees
from financements.pdf.contexte import Edition
from financements.pdf.decoupage import Contenu
from financements.pdf.production import plan_du_rapport, produire
from projets.models import AppelAProjets
from territoires.models import Territoire
from tests.financements.rapports import sans_rappel
from tests.mesures.tables_nues import par_typst, par_weasyprint

TERRITOIRE = "VAL"


@dataclass(frozen=True)
class Mesure:
    """Secondes écoulées et de processeur, pic de mémoire (Mio) du plus gros processus, pages, Kio des fichiers."""

    secondes: float
    cpu: float
    memoire: int
    pages: int
    taille: int
    volumes: int = 1


class Chronometre:
    """Le temps passé, et le temps de processeur : sur une machine occupée, seul le second se compare."""

    def __init__(self) -> None:
        self._debut, self._cpu = time.perf_counter(), time.process_time()

    def lire(self) -> tuple[float, float]:
        """(secondes écoulées, secondes de processeur)."""
        return time.perf_counter() - self._debut, time.process_time() - self._cpu


def pic() -> int:
    """Pic de mémoire de ce processus, en Mio."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def entier(slug: str) -> Perimetre:
    """Tout le programme."""
    return Perimetre.entier(AppelAProjets.objects.get(slug=slug))


def attendre(secondes: float) -> None:
    """Occupe un processus de l’équipe, pour que tous démarrent avant que le temps commence."""
    time.sleep(secondes)


def volumes_du_rapport(slug: str) -> list[Contenu]:
    """Le découpage du rapport entier."""
    return plan_du_rapport(entier(slug))[1]


def produire_le_rapport(slug: str) -> Mesure:
    """Le rapport entier d’un programme qui tient en un volume."""
    chronometre = Chronometre()
    perimetre = entier(slug)
    version, (contenu,) = plan_du_rapport(perimetre)
    return _produire(perimetre, contenu, Edition(timezone.localtime(), version), chronometre)


def produire_un_volume(slug: str, rang: int, contenus: Sequence[Contenu]) -> Mesure:
    """Un des volumes du rapport entier."""
    chronometre = Chronometre()
    perimetre = entier(slug)
    edition = Edition(timezone.localtime(), version_des_donnees(perimetre.appel), rang + 1, len(contenus))
    return _produire(perimetre, contenus[rang], edition, chronometre)


def produire_un_territoire(slug: str) -> Mesure:
    """Le rapport d’un territoire (son premier volume s’il en a plusieurs)."""
    chronometre = Chronometre()
    appel = AppelAProjets.objects.get(slug=slug)
    perimetre = Perimetre(appel, tuple(appel.annees), territoire=Territoire.objects.get(code=TERRITOIRE))
    version, contenus = plan_du_rapport(perimetre)
    return _produire(perimetre, contenus[0], Edition(timezone.localtime(), version, 1, len(contenus)), chronometre)


def _produire(perimetre: Perimetre, contenu: Contenu, edition: Edition, chronometre: Chronometre) -> Mesure:
    with tempfile.TemporaryDirectory() as dossier:
        cible = Path(dossier, "rapport.pdf")
        pages = produire(perimetre, contenu, edition, cible, sans_rappel)
        return Mesure(*chronometre.lire(), pic(), pages, cible.stat().st_size // 1024)


def imprimer_un_tableau(imprimer: Callable[[Sequence[LigneAction]], bytes], slug: str) -> Mesure:
    """Un tableau nu de toutes les actions ; leur lecture en base n’est pas comptée."""
    lignes = lignes_actions(entier(slug))
    chronometre = Chronometre()
    pdf = imprimer(lignes)
    temps, memoire = chronometre.lire(), pic()
    return Mesure(*temps, memoire, len(pypdf.PdfReader(io.BytesIO(pdf)).pages), len(pdf) // 1024)


SORTES: dict[str, Callable[[str], Mesure]] = {
    "weasyprint": lambda slug: imprimer_un_tableau(par_weasyprint, slug),
    "typst": lambda slug: imprimer_un_tableau(par_typst, slug),
    "rapport": produire_le_rapport,
    "territoire": produire_un_territoire,
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(SORTES[sys.argv[1]](sys.argv[2]))))
