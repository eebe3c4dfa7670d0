"""Le compte rendu dit tout en une fois : erreurs des en-têtes, erreurs des lignes, écarts avec la base."""

import pytest

from comptes.models import Organisme
from config.socle.lecture.erreurs import ErreurLigne
from financements.actions.importer_programme import importer_programme
from financements.models import Action
from tests.comptes.fabriques import OrganismeFactory, siret_d_essai
from tests.financements.fichiers import SIRET, appel_du_nord, ecrire_csv, ligne
from tests.projets.fabriques import ProjetFactory

pytestmark = pytest.mark.django_db
FAUSSE = {"axe": "9"}
ERREUR_AXE = "un axe de l’appel : 1, 2, 3, 4, 5"
VOTEE = "la valeur de l’action n° 1 : une action votée se corrige par un acte, pas par un import"


@pytest.fixture
def appel():
    return appel_du_nord()


@pytest.fixture
def importer(appel, tmp_path):
    def _importer(*lignes, simuler=False):
        chemin = ecrire_csv(tmp_path / "programme.csv", list(lignes))
        return importer_programme(auteur=None, appel=appel, chemin=chemin, simuler=simuler)

    return _importer


def releves(erreurs):
    return [(e.ligne, e.colonne, e.attendu) for e in erreurs]


@pytest.mark.parametrize("simuler", [True, False])
def test_une_ligne_fausse_ne_cache_pas_une_action_deja_votee_qui_differe(importer, simuler):
    importer(ligne())
    rendu = importer(ligne(intitule="Autre"), ligne(numero="2", **FAUSSE), ligne(numero="3"), simuler=simuler)
    assert releves(rendu.erreurs) == [
        (2, "intitule", f"« Chantier d’insertion maraîchage », {VOTEE}"),
        (3, "axe", ERREUR_AXE),
    ]
    assert (rendu.creees, rendu.inchangees, rendu.organismes_crees, rendu.totaux) == (0, 0, 0, {})
    assert Action.objects.count() == 1


def test_une_ligne_fausse_ne_cache_ni_le_nom_connu_ni_le_projet_depose(importer, appel):
    OrganismeFactory(siret=SIRET, nom="Ancien nom")
    ProjetFactory(appel=appel, axe=appel.axes.first(), numero=3)
    rendu = importer(
        ligne(),
        ligne(numero="2", siret=siret_d_essai(1), organisme="Neuf", **FAUSSE),
        ligne(numero="3", siret=siret_d_essai(2), organisme="Autre"),
    )
    assert rendu.avertissements == [
        ErreurLigne(
            2,
            "organisme",
            "Les Ateliers de la Scarpe",
            "cet organisme est connu sous le nom « Ancien nom » : ce nom est gardé",
        )
    ]
    assert releves(rendu.erreurs) == [
        (3, "axe", ERREUR_AXE),
        (4, "numero", "un autre numéro : celui-ci est celui d’un projet déposé qui n’est pas encore financé"),
    ]
    assert Organisme.objects.filter(siret=siret_d_essai(2)).count() == 0


def test_une_ligne_fausse_ne_cache_pas_des_identifiants_contredits(importer):
    OrganismeFactory(siret=SIRET, rna="W597654321", nom="Les Ateliers de la Scarpe")
    rendu = importer(ligne(rna="W591234567"), ligne(numero="2", siret=siret_d_essai(1), organisme="Autre", **FAUSSE))
    assert releves(rendu.erreurs) == [
        (2, "rna", f"W597654321, le RNA déjà connu pour le SIRET {SIRET}"),
        (3, "axe", ERREUR_AXE),
    ]


def test_une_ligne_fausse_unit_encore_les_identifiants_d_un_organisme(importer):
    """La ligne 2 est reconnue par le SIRET que seule la ligne 3, fausse, donne à son RNA."""
    importer(ligne())
    rendu = importer(ligne(siret=None, rna="W591234567"), ligne(numero="2", rna="W591234567", **FAUSSE))
    assert releves(rendu.erreurs) == [(3, "axe", ERREUR_AXE)]


# --- Les en-têtes ------------------------------------------------------------------------------------------
MANQUE = "cette colonne est obligatoire et le fichier ne l’a pas"


@pytest.mark.parametrize("colonne", [nom for nom in ligne() if nom != "axe"])
def test_une_colonne_absente_ne_cache_pas_les_erreurs_des_autres(importer, colonne):
    rangee = ligne(axe="9")
    del rangee[colonne]
    assert releves(importer(rangee).erreurs) == [(1, colonne, MANQUE), (2, "axe", ERREUR_AXE)]


def test_une_annee_hors_de_l_appel_ne_cache_ni_les_lignes_ni_les_ecarts(importer):
    importer(ligne())
    rendu = importer(ligne(montant_2019="", intitule="Autre"), ligne(montant_2019="", numero="2", **FAUSSE))
    assert releves(rendu.erreurs) == [
        (1, "montant_2019", "une année de l’appel (2016 à 2018) : retirez cette colonne"),
        (2, "intitule", f"« Chantier d’insertion maraîchage », {VOTEE}"),
        (3, "axe", ERREUR_AXE),
    ]


def test_une_colonne_en_double_n_est_pas_lue_et_ne_cache_pas_les_autres(importer):
    rendu = importer({**ligne(axe="9"), "Montant 2016": "5", "N° SIRET": "5"})
    assert releves(rendu.erreurs) == [
        (1, "siret", "une seule colonne de ce nom"),
        (1, "montant_2016", "une seule colonne de ce nom"),
        (2, "axe", ERREUR_AXE),
    ]


def test_un_fichier_qui_n_est_pas_un_programme_ne_dit_que_ses_colonnes_absentes(importer):
    rangee = dict.fromkeys(("axe", "siret", "intitule"), "?")
    rendu = importer(rangee)
    assert releves(rendu.erreurs) == [(1, nom, MANQUE) for nom in ligne() if nom not in rangee]


def test_le_montant_absent_se_dit_a_la_premiere_annee_ou_que_soit_le_fse(importer):
    rangee = {"montant_fse": None, **ligne(montant_2016=None, montant_2017=None, montant_2018=None)}
    assert releves(importer(rangee).erreurs) == [(2, "montant_2016", "au moins un montant positif parmi les années")]
