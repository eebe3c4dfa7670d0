"""Les pages du programme face à une liste Django nue, dans le même processus, en alternance."""

import gc
import statistics
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from projets.models import AppelAProjets
from tests.mesures.donnees import charger_programme

FACTEURS = (1, 10)  # 988 et 9 880 actions
TOURS = 15
MILLE = 1000
SANS_EMPREINTES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # rien à rassembler d’avance


@dataclass
class Releve:
    """Ce qu’une page a coûté : secondes de chaque tour, requêtes SQL, octets rendus."""

    nom: str
    adresse: str
    requetes: int = 0
    octets: int = 0
    durees: list[float] = field(default_factory=list)

    @property
    def mediane(self) -> float:
        """Médiane (ms)."""
        return statistics.median(self.durees) * MILLE


def mesurer() -> None:
    """Imprime les médianes, les rapports à la liste nue, les requêtes et les kilooctets. Base migrée attendue."""
    personne, _ = Personne.objects.get_or_create(
        email="mesures@exemple.fr", defaults={"nom": "Mesures", "role": Role.PILOTE}
    )
    reglages = {
        "ROOT_URLCONF": "tests.mesures.liste_nue",
        "ALLOWED_HOSTS": [*settings.ALLOWED_HOSTS, "testserver"],
        "STORAGES": {**settings.STORAGES, "staticfiles": SANS_EMPREINTES},
    }
    with override_settings(**reglages):
        client = Client()
        client.force_login(personne)
        petits: list[Releve] = []
        for facteur in FACTEURS:
            appel = AppelAProjets.objects.filter(slug=f"mesures-{facteur}").first() or charger_programme(facteur)
            _analyser()
            releves = _relever(client, appel)
            petits = petits or releves
            _imprimer(facteur, releves, petits)


def _analyser() -> None:
    """Les statistiques de PostgreSQL : sans elles, un chargement en bloc fausse ses plans."""
    with connection.cursor() as curseur:
        curseur.execute("ANALYZE")


def _relever(client: Client, appel: AppelAProjets) -> list[Releve]:
    slug = appel.slug
    liste = reverse("financements:actions", args=[slug])
    releves = [
        Releve("liste nue, 50 lignes", f"/nu/{slug}/"),
        Releve("liste des actions", liste),
        Releve("… filtrée et triée par montant", f"{liste}?axe=5&tri=-montant&q=insertion"),
        Releve("… d’un territoire", f"{liste}?territoire=VAL&page=2"),
        Releve("page d’une action", reverse("financements:action", args=[slug, 500])),
        Releve("page d’un territoire", reverse("financements:territoire", args=[slug, "VAL"])),
        Releve("crédits votés", reverse("financements:credits", args=[slug])),
        Releve("tableau de bord", f"{reverse('financements:accueil')}?appel={slug}"),
        Releve("état des enveloppes", reverse("financements:arbitrage", args=[slug])),
    ]
    for releve in releves:  # un tour pour rien : gabarits compilés, caches de PostgreSQL chauds
        client.get(releve.adresse)
        with CaptureQueriesContext(connection) as prises:
            reponse = client.get(releve.adresse)
        if reponse.status_code != 200:
            raise RuntimeError(f"{releve.adresse} : réponse {reponse.status_code}")
        releve.requetes, releve.octets = len(prises), len(reponse.content)
    for _ in range(TOURS):
        for releve in releves:
            gc.collect()
            debut = time.perf_counter()
            client.get(releve.adresse)
            releve.durees.append(time.perf_counter() - debut)
    return releves


def _imprimer(facteur: int, releves: list[Releve], petits: list[Releve]) -> None:
    """`petits` : le relevé de la plus petite taille, dont la dernière colonne donne le multiple."""
    repere = releves[0].mediane
    print(f"\nPages, {988 * facteur} actions ({TOURS} tours alternés)")  # noqa: T201 (c’est le but)
    print(f"  {'page':<34}{'ms':>8}{'× nue':>8}{'SQL':>6}{'ko':>8}{'× 988':>8}")  # noqa: T201
    for releve, petit in zip(releves, petits, strict=True):
        rapport = releve.mediane / repere
        ligne = f"{releve.mediane:>8.1f}{rapport:>8.2f}{releve.requetes:>6}{releve.octets / MILLE:>8.1f}"
        ligne += f"{releve.mediane / petit.mediane:>8.2f}"
        print(f"  {releve.nom:<34}{ligne}")  # noqa: T201
