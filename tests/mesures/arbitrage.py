"""L’arbitrage de 2 000 projets sur trois ans : l’écran face à une liste Django nue, et le temps d’une saisie."""

import gc
import itertools
import statistics
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from financements.actions.arbitrage.scenarios import NouveauScenario, creer_un_scenario
from financements.actions.charger_appel_en_arbitrage import charger_appel_en_arbitrage
from financements.models import LigneDeScenario, Scenario
from financements.states import OrigineScenario
from projets.models import AppelAProjets
from territoires.actions.charger_nord import charger_nord
from territoires.models import Territoire
from tests.mesures.donnees import mesurer_les_tables
from tests.mesures.pages import MILLE, SANS_EMPREINTES, TOURS, Releve, imprimer, relever

T = TypeVar("T")
TAILLES = (2_000,)  # au-delà, le tirage n’a plus assez de thèmes
HTMX = {"HTTP_HX_REQUEST": "true"}


def mesurer() -> None:
    """Imprime médianes, rapports, requêtes et kilooctets. Base migrée attendue. But d’une saisie : 100 ms."""
    reglages = {
        "ROOT_URLCONF": "tests.mesures.file_nue",
        "ALLOWED_HOSTS": [*settings.ALLOWED_HOSTS, "testserver"],
        "STORAGES": {**settings.STORAGES, "staticfiles": SANS_EMPREINTES},
    }
    pilote = _personnes()
    client = Client()
    client.force_login(pilote)
    with override_settings(**reglages):
        petits: list[Releve] = []
        for nombre in TAILLES:
            appel = _appel(nombre)
            scenario, creation = _chronometrer(lambda appel=appel: _scenario(pilote, appel))
            mesurer_les_tables()
            releves = relever(_releves(client, appel, scenario))
            petits = petits or releves
            imprimer(f"Arbitrage, {nombre} projets × 3 ans", releves, petits, f"× {TAILLES[0]}")
            _imprimer_les_gestes(client, scenario, creation)


def _personnes() -> Personne:
    charger_nord(auteur=None)
    pilote, _ = Personne.objects.get_or_create(
        email="mesures@exemple.fr", defaults={"nom": "Mesures", "role": Role.PILOTE}
    )
    for rang in (1, 2):
        instructeur, _ = Personne.objects.get_or_create(
            email=f"mesures-arbitrage-{rang}@exemple.fr", defaults={"nom": f"Mesures {rang}", "role": Role.INSTRUCTEUR}
        )
        instructeur.territoires.set(Territoire.objects.all())
    return pilote


def _appel(nombre: int) -> AppelAProjets:
    return charger_appel_en_arbitrage(nombre=nombre, slug=f"arbitrage-{nombre}", prefixe=f"R{nombre}")


def _scenario(pilote: Personne, appel: AppelAProjets) -> Scenario:
    nouveau = NouveauScenario(nom=f"Mesures {time.time_ns()}", origine=OrigineScenario.PROPOSITIONS)
    return creer_un_scenario(auteur=pilote, appel=appel, nouveau=nouveau)


def _releves(client: Client, appel: AppelAProjets, scenario: Scenario) -> list[Releve]:
    def page(nom: str, adresse: str) -> Releve:
        return Releve(nom, adresse, client)

    ecran = scenario.get_absolute_url()
    comparer = reverse("financements:comparer", args=[appel.slug])
    return [
        page("liste nue, 50 lignes", f"/file-nue/{appel.slug}/"),
        page("écran d’arbitrage", ecran),
        page("… filtré, cherché", f"{ecran}?axe=5&territoire=VAL&q=insertion"),
        page("liste des scénarios", reverse("financements:scenarios", args=[appel.slug])),
        page("comparer", f"{comparer}?a={scenario.pk}&b={scenario.pk}"),
        page("adopter (lecture)", f"{ecran}adopter/"),
    ]


def _imprimer_les_gestes(client: Client, scenario: Scenario, creation: float) -> None:
    ecran = scenario.get_absolute_url()
    ligne = LigneDeScenario.objects.filter(scenario=scenario, choix="retenu").order_by("pk").first()
    assert ligne is not None
    montants = itertools.cycle(["1000", "1001"])

    def saisir() -> None:
        champs = {f"v-{ligne.projet_id}": _version(ligne), f"choix-{ligne.projet_id}": "retenu"}
        champs[f"m-{ligne.projet_id}-{scenario.appel.annee_debut}"] = next(montants)
        _envoyer(client, f"{ecran}saisir/", champs, **HTMX)

    baisse = {"operation": "varier", "valeur": "-1"}
    gestes: list[tuple[str, Callable[[], None], int]] = [
        ("saisir un montant", saisir, TOURS),
        ("annuler", lambda: _envoyer(client, f"{ecran}annuler/", {}), TOURS),
        ("−1 % sur tous les projets", lambda: _envoyer(client, f"{ecran}lot/", baisse), 5),
    ]
    sys.stdout.write(f"  créer le scénario : {creation * MILLE:.0f} ms\n")
    for nom, geste, tours in gestes:
        geste()
        with CaptureQueriesContext(connection) as prises:
            geste()
            requetes = len(prises)  # la requête suivante remet le relevé à zéro
        durees = [_chronometrer(geste)[1] for _ in range(tours)]
        mediane, pire = statistics.median(durees) * MILLE, max(durees) * MILLE
        sys.stdout.write(f"  {nom:<34}{mediane:>8.1f} ms (au pire {pire:.0f}){requetes:>6} requêtes\n")


def _version(ligne: LigneDeScenario) -> int:
    return LigneDeScenario.objects.values_list("version", flat=True).get(pk=ligne.pk)


def _envoyer(client: Client, adresse: str, champs: dict[str, object], **entetes: str) -> None:
    reponse = client.post(adresse, champs, **entetes)
    if reponse.status_code not in (200, 302) or b'class="erreur"' in reponse.content:
        raise RuntimeError(f"{adresse} : réponse {reponse.status_code}")


def _chronometrer(faire: Callable[[], T]) -> tuple[T, float]:
    gc.collect()
    debut = time.perf_counter()
    return faire(), time.perf_counter() - debut
