"""La recherche lit le français : accents, pluriels, ce qui a été déposé ; et les numéros."""

import pytest

from projets.models import Depot, Projet
from tests.comptes.fabriques import OrganismeFactory
from tests.projets.fabriques import CONTENU_DEPOSE, AppelFactory, AxeFactory, ProjetFactory

pytestmark = pytest.mark.django_db


def depose(projet: Projet, version: int = 1, **action: str) -> Depot:
    """La copie figée, avec les réponses de l’étape « L’action »."""
    champs = [{"cle": cle, "libelle": cle.capitalize(), "valeur": valeur} for cle, valeur in action.items()]
    budget = [{"cle": "poste", "libelle": "Poste", "valeur": "trottinette"}]
    etapes = [{"cle": "action", "champs": champs}, {"cle": "budget", "champs": budget}]
    return Depot.objects.create(
        projet=projet,
        version=version,
        depose_le="2016-04-20T10:00:00Z",
        contenu={**CONTENU_DEPOSE, "etapes": etapes},
        empreinte=f"{version:064x}",
    )


def trouves(texte: str) -> list[int]:
    return sorted(Projet.objects.cherches(texte).values_list("numero", flat=True))


def test_les_accents_et_l_accord_ne_comptent_pas():
    ProjetFactory(numero=1, intitule="Chantier d’insertion maraîcher")
    ProjetFactory(numero=2, intitule="Garde d’enfants aidée")
    ProjetFactory(numero=3, intitule="Mobilité", organisme=OrganismeFactory(nom="Les Ateliers du Cœur"))
    assert {
        texte: trouves(texte)
        for texte in (
            "chantiers",
            "maraîchers",
            "aidees",
            "CŒUR",
            "aides",
            "aidé",
            "atelier",
            "coeur",
            "enfant gardes",
        )
    } == {
        "chantiers": [1],
        "maraîchers": [1],
        "aidees": [2],
        "CŒUR": [3],
        "aides": [2],
        "aidé": [2],
        "atelier": [3],
        "coeur": [3],
        "enfant gardes": [2],
    }


def test_la_copie_deposee_se_cherche_la_derniere_seulement_et_l_action_seulement():
    projet = ProjetFactory(numero=1, intitule="Éveil")
    depose(projet, objectifs="Lever le frein des gardes d’enfants.", description="Un accueil à domicile.")
    assert {t: trouves(t) for t in ("domiciles", "frein garde", "objectifs", "trottinette")} == {
        "domiciles": [1],
        "frein garde": [1],
        "objectifs": [],  # un libellé n’est pas une réponse
        "trottinette": [],
    }
    depose(projet, version=2, objectifs="Apprendre la conduite.")
    assert (trouves("domicile"), trouves("conduite")) == ([], [1])


def test_un_mot_vide_ne_fait_rien_manquer():
    projet = ProjetFactory(numero=1, intitule="Éveil")
    depose(projet, description="Atelier de cuisine")
    assert (trouves("atelier de la cuisine"), trouves("atelier de peinture")) == ([1], [])


def test_renommer_le_projet_ou_l_organisme_se_voit_aussitot():
    organisme = OrganismeFactory(nom="Ancien nom")
    projet = ProjetFactory(numero=1, intitule="Premier titre", organisme=organisme)
    projet.intitule = "Second titre"
    projet.save()
    organisme.nom = "Les Jardiniers"
    organisme.save()
    assert (trouves("premiers"), trouves("seconds"), trouves("jardinier")) == ([], [1], [1])


def test_un_numero_ou_une_reference_designe_le_projet():
    appel = AppelFactory(prefixe="AAP16")
    organisme = OrganismeFactory(siret="21590350100017")
    ProjetFactory(numero=12, axe=AxeFactory(appel=appel, numero=1), organisme=organisme, intitule="Un")
    autre = OrganismeFactory(nom="Autre")
    axe = AxeFactory(appel=AppelFactory(prefixe="AAP19"), numero=1)
    ProjetFactory(numero=13, axe=axe, organisme=autre, intitule="Autre")
    cas = ("12", "AAP16-0012", "aap16-12", "AAP19-0012", "215 903 501", "99999999999999999999", "'); --")
    assert {t: trouves(t) for t in cas} == {
        "12": [12],
        "AAP16-0012": [12],
        "aap16-12": [12],
        "AAP19-0012": [],
        "215 903 501": [12],
        "99999999999999999999": [],
        "'); --": [],
    }
