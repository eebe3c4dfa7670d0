"""Le rapport de l’élu : deux pages A4, balisées, aux chiffres de la couche."""

from datetime import date
from decimal import Decimal

import pypdf
import pytest
from django.utils import timezone

from comptes.states import Role
from financements.chiffres import Perimetre, version_des_donnees
from financements.chiffres.execution.elu import AFaire, a_faire, principales
from financements.models import Rapport
from financements.pdf.contexte import Edition
from financements.pdf.production import plan_du_rapport, produire
from financements.states import SorteDeRapport
from financements.tasks import produire_rapport
from tests.comptes.fabriques import OrganismeFactory
from tests.financements.fabriques import action_votee
from tests.financements.rapports import sans_rappel, texte
from tests.financements.suivi.scenes import execute
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
D = Decimal
LONG = "Un intitulé aussi long que la base le permet, plein de mots longs comme accompagnement et remobilisation, "


def imprime(perimetre, cible):
    _, (contenu,) = plan_du_rapport(perimetre, SorteDeRapport.ELU)
    edition = Edition(timezone.localtime(), version_des_donnees(perimetre.appel))
    return produire(perimetre, contenu, edition, cible, sans_rappel)


def du_sud(actions):
    appel = actions[0].projet.appel
    return Perimetre(appel, tuple(appel.annees), territoire=actions[2].projet.parts.get().territoire)


def test_deux_pages_a4_balisees(tmp_path):
    cible = tmp_path / "elu.pdf"
    assert imprime(du_sud(execute()), cible) == 2
    pdf = pypdf.PdfReader(cible)
    tailles = {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in pdf.pages}
    assert (len(pdf.pages), tailles) == (2, {(595, 842)})
    racine = pdf.trailer["/Root"]
    assert ("/StructTreeRoot" in racine, racine["/Lang"], pdf.metadata.title) == (
        True,
        "fr",
        "Sud : rapport de l’élu, 2016-2017",
    )
    lu = " ".join(texte(cible).split())
    for attendu in ("Tous axes 300,00 300,00 40,00", "210,00 € engagés sont à mandater", "3 versements dont la date"):
        assert attendu in lu


def test_les_principales_actions_et_ce_qui_reste_a_faire():
    actions = execute()
    perimetre = du_sud(actions)
    assert [(a.numero, a.axe, a.chiffres.attribue, a.chiffres.paye) for a in principales(perimetre)] == [
        (3, 2, D("200.00"), D("0.00")),
        (1, 1, D("100.00"), D("40.00")),
    ]
    assert [a.numero for a in principales(perimetre, 1)] == [3]
    assert a_faire(perimetre, au=date(2017, 12, 31)) == AFaire(0, 1, 0, 3, 0)
    assert AFaire(0, 0, 0, 0, 0).est_vide


def test_le_plus_charge_et_le_vide_tiennent_en_deux_pages(tmp_path):
    appel = AppelFactory(annee_debut=2016, annee_fin=2020, intitule=LONG[:150])
    territoire = TerritoireFactory(nom="Métropole Roubaix-Tourcoing et vallée de la Lys")
    for numero in range(1, 13):
        axe = AxeFactory(appel=appel, numero=numero, intitule=LONG[:120])
        action_votee(
            axe=axe,
            parts={territoire: 100},
            intitule=(LONG * 3)[:200],
            organisme=OrganismeFactory(nom=(LONG * 2)[:200]),
            montants=dict.fromkeys(appel.annees, "1234567.89"),
        )
    assert imprime(Perimetre(appel, tuple(appel.annees), territoire=territoire), tmp_path / "plein.pdf") == 2
    vide = Perimetre(appel, tuple(appel.annees), territoire=TerritoireFactory(nom="Vide"))
    assert imprime(vide, tmp_path / "vide.pdf") == 2


def test_il_se_demande_depuis_l_ecran_et_se_telecharge(connecter, django_capture_on_commit_callbacks):
    execute()
    client = connecter(Role.PILOTE)
    saisie = {"appel": "essai", "sorte": "elu", "portee": "programme", "annee_debut": "2016", "annee_fin": "2017"}
    refusee = client.post("/rapports/demander/", saisie)
    assert refusee.context["form"].errors == {
        "portee": ["Le rapport de l’élu est celui d’un territoire : en choisir un."]
    }
    client.post("/rapports/demander/", {**saisie, "portee": "territoire-SUD"})
    rapport = Rapport.objects.get()
    produire_rapport(rapport.pk)
    rapport.refresh_from_db()
    assert (rapport.etat, str(rapport), rapport.volumes.get().pages) == (
        "termine",
        "Rapport de l’élu 2016-2017, Sud",
        2,
    )
    fichier = client.get(f"/rapports/{rapport.pk}/volumes/1/")
    assert b"".join(fichier.streaming_content)[:5] == b"%PDF-"
    assert 'filename="rapport-elu-2016-2017-sud.pdf"' in fichier.headers["Content-Disposition"]
    # Même demande, mêmes données : le même rapport ; le rapport entier du même territoire en est un autre.
    client.post("/rapports/demander/", {**saisie, "portee": "territoire-SUD"})
    client.post("/rapports/demander/", {**saisie, "portee": "territoire-SUD", "sorte": "pluriannuel"})
    assert sorted(Rapport.objects.values_list("sorte", flat=True)) == ["elu", "pluriannuel"]
