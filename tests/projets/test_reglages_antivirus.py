"""Le règlement et les modèles passent par l’antivirus avant d’être gardés : tout le monde les télécharge."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projets.models import AppelAProjets, PieceDemandee
from projets.states import EtatAppel
from tests.projets.fabriques import PDF_D_ESSAI, AppelFactory
from tests.socle.antivirus_d_essai import FauxClamd

pytestmark = pytest.mark.django_db
INFECTE = b"stream: Eicar-Test FOUND\n"
REFUS = {
    INFECTE: "«\u00a0fichier.pdf\u00a0» est infecté (Eicar-Test)\u00a0: il n’est pas reçu. "
    "Prévenez le service informatique.",
    b"stream: Can't allocate memory ERROR\n": "«\u00a0fichier.pdf\u00a0» n’a pas pu être examiné par l’antivirus "
    "(Can't allocate memory)\u00a0: il n’est pas reçu.",
    b"": "L’antivirus ne répond pas\u00a0: «\u00a0fichier.pdf\u00a0» n’est pas reçu. Réessayez dans quelques minutes.",
}


@pytest.fixture
def clamd(settings, request):
    """Un antivirus branché, qui répond ce que dit l’essai."""
    serveur = FauxClamd(request.param)
    settings.CLAMAV_ADRESSE, settings.CLAMAV_DELAI = serveur.adresse, 0.5
    yield serveur
    serveur.fermer()


@pytest.fixture
def envoyer(connecter):
    """L’envoi d’un règlement, puis d’un modèle, par un pilote : les erreurs de chaque formulaire."""
    AppelFactory(slug="essai", etat=EtatAppel.BROUILLON)
    navigateur = connecter("pilote")
    piece = {"intitule": "Fiche", "aide": "", "axe": "", "formats": ["pdf"], "taille_maximale": 5}

    def faire() -> list[dict[str, list[str]]]:
        reponses = [
            navigateur.post("/appels/essai/reglages/reglement/", {"version": 1, "reglement": fichier()}),
            navigateur.post("/appels/essai/reglages/pieces/ajouter/", piece | {"modele": fichier()}),
        ]
        return [dict(r.context["form"].errors) if r.status_code == 200 else {} for r in reponses]

    return faire


def fichier():
    return SimpleUploadedFile("fichier.pdf", PDF_D_ESSAI)


def gardes() -> list[str]:
    return [
        *AppelAProjets.objects.values_list("reglement_nom", flat=True),
        *PieceDemandee.objects.values_list("modele_nom", flat=True),
    ]


@pytest.mark.parametrize(("clamd", "phrase"), REFUS.items(), indirect=["clamd"])
def test_infecte_illisible_ou_sans_reponse_rien_n_est_garde(clamd, phrase, envoyer):
    assert (envoyer(), gardes()) == ([{"reglement": [phrase]}, {"modele": [phrase]}], [""])


@pytest.mark.parametrize("clamd", [b"stream: OK\n"], indirect=True)
def test_un_fichier_sain_est_examine_puis_garde_entier(clamd, envoyer):
    assert (envoyer(), gardes(), clamd.recus) == ([{}, {}], ["fichier.pdf"] * 2, [PDF_D_ESSAI] * 2)
    with AppelAProjets.objects.get().reglement.open("rb") as garde:
        assert garde.read() == PDF_D_ESSAI


def test_un_antivirus_eteint_laisse_passer(envoyer, settings):
    settings.CLAMAV_ADRESSE = ""
    assert (envoyer(), gardes()) == ([{}, {}], ["fichier.pdf"] * 2)
