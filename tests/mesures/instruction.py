"""L’instruction face à une liste Django nue des mêmes projets, dans le même processus, en alternance."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from comptes.models import Personne
from comptes.states import Role
from financements.actions.charger_appel_en_instruction import creer_l_appel, preparer
from financements.actions.ecrire_projets_deposes import ecrire_les_projets
from financements.actions.journal_de_demonstration import journaliser_les_parcours
from financements.demonstration.generer import generer_programme
from financements.demonstration.instruction.projets import tirer_projets
from projets.models import AppelAProjets, Projet
from territoires.actions.charger_nord import charger_nord
from territoires.models import Territoire
from tests.mesures.donnees import mesurer_les_tables, organismes_du_programme
from tests.mesures.pages import SANS_EMPREINTES, Releve, imprimer, relever

TAILLES = (2_000, 20_000)
POUR_LA_PAGE = 2_000  # au-delà, seule la file se mesure : ni copies figées ni budgets


def mesurer() -> None:
    """Imprime médianes, rapports à la liste nue, requêtes et kilooctets. Base migrée attendue."""
    reglages = {
        "ROOT_URLCONF": "tests.mesures.file_nue",
        "ALLOWED_HOSTS": [*settings.ALLOWED_HOSTS, "testserver"],
        "STORAGES": {**settings.STORAGES, "staticfiles": SANS_EMPREINTES},
    }
    pilote, instructeur = _personnes()
    with override_settings(**reglages):
        petits: list[Releve] = []
        for nombre in TAILLES:
            appel = AppelAProjets.objects.filter(slug=f"instruction-{nombre}").first() or charger(nombre)
            mesurer_les_tables()
            releves = relever(_releves(appel, nombre, _client(pilote), _client(instructeur)))
            petits = petits or releves
            imprimer(f"Instruction, {nombre} projets déposés", releves, petits, f"× {TAILLES[0]}")


@transaction.atomic
def charger(nombre: int) -> AppelAProjets:
    """Un appel de `nombre` projets, comme celui de la démonstration."""
    charger_nord(auteur=None)
    _personnes()
    lignes = generer_programme()
    organismes_du_programme(lignes)
    appel = creer_l_appel(f"instruction-{nombre}", f"M{nombre}")
    projets = tirer_projets(lignes, nombre=nombre)
    contexte = preparer(appel, projets, None)
    contexte.est_leger = nombre > POUR_LA_PAGE
    journaliser_les_parcours(contexte, ecrire_les_projets(contexte, projets))
    return appel


def _personnes() -> tuple[Personne, Personne]:
    """Un pilote, et un instructeur de trois territoires."""
    charger_nord(auteur=None)
    pilote, _ = Personne.objects.get_or_create(
        email="mesures@exemple.fr", defaults={"nom": "Mesures", "role": Role.PILOTE}
    )
    instructeur, _ = Personne.objects.get_or_create(
        email="mesures-instruction@exemple.fr", defaults={"nom": "Mesures", "role": Role.INSTRUCTEUR}
    )
    instructeur.territoires.set(Territoire.objects.filter(code__in=["DOU", "VAL", "MLI"]))
    return pilote, instructeur


def _client(personne: Personne) -> Client:
    client = Client()
    client.force_login(personne)
    return client


def _releves(appel: AppelAProjets, nombre: int, pilote: Client, instructeur: Client) -> list[Releve]:
    file = f"{reverse('projets:instruction')}?appel={appel.pk}"
    axe = appel.axes.get(numero=4).pk

    def page(nom: str, adresse: str, client: Client = pilote) -> Releve:
        return Releve(nom, adresse, client)

    releves = [
        page("liste nue, 50 lignes", f"/file-nue/{appel.slug}/"),
        page("file du pilote", file),
        page("… d’un instructeur", file, instructeur),
        page("… recherche plein texte", f"{file}&q=insertion+chantiers"),
        page("… filtrée par axe et par état", f"{file}&axe={axe}&etat=recevable"),
        page("… triée par montant, page 3", f"{file}&tri=-montant&page=3"),
        page("suivi de l’instruction", f"{reverse('projets:suivi_de_l_instruction')}?appel={appel.pk}"),
    ]
    if nombre == POUR_LA_PAGE:
        projet = Projet.objects.filter(appel=appel, depots__version=2).order_by("numero")[5]
        fiche = reverse("projets:fiche_instruction", args=[projet.pk])
        releves += [page("page d’un projet", fiche), *_onglets(page, fiche)]
    return releves


def _onglets(page: Callable[[str, str], Releve], fiche: str) -> list[Releve]:
    return [page(f"… onglet {cle}", f"{fiche}?onglet={cle}") for cle in ("budget", "pieces", "echanges", "historique")]
