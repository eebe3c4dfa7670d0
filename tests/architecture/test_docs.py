"""La documentation suit le code : ce qui peut se vérifier l’est."""

import re

from django.apps import apps

from financements.management.commands.documenter_cycles import FICHIER, texte
from tests.architecture.depot import APPS, RACINE

DOCS = RACINE / "docs"
SECTIONS_D_UN_ADR = ["État", "Contexte", "Décision", "Conséquences"]


def test_les_cycles_de_vie_ecrits_sont_ceux_du_code():
    assert FICHIER.read_text(encoding="utf-8") == texte(), "lancez « manage.py documenter_cycles »"


def test_chaque_modele_est_au_glossaire():
    glossaire = (DOCS / "glossaire.md").read_text(encoding="utf-8")
    nommes = set(re.findall(r"`([A-Za-z]+)`", glossaire))
    nos_modeles = {m.__name__ for m in apps.get_models() if m.__module__.split(".")[0] in (*APPS, "config")}
    assert sorted(nos_modeles - nommes) == []


def test_chaque_dependance_a_sa_raison_et_chaque_raison_sa_dependance():
    demandees = set()
    for fichier in sorted((RACINE / "requirements").glob("*.in")):
        for ligne in fichier.read_text(encoding="utf-8").splitlines():
            if ligne and not ligne.startswith(("#", "-")):
                demandees.add(re.split(r"[\[~=<>; ]", ligne)[0].lower())
    raisons = set(re.findall(r"^\| `([^`]+)`", (DOCS / "dependances.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert (sorted(demandees - raisons), sorted(raisons - demandees)) == ([], [])


def test_les_decisions_ont_leurs_quatre_parties_et_se_suivent():
    decisions = sorted((DOCS / "adr").glob("*.md"))
    assert [int(d.name[:4]) for d in decisions] == list(range(1, len(decisions) + 1))
    parties = {d.name: re.findall(r"^## (.+)$", d.read_text(encoding="utf-8"), re.MULTILINE) for d in decisions}
    assert {nom: p for nom, p in parties.items() if p != SECTIONS_D_UN_ADR} == {}


def test_les_liens_entre_pages_menent_quelque_part():
    pages = [page for page in (RACINE / "README.md", RACINE / "CONTRIBUTING.md", *DOCS.rglob("*.md")) if page.exists()]
    rompus = [
        f"{page.relative_to(RACINE)} : {cible}"
        for page in pages
        for cible in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / cible).exists()
    ]
    assert rompus == []


def test_la_page_pour_contribuer_reste_courte():
    assert len((RACINE / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 120
