"""La lettre de décision : ses variables, ce qu’elle doit contenir, et sa composition en blocs. Ni ORM ni Django.

Le texte du département a trois tournures : une ligne « # Titre », des lignes « - élément » et, seule dans son
paragraphe, la variable `montants_par_annee`, qui devient un tableau. Elles se lisent dans le texte du département,
jamais dans les valeurs : un intitulé qui commence par « # » reste un intitulé.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from financements.rules.variables import Erreur, analyser, substituer

TABLEAU = "montants_par_annee"
VARIABLES: dict[str, str] = {
    "reference": "le numéro du projet (AAP16-0001)",
    "intitule": "l’intitulé du projet",
    "appel": "l’intitulé de l’appel à projets",
    "axe": "l’axe du projet",
    "organisme": "le nom de l’organisme",
    "representant": "le représentant légal et sa qualité",
    "deliberation": "la référence de la délibération",
    "deliberation_du": "le jour de son adoption",
    "executoire_le": "le jour où elle est devenue exécutoire",
    "organe": "qui a voté : « l’assemblée départementale » ou « la commission permanente »",
    "montant_total": "la subvention attribuée, toutes années",
    TABLEAU: "le montant de chaque année ; seule dans son paragraphe, un tableau",
    "conditions": "les conditions posées par l’instruction ; rien s’il n’y en a pas",
    "motif": "pourquoi le projet n’est pas retenu, ou ce que la séance a changé",
    "recours": "les voies et délais de recours, avec le tribunal de l’appel",
    "mention_algorithmique": "la mention que la loi demande si les propositions viennent d’un calcul ; rien sinon",
    "agent": "l’agent chargé du dossier, à défaut le service",
    "service": "le service qui conduit l’appel",
    "adresse_du_service": "son adresse postale",
    "telephone": "son téléphone",
    "contact": "son adresse électronique",
    "date": "le jour de la notification",
}
MONTANTS = ("montant_total", TABLEAU)  # un projet qui n’est pas retenu n’en a pas
RETENU, ATTENTE, NON_RETENU = "retenu", "attente", "non_retenu"  # les valeurs de `financements.states.Choix`
# La mention se doit quand un calcul a servi (CRPA L311-3-1) ; sans les voies de recours, leur délai ne court pas
# (CJA R421-5) ; l’agent se nomme (CRPA L111-2).
OBLIGATOIRES: dict[str, tuple[str, ...]] = {
    RETENU: ("deliberation", "deliberation_du", TABLEAU, "recours", "mention_algorithmique", "agent"),
    ATTENTE: ("deliberation", "deliberation_du", "motif", "recours", "mention_algorithmique", "agent"),
    NON_RETENU: ("deliberation", "deliberation_du", "motif", "recours", "mention_algorithmique", "agent"),
}
_PARAGRAPHES = re.compile(r"\n[ \t]*\n")
_SEUL = re.compile(r"\{\{\s*" + TABLEAU + r"\s*\}\}")


@dataclass(frozen=True, slots=True)
class Texte:
    """Un modèle : l’objet et le corps, à variables. `version` : 0 pour le texte fourni."""

    objet: str
    corps: str
    version: int = 0


def connues(sens: str) -> dict[str, str]:
    """Les variables d’une lettre de ce sens, et ce qu’elles disent."""
    return {nom: dit for nom, dit in VARIABLES.items() if sens == RETENU or nom not in MONTANTS}


def fautes(sens: str, texte: Texte) -> tuple[tuple[Erreur, ...], tuple[Erreur, ...]]:
    """Celles de l’objet, puis celles du corps, variables obligatoires comprises."""
    noms = connues(sens)
    dans_l_objet = analyser(texte.objet, noms).erreurs
    return dans_l_objet, analyser(texte.corps, noms, OBLIGATOIRES[sens]).erreurs


def composer(texte: Texte, valeurs: Mapping[str, str], montants: Sequence[Sequence[str]]) -> dict[str, Any]:
    """L’objet et les blocs de la lettre, prêts à figer en JSON. `montants` : (année, montant écrit).

    Un paragraphe vide une fois rempli disparaît, et le titre qui n’a plus rien sous lui. Lève `TexteRefuse`.
    """
    blocs: list[dict[str, Any]] = []
    for paragraphe in _PARAGRAPHES.split(texte.corps.replace("\r\n", "\n").replace("\r", "\n").strip()):
        blocs += _blocs(paragraphe.strip(), valeurs, montants)
    return {"objet": " ".join(substituer(texte.objet, valeurs).split()), "blocs": _sans_titre_orphelin(blocs)}


def _blocs(paragraphe: str, valeurs: Mapping[str, str], montants: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    if _SEUL.fullmatch(paragraphe):
        return [{"genre": "montants", "lignes": [list(ligne) for ligne in montants]}] if montants else []
    lignes = paragraphe.split("\n")
    if lignes[0].startswith("# "):
        titre = {"genre": "titre", "texte": substituer(lignes[0][2:], valeurs).strip()}
        return [titre, *(_blocs("\n".join(lignes[1:]).strip(), valeurs, montants) if lignes[1:] else [])]
    if all(ligne.startswith("- ") for ligne in lignes):
        elements = [substituer(ligne[2:], valeurs).strip() for ligne in lignes]
        return [{"genre": "liste", "lignes": pleins}] if (pleins := [e for e in elements if e]) else []
    rempli = substituer(paragraphe, valeurs).strip()
    return [{"genre": "paragraphe", "texte": rempli}] if rempli else []


def _sans_titre_orphelin(blocs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    gardes: list[dict[str, Any]] = []
    for bloc in reversed(blocs):
        if bloc["genre"] == "titre" and (not gardes or gardes[-1]["genre"] == "titre"):
            continue
        gardes.append(bloc)
    return gardes[::-1]


def texte_brut(blocs: Sequence[Mapping[str, Any]]) -> str:
    """Les blocs en texte : pour un courriel."""
    return "\n\n".join(_brut(bloc) for bloc in blocs)


def _brut(bloc: Mapping[str, Any]) -> str:
    if bloc["genre"] == "titre":
        return str(bloc["texte"]).upper()
    if bloc["genre"] == "liste":
        return "\n".join(f"- {ligne}" for ligne in bloc["lignes"])
    if bloc["genre"] == "montants":
        return "\n".join(f"- {annee} : {montant}" for annee, montant in bloc["lignes"])
    return str(bloc["texte"])
