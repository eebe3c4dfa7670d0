"""Les exports d’un programme exécuté face à un COPY brut et à des boucles nues.

Chaque mesure se fait dans un processus neuf. Les temps (écoulé ; de processeur, seul comparable sur une machine
occupée) sont ceux du tour médian et comprennent la lecture en base, non le démarrage de Python ; la mémoire est le pic
du processus, tout compris. « 1er » : millisecondes jusqu’au premier morceau.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date

from financements.actions.imputer_la_demonstration import imputer_la_demonstration
from financements.models import Action, Convention
from financements.states.execution import EtatConvention
from projets.models import AppelAProjets
from tests.mesures.donnees import mesurer_les_tables
from tests.mesures.executes import SERIE, programme_execute
from tests.mesures.multiplication import multiplier

FACTEURS = (1, 100)  # 988 et 98 800 actions
TOURS = 7  # de 988 actions ; 98 800 se font une fois
# sorte → (ce que c’est, la sorte nue à laquelle elle se rapporte)
SORTES = {
    "copy": ("COPY brut", "copy"),
    "csv-nu": ("psycopg + csv, nu", "csv-nu"),
    "csv": ("CSV", "csv-nu"),
    "xlsx-nu": ("boucle XlsxWriter nue", "xlsx-nu"),
    "xlsx": ("XLSX", "xlsx-nu"),
    "ods": ("ODS", "xlsx-nu"),
    "scdl": ("SCDL, jugé ligne à ligne", "csv-nu"),
    "engagements-nu": ("engagements de 2016, nu", "engagements-nu"),
    "engagements": ("engagements de 2016", "engagements-nu"),
    "liquidations-nu": ("liquidations de 2016, nu", "liquidations-nu"),
    "liquidations": ("liquidations de 2016", "liquidations-nu"),
}


@dataclass(frozen=True)
class Mesure:
    """Secondes écoulées et de processeur, pic de mémoire (Mio), Kio du fichier, millisecondes du premier morceau."""

    secondes: float
    cpu: float
    memoire: int
    taille: int
    premier: float


def mesurer() -> None:
    """Charge les programmes qui manquent et imprime un tableau par taille. Base migrée attendue."""
    for facteur in FACTEURS:
        slug = f"{SERIE}-{facteur}"
        if not AppelAProjets.objects.filter(slug=slug).exists():
            charger(facteur)
        conventionner(slug)
        mesurer_les_tables()
        tours = TOURS if facteur == 1 else 1
        _imprimer(facteur, {sorte: _dans_un_processus(sorte, slug, tours) for sorte in SORTES})


def charger(facteur: int) -> None:
    """Le programme, ou des copies de lui."""
    debut = time.perf_counter()
    source = programme_execute()
    if facteur > 1:
        multiplier(source, facteur)
        imputer_la_demonstration()
    sys.stdout.write(f"\n{988 * facteur} actions chargées en {time.perf_counter() - debut:.0f} s\n")
    sys.stdout.flush()


def conventionner(slug: str) -> None:
    """Une convention signée par action : chacune fait une ligne des données ouvertes."""
    sans = Action.objects.filter(projet__appel__slug=slug, convention__isnull=True).values_list("pk", flat=True)
    Convention.objects.bulk_create(
        (
            Convention(
                action_id=pk,
                numero=f"M-{pk}",
                etat=EtatConvention.SIGNEE,
                debut_le=date(2016, 1, 1),
                fin_le=date(2018, 12, 31),
                contenu={},
                jeton=f"{pk:032d}",
                signee_organisme_le=date(2016, 7, 1),
                signee_departement_le=date(2016, 7, 12),
            )
            for pk in sans.iterator()
        ),
        batch_size=1000,
    )


def _imprimer(facteur: int, mesures: dict[str, Mesure]) -> None:
    lignes = [
        f"\nExports, {988 * facteur} actions",
        f"{'':26}{'secondes':>10}{'× nu':>8}{'cpu':>10}{'× nu':>8}{'Mio':>8}{'Kio':>9}{'1er (ms)':>10}",
    ]
    for sorte, m in mesures.items():
        nom, nue = SORTES[sorte]
        nu = mesures[nue]
        lignes.append(
            f"{nom:26}{m.secondes:10.2f}{m.secondes / nu.secondes:8.2f}{m.cpu:10.2f}{m.cpu / nu.cpu:8.2f}"
            f"{m.memoire:8}{m.taille:9}{m.premier:10.1f}"
        )
    sys.stdout.write("\n".join(lignes) + "\n")
    sys.stdout.flush()


def _dans_un_processus(sorte: str, slug: str, tours: int) -> Mesure:
    commande = [sys.executable, "-m", "tests.mesures.exporteurs", sorte, slug, str(tours)]
    sortie = subprocess.run(commande, check=True, stdout=subprocess.PIPE, text=True)
    return Mesure(**json.loads(sortie.stdout))
