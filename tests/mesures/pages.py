"""Les pages du programme face à une liste Django nue, dans le même processus, en alternance."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from projets.models import AppelAProjets
from tests.mesures.donnees import charger_programme, mesurer_les_tables

FACTEURS = (1, 10)  # 988 et 9 880 actions
TOURS = 15
MILLE = 1000
SANS_EMPREINTES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # rien à rassembler d’avance


@dataclass
class Releve:
    """Ce qu’une page a coûté : secondes de chaque tour, requêtes SQL, octets rendus."""

    nom: str
    adresse: str
    client: Client
    requetes: int = 0
    octets: int = 0
    durees: list[float] = field(default_factory=list)

    @property
    def mediane(self) -> float:
        """Médiane (ms)."""
        return statistics.median(self.durees) * MILLE


def mesurer() -> None:
    """Imprime les médianes, les rapports à la liste nue, les requêtes et les kilooctets. Base migrée attendue."""
    mesurer_les_pages("Pages", Role.PILOTE, _programme, _releves)


def _programme(facteur: int) -> AppelAProjets:
    appel = AppelAProjets.objects.filter(slug=f"mesures-{facteur}").first() or charger_programme(facteur)
    mesurer_les_tables()
    return appel


def mesurer_les_pages(
    titre: str,
    role: Role,
    programme: Callable[[int], AppelAProjets],
    releves_de: Callable[[Client, AppelAProjets], list[Releve]],
) -> None:
    """Les pages d’un programme de 988 actions, puis d’un plus grand, lues par une personne de ce rôle."""
    personne, _ = Personne.objects.get_or_create(
        email=f"mesures-{role}@exemple.fr", defaults={"nom": "Mesures", "role": role}
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
            releves = relever(releves_de(client, programme(facteur)))
            petits = petits or releves
            imprimer(f"{titre}, {988 * facteur} actions", releves, petits, "× 988")


def _releves(client: Client, appel: AppelAProjets) -> list[Releve]:
    def page(nom: str, adresse: str) -> Releve:
        return Releve(nom, adresse, client)

    slug = appel.slug
    liste = reverse("financements:actions", args=[slug])
    return [
        page("liste nue, 50 lignes", f"/nu/{slug}/"),
        page("liste des actions", liste),
        page("… filtrée et triée par montant", f"{liste}?axe=5&tri=-montant&q=insertion"),
        page("… d’un territoire", f"{liste}?territoire=VAL&page=2"),
        page("page d’une action", reverse("financements:action", args=[slug, 500])),
        page("page d’un territoire", reverse("financements:territoire", args=[slug, "VAL"])),
        page("crédits votés", reverse("financements:credits", args=[slug])),
        page("tableau de bord", f"{reverse('financements:accueil')}?appel={slug}"),
        page("état des enveloppes", reverse("financements:arbitrage", args=[slug])),
    ]


def relever(releves: list[Releve]) -> list[Releve]:
    """Demande chaque page, en alternance, et note ce qu’elle a coûté."""
    for releve in releves:  # un tour pour rien : gabarits compilés, caches de PostgreSQL chauds
        releve.client.get(releve.adresse)
        with CaptureQueriesContext(connection) as prises:
            reponse = releve.client.get(releve.adresse)
        if reponse.status_code != 200:
            raise RuntimeError(f"{releve.adresse} : réponse {reponse.status_code}")
        releve.requetes, releve.octets = len(prises), len(reponse.content)
    for _ in range(TOURS):
        for releve in releves:
            gc.collect()
            debut = time.perf_counter()
            releve.client.get(releve.adresse)
            releve.durees.append(time.perf_counter() - debut)
    return releves


def imprimer(titre: str, releves: list[Releve], petits: list[Releve], multiple: str) -> None:
    """`petits` : le relevé de la plus petite taille, dont la dernière colonne (`multiple`) donne le multiple."""
    repere = releves[0].mediane
    print(f"\n{titre} ({TOURS} tours alternés)")  # noqa: T201 (c’est le but)
    print(f"  {'page':<34}{'ms':>8}{'× nue':>8}{'SQL':>6}{'ko':>8}{multiple:>8}")  # noqa: T201
    for releve, petit in zip(releves, petits, strict=False):
        rapport = releve.mediane / repere
        ligne = f"{releve.mediane:>8.1f}{rapport:>8.2f}{releve.requetes:>6}{releve.octets / MILLE:>8.1f}"
        ligne += f"{releve.mediane / petit.mediane:>8.2f}"
        print(f"  {releve.nom:<34}{ligne}")  # noqa: T201
