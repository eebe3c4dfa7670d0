"""Chaque acte que projets/ écrit au journal a sa phrase dans projets/rules/actes.py, chaque champ son libellé."""

import ast
import re
from collections.abc import Iterator

from projets.rules.actes import LIBELLES, PHRASES
from projets.states import CYCLE_APPEL, CYCLE_PROJET
from tests.architecture.depot import lire, pythons

FONCTION = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[ast.Module]:
    return [ast.parse(lire(chemin)) for chemin in pythons() if chemin.parts[0] == "projets"]


def appels(arbre: ast.AST, nom: str) -> Iterator[ast.Call]:
    """Les appels de la fonction `nom`, par son nom seul ou derrière un module."""
    for noeud in ast.walk(arbre):
        if isinstance(noeud, ast.Call):
            appelee = noeud.func
            if getattr(appelee, "id", getattr(appelee, "attr", "")) == nom:
                yield noeud


def ecrits(valeur: ast.expr) -> list[str]:
    """Les actes qu’une expression peut valoir ; « \\w+ » à la place de ce qui ne se lit pas dans une f-chaîne."""
    if isinstance(valeur, ast.Constant):
        return [str(valeur.value)]
    if isinstance(valeur, ast.IfExp):
        return ecrits(valeur.body) + ecrits(valeur.orelse)
    if isinstance(valeur, ast.JoinedStr):
        return ["".join(p.value if isinstance(p, ast.Constant) else r"\w+" for p in valeur.values)]
    return []


def argument(appel: ast.Call, fonction: FONCTION, nom: str) -> ast.expr | None:
    """Ce que l’appel donne au paramètre `nom` de la fonction."""
    for cle in appel.keywords:
        if cle.arg == nom:
            return cle.value
    noms = [parametre.arg for parametre in fonction.args.args]
    return appel.args[noms.index(nom)] if nom in noms and noms.index(nom) < len(appel.args) else None


def locales(fonction: FONCTION, valeur: ast.expr) -> list[ast.expr]:
    """La valeur, ou ce que la fonction a mis dans la variable qui la porte."""
    if not isinstance(valeur, ast.Name):
        return [valeur]
    affectations = [n for n in ast.walk(fonction) if isinstance(n, ast.Assign)]
    mises = [n.value for n in affectations if any(getattr(cible, "id", "") == valeur.id for cible in n.targets)]
    return mises or [valeur]


def actes_de(arbres: list[ast.Module]) -> tuple[set[str], set[str]]:
    """Les actes journalisés, et les appels dont l’acte ne se lit pas. Un acte reçu en paramètre se suit d’un cran."""
    trouves, illisibles = set(), set()
    for arbre in arbres:
        for fonction in [n for n in ast.walk(arbre) if isinstance(n, FONCTION)]:
            parametres = {p.arg for p in (*fonction.args.args, *fonction.args.kwonlyargs)}
            for appel in appels(fonction, "journaliser"):
                valeur = next(cle.value for cle in appel.keywords if cle.arg == "acte")
                if isinstance(valeur, ast.Name) and valeur.id in parametres:
                    donnes = [argument(a, fonction, valeur.id) for m in arbres for a in appels(m, fonction.name)]
                else:
                    donnes = locales(fonction, valeur)
                for donne in donnes:
                    lus = ecrits(donne) if donne is not None else []
                    trouves.update(lus)
                    if not lus:
                        illisibles.add(f"{fonction.name}, ligne {appel.lineno}")
    return trouves, illisibles


def test_chaque_acte_du_journal_a_sa_phrase():
    trouves, illisibles = actes_de(modules())
    assert len(trouves) > 15, "la lecture du code ne trouve plus les actes"
    assert illisibles == set(), "écrire l’acte en toutes lettres, là où il est journalisé ou juste au-dessus"
    sans_phrase = sorted(acte for acte in trouves if not any(re.fullmatch(acte, connu) for connu in PHRASES))
    assert sans_phrase == [], "ajouter leur phrase à projets/rules/actes.py"


def test_chaque_passage_d_un_cycle_a_sa_phrase():
    attendus = {p.acte for p in CYCLE_PROJET.passages} | {f"{p.acte}_appel" for p in CYCLE_APPEL.passages}
    assert attendus - set(PHRASES) == set()


def test_la_lecture_des_actes_suit_les_detours():
    source = """
def un(): journaliser(auteur=a, acte="seul", objet=o)
def deux(): journaliser(auteur=a, acte="si" if x else "non", objet=o)
def _noter(auteur, acte, **etats): journaliser(auteur=auteur, acte=acte, objet=o)
def trois(): _noter(a, "par_detour")
def quatre(): journaliser(auteur=a, acte=f"ajouter_{x}", objet=o)
def cinq(acte="x"):
    verbe = "lever" if x else "poser"
    journaliser(auteur=a, acte=verbe, objet=o)
def six(): journaliser(auteur=a, acte=calcul(), objet=o)
"""
    trouves, illisibles = actes_de([ast.parse(source)])
    assert (trouves, illisibles) == (
        {"seul", "si", "non", "par_detour", r"ajouter_\w+", "lever", "poser"},
        {"six, ligne 10"},
    )


COTES = {"avant", "apres"}
PHOTOGRAPHES = {"_photographie", "_etat", "partage"}  # ce qu’elles rendent va au journal


def champs_de(arbres: list[ast.Module]) -> set[str]:
    """Les champs de « avant » et « après » : donnés à un appel, mis dans une variable de ce nom ou photographiés."""
    trouves: set[str] = set()
    for arbre in [arbre for arbre in arbres if any(appels(arbre, "journaliser"))]:
        for noeud in ast.walk(arbre):
            if isinstance(noeud, ast.keyword) and noeud.arg in COTES:
                trouves |= cles(noeud.value)
            elif isinstance(noeud, FONCTION) and noeud.name in PHOTOGRAPHES:
                trouves |= cles(noeud)
            elif isinstance(noeud, ast.Assign | ast.AugAssign):
                cibles = noeud.targets if isinstance(noeud, ast.Assign) else [noeud.target]
                if any(getattr(cible, "id", "") in {*COTES, "qui"} for cible in cibles):
                    trouves |= cles(noeud.value)
    return trouves


def cles(noeud: ast.AST) -> set[str]:
    """Les clés écrites en toutes lettres, à toute profondeur."""
    lues = [cle for d in ast.walk(noeud) if isinstance(d, ast.Dict) for cle in d.keys]
    return {str(cle.value) for cle in lues if isinstance(cle, ast.Constant)}


def test_chaque_champ_du_journal_a_son_libelle():
    champs = champs_de(modules())
    connus = {"etat", "email", "partage", "reponse", "cout_eligible", "justification", "echeance", "qualite"}
    assert connus - champs == set(), "la lecture du code ne trouve plus les champs"
    assert sorted(champs - set(LIBELLES)) == [], "ajouter leur libellé à projets/rules/actes.py"


def test_aucun_libelle_ne_montre_de_nom_de_colonne():
    assert [libelle for libelle in LIBELLES.values() if "_" in libelle] == []
