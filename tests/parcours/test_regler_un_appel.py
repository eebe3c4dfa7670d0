"""De l’appel passé à l’appel clos : copier, régler, voir, publier, ouvrir et clore à l’instant, prolonger."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comptes.states import Role
from config.socle.models import Journal
from projets.models import AppelAProjets
from projets.permissions import depot_est_possible
from projets.planning import suivre_l_horloge_des_appels
from projets.states import EtatAppel
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory
from tests.projets.fabriques import PDF_D_ESSAI, QuestionFactory, appel_pret

pytestmark = pytest.mark.django_db
JANVIER = datetime(2027, 1, 4, 10, tzinfo=UTC)
OUVRE = datetime(2027, 2, 1, 8, tzinfo=UTC)
FERME = datetime(2027, 3, 31, 15, tzinfo=UTC)  # 17 h à Paris, en heure d’été
R = "/appels/insertion-2027-2029/reglages/"


def copier_regler_publier(pilote) -> None:
    """En janvier : d’un appel archivé au suivant, publié."""
    passe = appel_pret(slug="passe", annee_debut=2024, annee_fin=2026)
    QuestionFactory(appel=passe, axe=passe.axes.get(), ordre=1)
    AppelAProjets.objects.filter(pk=passe.pk).update(etat=EtatAppel.ARCHIVE)
    navigateur, public = Client(), Client()

    with time_machine.travel(JANVIER, tick=False):
        navigateur.force_login(pilote)
        debut = navigateur.get("/appels/passe/copier/").context["form"].initial
        assert (debut["annee_debut"], debut["annee_fin"]) == (2027, 2029)
        saisie = {
            **{nom: debut[nom] or "" for nom in debut},
            "intitule": "Insertion 2027-2029",
            "slug": "",
            "montant_total": "74 300 000",
            "ouvre_le": "2027-02-01T09:00",
            "ferme_le": "2027-03-31T17:00",
        }
        assert navigateur.post("/appels/passe/copier/", saisie).url == R
        assert [texte for texte, *_ in navigateur.get(R).context["a_faire"]] == ["Le règlement n’est pas joint."]
        assert public.get("/appels/insertion-2027-2029/").status_code == 404

        critere = AppelAProjets.objects.get(slug="insertion-2027-2029").criteres.first()
        reglage = {"intitule": "Qualité", "note_maximale": 5, "poids": "40", "version": 1}
        navigateur.post(f"{R}criteres/{critere.pk}/", reglage)
        fichier = SimpleUploadedFile("reglement.pdf", PDF_D_ESSAI)
        navigateur.post(f"{R}reglement/", {"version": 1, "reglement": fichier})
        manque = [texte for texte, *_ in navigateur.get(R).context["a_faire"]]
        assert manque == ["Les poids des critères font 90\u00a0%, il faut 100\u00a0%."]
        navigateur.post(f"{R}criteres/{critere.pk}/", reglage | {"poids": "50", "version": 2})
        assert navigateur.get(f"{R}apercu/").status_code == 200
        navigateur.post(f"{R}publier/")
        assert "publié" in public.get("/appels/insertion-2027-2029/").content.decode()
        suivre_l_horloge_des_appels()


def laisser_passer_le_temps(organisme) -> None:
    """La veille, à l’ouverture, à la clôture : l’état effectif d’abord, l’enregistré une fois la tâche passée."""
    appel = AppelAProjets.objects.get(slug="insertion-2027-2029")
    vus = {}
    for nom, instant in (("veille", OUVRE - timedelta(seconds=1)), ("ouvre", OUVRE), ("clos", FERME)):
        with time_machine.travel(instant, tick=False):
            avant_la_tache = (appel.etat_effectif.value, depot_est_possible(appel, organisme, instant))
            suivre_l_horloge_des_appels()
            appel.refresh_from_db()
            vus[nom] = (*avant_la_tache, appel.etat)
    assert vus == {
        "veille": ("publie", False, "publie"),
        "ouvre": ("ouvert", True, "ouvert"),
        "clos": ("clos", False, "clos"),
    }


def prolonger(pilote, organisme) -> None:
    """Une heure après la clôture."""
    navigateur = Client()
    with time_machine.travel(FERME + timedelta(hours=1), tick=False):
        navigateur.force_login(pilote)
        delai = {"identifiant": organisme.siret, "jusqu_au": "2027-04-02T12:00", "motif": "Panne attestée"}
        assert navigateur.post(f"{R}prolongations/", delai).status_code == 302
    appel = AppelAProjets.objects.get(slug="insertion-2027-2029")
    bornes = (datetime(2027, 4, 2, 9, 59, 59, tzinfo=UTC), datetime(2027, 4, 2, 10, tzinfo=UTC))
    assert [depot_est_possible(appel, organisme, instant) for instant in bornes] == [True, False]


def test_un_appel_se_regle_et_vit_sans_developpeur():
    pilote, organisme = PersonneFactory(role=Role.PILOTE), OrganismeFactory()
    copier_regler_publier(pilote)
    laisser_passer_le_temps(organisme)
    prolonger(pilote, organisme)
    assert list(Journal.objects.order_by("id").values_list("acte", flat=True)) == [
        "copier_appel",
        "modifier_critere",
        "modifier_appel",
        "modifier_critere",
        "publier_appel",
        "ouvrir_appel",
        "clore_appel",
        "accorder_une_prolongation",
    ]
