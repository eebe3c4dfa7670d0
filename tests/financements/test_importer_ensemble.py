"""Deux imports en même temps, par deux vraies connexions, qui créent les mêmes organismes."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from comptes.models import Organisme
from financements.actions.importer_programme import importer_programme
from financements.imports.conduite import ESSAIS, ImportRefuse
from financements.models import Action
from projets.models import AppelAProjets
from tests.comptes.fabriques import siret_d_essai
from tests.financements.fabriques import ouvrir_une_ae
from tests.financements.fichiers import appel_du_nord, ecrire_csv, ligne
from tests.fixtures.verrous import DELAI, attendre_un_verrou
from tests.projets.fabriques import AppelFactory, AxeFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def appels():
    premier, second = appel_du_nord(), AppelFactory(slug="autre-2016-2018")
    for numero in range(1, 6):
        AxeFactory(appel=second, numero=numero)
    return premier, second


def importer_ensemble(appels, chemins):
    """Le premier écrit et s’arrête avant de valider ; le second compare, bute sur lui, puis le premier valide."""
    ecrit, validable = threading.Event(), threading.Event()

    def retenir(_progression, etape):
        if etape.startswith("Écriture"):
            ecrit.set()
            assert validable.wait(DELAI)

    def importer(appel, chemin, avancer):
        try:
            return importer_programme(auteur=None, appel=appel, chemin=chemin, avancer=avancer)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as fils:
        premier = fils.submit(importer, appels[0], chemins[0], retenir)
        assert ecrit.wait(DELAI)
        second = fils.submit(importer, appels[1], chemins[1], lambda *_: None)
        try:
            attendre_un_verrou()
        finally:
            validable.set()
        return premier.result(DELAI), second.result(DELAI)


def test_deux_appels_importent_en_meme_temps_le_meme_organisme_neuf(appels, tmp_path):
    chemins = [
        ecrire_csv(tmp_path / "un.csv", [ligne(rna="W591234567"), ligne(numero="2", siret=siret_d_essai(1))]),
        ecrire_csv(tmp_path / "deux.csv", [ligne(organisme="Ateliers")]),
    ]
    ouvrir_une_ae(appels[1])
    premier, second = importer_ensemble(appels, chemins)
    assert (premier.erreurs, premier.creees, premier.organismes_crees) == ([], 2, 2)
    assert (second.erreurs, second.creees, second.organismes_crees) == ([], 1, 0)
    assert [a.attendu for a in second.avertissements] == [
        "cet organisme est connu sous le nom « Les Ateliers de la Scarpe » : ce nom est gardé"
    ]
    assert (Organisme.objects.count(), Action.objects.count()) == (2, 3)


def test_deux_imports_du_meme_fichier_dans_le_meme_appel_se_suivent(appels, tmp_path):
    chemin = ecrire_csv(tmp_path / "un.csv", [ligne()])
    premier, second = importer_ensemble([appels[0], appels[0]], [chemin, chemin])
    assert [(r.creees, r.inchangees) for r in (premier, second)] == [(1, 0), (0, 1)]
    assert Action.objects.count() == 1


def test_une_contradiction_venue_de_l_autre_import_est_relevee(appels, tmp_path):
    chemins = [
        ecrire_csv(tmp_path / "un.csv", [ligne(rna="W591234567")]),
        ecrire_csv(tmp_path / "deux.csv", [ligne(rna="W597654321")]),
    ]
    _, second = importer_ensemble(appels, chemins)
    assert [(e.ligne, e.colonne) for e in second.erreurs] == [(2, "rna")]
    assert AppelAProjets.objects.filter(projets__isnull=False).distinct().count() == 1


@pytest.fixture
def organismes_disputes(appels):
    """La base refuse tout organisme neuf, comme si un autre import créait toujours le même juste avant."""
    refus = "RAISE EXCEPTION USING ERRCODE = 'unique_violation', MESSAGE = 'déjà là'"
    with connection.cursor() as curseur:
        curseur.execute(
            f"CREATE FUNCTION disputer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refus}; END $$;"
            "CREATE TRIGGER disputer BEFORE INSERT ON comptes_organisme EXECUTE FUNCTION disputer()"
        )
    yield
    with connection.cursor() as curseur:
        curseur.execute("DROP TRIGGER disputer ON comptes_organisme; DROP FUNCTION disputer()")


def test_un_import_toujours_devance_renonce_et_le_dit(appels, tmp_path, organismes_disputes):
    comparaisons = []
    chemin = ecrire_csv(tmp_path / "un.csv", [ligne()])
    with pytest.raises(ImportRefuse, match="D’autres imports créent en ce moment les mêmes organismes"):
        importer_programme(
            auteur=None,
            appel=appels[0],
            chemin=chemin,
            avancer=lambda _, etape: comparaisons.append(etape) if etape.startswith("Comparaison") else None,
        )
    assert (len(comparaisons), Action.objects.count()) == (ESSAIS, 0)
