"""Les écrans de l’exécution face à une liste Django nue du même programme, dans le même processus, en alternance."""

from django.test import Client
from django.urls import reverse

from comptes.states import Role
from projets.models import AppelAProjets
from tests.mesures.executes import programme_execute
from tests.mesures.pages import Releve, mesurer_les_pages


def mesurer() -> None:
    """Imprime médianes, rapports à la liste nue, requêtes et kilooctets. Base migrée attendue."""
    mesurer_les_pages("Exécution", Role.FINANCES, programme_execute, _releves)


def _releves(client: Client, appel: AppelAProjets) -> list[Releve]:
    def page(nom: str, vue: str, *cles: object, suite: str = "") -> Releve:
        return Releve(nom, reverse(f"financements:{vue}", args=[appel.slug, *cles]) + suite, client)

    return [
        Releve("liste nue, 50 lignes", f"/nu/{appel.slug}/", client),
        page("versements", "versements"),
        page("… de 2017, prêts à liquider", "versements", suite="?exercice=2017&pret=prets"),
        page("… d’un territoire, bloqués", "versements", suite="?territoire=VAL&pret=bloques&page=2"),
        page("crédits affectés et engagés", "credits_affectes"),
        page("exécution d’une action", "execution_de_l_action", 500),
        page("conventions", "conventions"),
        page("… recherche", "conventions", suite="?q=insertion"),
        page("bilans", "bilans"),
        page("… déposés, recherche", "bilans", suite="?etat=depose&q=insertion"),
        page("suivi de l’exécution", "suivi"),
        page("… d’un axe", "axe", 5),
        page("organismes", "organismes"),
        page("clôture de 2016", "cloture", 2016),
        page("échanges", "echanges"),
        page("données ouvertes", "donnees_ouvertes"),
        page("délibérations", "deliberations"),
    ]
