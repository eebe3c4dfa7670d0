"""Le rapport PDF face à un simple tableau des mêmes actions, par WeasyPrint et par Typst.

Chaque mesure se fait dans un processus neuf. Les temps (écoulé ; de processeur, seul comparable sur une machine
occupée) sont ceux du travail, chargement de Python et des modules non compris ; la mémoire est le pic du processus,
tout compris. Les volumes d’un grand rapport sont produits par autant de processus que de cœurs, comme par un
travailleur Celery.
"""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from projets.models import AppelAProjets
from tests.mesures.donnees import charger_programme
from tests.mesures.ouvriers import TERRITOIRE, Mesure, attendre, produire_un_volume, volumes_du_rapport

FACTEURS = (1, 10)  # 988 et 9 880 actions


def mesurer() -> None:
    """Charge les programmes qui manquent et imprime un tableau par taille. Base migrée attendue."""
    for facteur in FACTEURS:
        slug = f"mesures-{facteur}"
        if not AppelAProjets.objects.filter(slug=slug).exists():
            charger_programme(facteur)
        nu = dans_un_processus("weasyprint", slug)
        _imprimer(
            facteur,
            {
                "tableau nu, WeasyPrint": nu,
                "tableau nu, Typst": dans_un_processus("typst", slug),
                "rapport entier": dans_un_processus("rapport", slug) if facteur == 1 else par_volumes(slug),
                f"rapport d’un territoire ({TERRITOIRE})": dans_un_processus("territoire", slug),
            },
            nu,
        )


def _imprimer(facteur: int, mesures: dict[str, Mesure], nu: Mesure) -> None:
    lignes = [
        f"\nRapport PDF, {988 * facteur} actions ({os.cpu_count()} cœurs)",
        f"{'':34}{'secondes':>10}{'× nu':>8}{'cpu':>10}{'× nu':>8}{'Mio':>8}{'pages':>8}{'Kio':>8}{'volumes':>9}",
        *(
            f"{nom:34}{m.secondes:10.2f}{m.secondes / nu.secondes:8.2f}{m.cpu:10.2f}{m.cpu / nu.cpu:8.2f}"
            f"{m.memoire:8}{m.pages:8}{m.taille:8}{m.volumes:9}"
            for nom, m in mesures.items()
        ),
    ]
    sys.stdout.write("\n".join(lignes) + "\n")
    sys.stdout.flush()


def dans_un_processus(sorte: str, slug: str) -> Mesure:
    """La mesure de cette sorte (voir `ouvriers.SORTES`)."""
    commande = [sys.executable, "-m", "tests.mesures.ouvriers", sorte, slug]
    sortie = subprocess.run(commande, check=True, stdout=subprocess.PIPE, text=True)
    return Mesure(**json.loads(sortie.stdout))


def par_volumes(slug: str) -> Mesure:
    """Tous les volumes, par autant de processus que de cœurs ; le temps est celui de l’ensemble."""
    coeurs = os.cpu_count() or 1
    with ProcessPoolExecutor(coeurs, mp_context=get_context("spawn")) as equipe:
        list(equipe.map(attendre, [0.2] * coeurs * 2))
        debut = time.perf_counter()
        contenus = equipe.submit(volumes_du_rapport, slug).result()
        volumes = len(contenus)
        faits = list(equipe.map(produire_un_volume, [slug] * volumes, range(volumes), [contenus] * volumes))
        secondes = time.perf_counter() - debut
    pages, taille = sum(fait.pages for fait in faits), sum(fait.taille for fait in faits)
    cpu, memoire = sum(fait.cpu for fait in faits), max(fait.memoire for fait in faits)
    return Mesure(secondes, cpu, memoire, pages, taille, volumes)
