"""Lire la réponse du registre. Tout y est suspect, types, longueurs, numéros : ce qui ne convient pas est tu."""

import re
from dataclasses import dataclass
from typing import Any

from comptes.rules.identifiants import rna_est_valide
from comptes.states import FormeJuridique

LONGUEUR_DU_NOM, LONGUEUR_DE_L_ADRESSE = 200, 300  # celles de l’organisme
CODE_INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
INVISIBLES = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
MASQUE = "NON-DIFFUSIBLE"  # ce que l’Insee écrit à la place de ce qu’un établissement a demandé de taire

# Catégories juridiques de l’Insee (niveaux I à III). Le premier motif qui convient l’emporte.
FORMES = (
    (re.compile(r"922[12]"), FormeJuridique.SIAE),  # association d’insertion par l’économique, intermédiaire
    (re.compile(r"92\d\d|5195"), FormeJuridique.ASSOCIATION),
    (re.compile(r"736[17]"), FormeJuridique.CCAS),
    (re.compile(r"7210"), FormeJuridique.COMMUNE),
    (re.compile(r"734[034-9]|735[3457]"), FormeJuridique.EPCI),
    (re.compile(r"7410"), FormeJuridique.GIP),
    (re.compile(r"[156]\d{3}"), FormeJuridique.ENTREPRISE),
)


class ReponseIllisible(Exception):
    """La réponse n’a pas la forme documentée."""


@dataclass(frozen=True, slots=True)
class Etablissement:
    """Ce que le registre dit d’un SIRET. Vide : il ne le dit pas, ou pas de façon acceptable.

    `code_insee` : commune de l’établissement. `est_cesse` : l’établissement est fermé, ou son entreprise a cessé.
    """

    siret: str
    nom: str = ""
    forme_juridique: FormeJuridique = FormeJuridique.AUTRE
    rna: str = ""
    adresse: str = ""
    code_insee: str = ""
    est_cesse: bool = False


def lire(donnees: Any, siret: str) -> Etablissement | None:
    """L’établissement de ce SIRET ; None si la réponse, bien formée, ne le contient pas. Lève `ReponseIllisible`.

    Cherché par SIRET, un établissement est dans `matching_etablissements` ; son siège, dans `siege`.
    """
    resultats = donnees.get("results") if isinstance(donnees, dict) else None
    if not isinstance(resultats, list):
        raise ReponseIllisible("pas de liste « results »")
    for entreprise in resultats:
        if _objet(entreprise).get("siren") == siret[:9]:
            return _etablissement(entreprise, siret)
    return None


def forme_juridique(categorie: Any) -> FormeJuridique:
    """La forme juridique d’une catégorie de l’Insee (« 9220 ») ; `AUTRE` si elle est inconnue."""
    if isinstance(categorie, str):
        for motif, forme in FORMES:
            if motif.fullmatch(categorie):
                return forme
    return FormeJuridique.AUTRE


def _etablissement(entreprise: dict[str, Any], siret: str) -> Etablissement | None:
    lieu = next((lieu for lieu in _lieux(entreprise) if lieu.get("siret") == siret), None)
    if lieu is None:
        return None
    rna = _texte(_objet(entreprise.get("complements")).get("identifiant_association"), 10).upper()
    code_insee = _texte(lieu.get("commune"), 5)
    return Etablissement(
        siret=siret,
        nom=_nom(entreprise),
        forme_juridique=forme_juridique(entreprise.get("nature_juridique")),
        rna=rna if rna_est_valide(rna) else "",
        adresse=_texte(lieu.get("adresse"), LONGUEUR_DE_L_ADRESSE),
        code_insee=code_insee if CODE_INSEE.fullmatch(code_insee) else "",
        est_cesse=entreprise.get("etat_administratif") == "C" or lieu.get("etat_administratif") == "F",
    )


def _lieux(entreprise: dict[str, Any]) -> list[dict[str, Any]]:
    autres = entreprise.get("matching_etablissements")
    return [_objet(lieu) for lieu in (*(autres if isinstance(autres, list) else ()), entreprise.get("siege"))]


def _nom(entreprise: dict[str, Any]) -> str:
    """La raison sociale, à défaut le nom composé (entreprise individuelle)."""
    noms = (_texte(entreprise.get(champ), LONGUEUR_DU_NOM) for champ in ("nom_raison_sociale", "nom_complet"))
    return next(filter(None, noms), "")


def _objet(valeur: Any) -> dict[str, Any]:
    return valeur if isinstance(valeur, dict) else {}


def _texte(valeur: Any, longueur: int) -> str:
    """Une ligne, sans caractère invisible ; vide si ce n’est pas un texte, s’il est masqué ou trop long."""
    if not isinstance(valeur, str) or MASQUE in valeur or len(valeur) > 4 * longueur:
        return ""
    ligne = " ".join(INVISIBLES.sub(" ", valeur).split())
    return ligne if len(ligne) <= longueur else ""
