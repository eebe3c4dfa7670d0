"""La taille et le nom des fichiers, et ce que le code ne contient jamais."""

import re
import weakref
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import signals  # noqa: TID251 (pour vérifier que personne ne les écoute)

from tests.architecture.depot import APPS, gabarits, lire, pythons

LIGNES_PYTHON, LIGNES_ESSAI, LIGNES_GABARIT, LIGNES_REGLAGES = 300, 600, 150, 250
NOMS_INTERDITS = {"common", "core", "utils", "helpers", "services", "misc", "outils"}


def limite(chemin: Path) -> int:
    if chemin.parts[0] == "tests":
        return LIGNES_ESSAI
    return LIGNES_REGLAGES if chemin.parts[:2] == ("config", "settings") else LIGNES_PYTHON


def test_aucun_fichier_python_n_est_trop_long():
    tailles = {str(c): len(lire(c).splitlines()) for c in pythons()}
    assert {nom: taille for nom, taille in tailles.items() if taille > limite(Path(nom))} == {}


def test_aucun_gabarit_n_est_trop_long():
    tailles = {str(c): len(lire(c).splitlines()) for c in gabarits()}
    assert {nom: taille for nom, taille in tailles.items() if taille > LIGNES_GABARIT} == {}


def test_aucun_module_fourre_tout():
    assert [str(c) for c in pythons() if NOMS_INTERDITS & {c.stem, *c.parts[:-1]}] == []


def test_chaque_paquet_python_dit_ce_qu_il_est():
    muets = [c for c in pythons() if c.parts[0] in (*APPS, "config") and "management" not in c.parts]
    assert [str(c) for c in muets if not lire(c).lstrip().startswith('"""')] == []


@pytest.mark.django_db
def test_aucune_migration_ne_manque():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_aucun_signal_de_l_orm_n_est_ecoute_par_nos_apps():
    ecoutes = []
    for nom in ("pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"):
        for ligne in getattr(signals, nom).receivers:
            recepteur = ligne[1]() if isinstance(ligne[1], weakref.ReferenceType) else ligne[1]
            module = getattr(recepteur, "__module__", "") or ""
            if module.split(".")[0] in (*APPS, "config"):
                ecoutes.append(f"{nom} : {module}")
    assert ecoutes == []


def est_en_minuscules(texte: str) -> bool:
    """« état », « SIRET », « N° », « CP » ; pas « État »."""
    premier = texte.partition(" ")[0]
    return premier == "" or not premier[0].isupper() or premier.isupper()


def test_les_noms_lisibles_sont_en_minuscules():
    fautes = []
    for modele in apps.get_models():
        if modele.__module__.split(".")[0] not in (*APPS, "config"):
            continue
        textes = {modele._meta.label: str(modele._meta.verbose_name)}
        for champ in modele._meta.get_fields():
            if hasattr(champ, "verbose_name") and champ.name not in ("id", "password", "last_login"):
                textes[f"{modele._meta.label}.{champ.name}"] = str(champ.verbose_name)
        fautes += [f"{cle} : {texte}" for cle, texte in textes.items() if not est_en_minuscules(texte)]
    assert fautes == []


def test_aucun_montant_n_est_un_flottant():
    flottants = re.compile(r"FloatField|models\.Float|\bfloat\(")
    fautes = [str(c) for c in pythons() if c.parts[0] in APPS and flottants.search(lire(c))]
    assert fautes == []
