"""Le schéma SCDL « subventions » 2.1.1 : juger une ligne de données ouvertes, champ par champ.

Décret 2017-779 et arrêté du 17 novembre 2017. Les règles sont tirées du schéma officiel, `schema.json` : type,
présence, forme, longueur, valeurs, bornes, et ses deux contrôles sur mesure (clé des SIRET, SIRET ou RNA).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from stdnum.exceptions import ValidationError as NumeroInvalide
from stdnum.fr import siret as stdnum_siret

from config.socle.lecture.erreurs import ErreurLigne

SCHEMA: Mapping[str, Any] = json.loads(Path(__file__).with_name("schema.json").read_text(encoding="utf-8"))
CHAMPS: tuple[str, ...] = tuple(champ["name"] for champ in SCHEMA["fields"])
OBJET_MAXIMUM = 256  # caractères
MOIS_POUR_PUBLIER = 3  # après la signature (décret 2017-779)

PREMIERE_SIGNATURE = date(2017, 8, 1)  # le décret ne tient pas les conventions d’avant

_JOUR = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOMBRE = re.compile(r"[+-]?\d+(?:\.\d+)?")
_MEMOIRE = 4096  # valeurs dont le verdict est gardé : un attribuant, des bénéficiaires et des dates qui reviennent
Juge = Callable[[str], str]


def couper(texte: str, maximum: int = OBJET_MAXIMUM, suite: str = "…") -> str:
    """Le texte sur une ligne ; s’il dépasse `maximum` caractères, coupé après un mot et suivi de `suite`."""
    ligne = " ".join(texte.split())
    if len(ligne) <= maximum:
        return ligne
    debut, blanc, _ = ligne[: maximum - len(suite) + 1].rpartition(" ")
    return (debut if blanc else ligne[: maximum - len(suite)]).rstrip(" ,;:.-") + suite


def a_publier_avant(signee_le: date) -> date:
    """Le dernier jour : trois mois après la signature, le dernier du mois si le quantième n’y est pas."""
    mois = signee_le.month - 1 + MOIS_POUR_PUBLIER
    annee, mois = signee_le.year + mois // 12, mois % 12 + 1
    for jour in range(signee_le.day, 0, -1):
        try:
            return date(annee, mois, jour)
        except ValueError:
            continue
    raise AssertionError("un mois a un premier jour")


class Controle:
    """Juge les lignes d’un fichier dont `entetes` sont les colonnes, dans n’importe quel ordre."""

    def __init__(self, entetes: Sequence[str] = CHAMPS) -> None:
        rangs = {nom: rang for rang, nom in enumerate(entetes)}
        presents = [champ for champ in SCHEMA["fields"] if champ["name"] in rangs]
        self._juges = [(champ["name"], rangs[champ["name"]], _juge(champ)) for champ in presents]
        self._sirets = [
            rangs[controle["params"]["column"]]
            for controle in SCHEMA["custom_checks"]
            if controle["name"] == "french-siret-value" and controle["params"]["column"] in rangs
        ]
        self._entetes = tuple(entetes)
        self._rangs = rangs

    def fautes_d_en_tete(self) -> Iterator[ErreurLigne]:
        """Les colonnes obligatoires absentes. Une colonne facultative peut manquer, une autre venir en plus."""
        for champ in SCHEMA["fields"]:
            if champ.get("constraints", {}).get("required") and champ["name"] not in self._rangs:
                yield ErreurLigne(1, champ["name"], "", "cette colonne est obligatoire et le fichier ne l’a pas")

    def fautes(self, ligne: int, rangee: Sequence[str]) -> list[ErreurLigne]:
        """Les fautes d’une rangée (ligne 2 pour la première) ; une seule par champ."""
        refus = [(nom, rangee[rang], attendu) for nom, rang, juge in self._juges if (attendu := juge(rangee[rang]))]
        refuses = {nom for nom, _, _ in refus}
        for rang in self._sirets:
            valeur = rangee[rang]
            if valeur and self._entetes[rang] not in refuses and not siret_a_sa_cle(valeur):
                refus.append((self._entetes[rang], valeur, "un SIRET : quatorze chiffres, clé comprise"))
        if not self._valeur(rangee, "idBeneficiaire") and not self._valeur(rangee, "rnaBeneficiaire"):
            refus.append(("idBeneficiaire", "", "le SIRET du bénéficiaire, ou son numéro RNA"))
        return [ErreurLigne(ligne, nom, valeur, attendu) for nom, valeur, attendu in refus]

    def _valeur(self, rangee: Sequence[str], nom: str) -> str:
        return rangee[self._rangs[nom]] if nom in self._rangs else ""


@lru_cache(maxsize=_MEMOIRE)
def siret_a_sa_cle(valeur: str) -> bool:
    """Vrai pour quatorze chiffres dont la clé est juste, La Poste comprise ; ce que dit le contrôle officiel."""
    try:
        stdnum_siret.validate(valeur)
    except NumeroInvalide:
        return False
    return True


def _juge(champ: Mapping[str, Any]) -> Juge:
    """Rend ce qui était attendu, vide si la valeur convient. Les verdicts des valeurs qui reviennent sont gardés."""
    contraintes = champ.get("constraints", {})
    regles = [_TYPES[champ["type"]](champ), *(_REGLES[nom](borne) for nom, borne in contraintes.items())]
    obligatoire = bool(contraintes.get("required"))

    @lru_cache(maxsize=_MEMOIRE)
    def juger(valeur: str) -> str:
        if not valeur:
            return "une valeur : ce champ est obligatoire" if obligatoire else ""
        return next((attendu for regle in regles if (attendu := regle(valeur))), "")

    return juger


def _date(_champ: Mapping[str, Any]) -> Juge:
    def juger(valeur: str) -> str:
        try:
            juste = _JOUR.fullmatch(valeur) is not None and bool(date.fromisoformat(valeur))
        except ValueError:
            juste = False
        return "" if juste else "une date qui existe, écrite AAAA-MM-JJ"

    return juger


def _booleen(champ: Mapping[str, Any]) -> Juge:
    admises = (*champ["trueValues"], *champ["falseValues"])
    return lambda valeur: "" if valeur in admises else " ou ".join(f"« {admise} »" for admise in admises)


def _nombre(_champ: Mapping[str, Any]) -> Juge:
    return lambda valeur: "" if _NOMBRE.fullmatch(valeur) else "un nombre, au point décimal"


def _motif(motif: str) -> Juge:
    forme = re.compile(motif)
    return lambda valeur: "" if forme.match(valeur) else f"la forme {motif}"


def _parmi(valeurs: Sequence[str]) -> Juge:
    return lambda valeur: "" if valeur in valeurs else "une de ces valeurs : " + ", ".join(f"« {v} »" for v in valeurs)


def _au_plus(maximum: int) -> Juge:
    return lambda valeur: "" if len(valeur) <= maximum else f"{maximum} caractères au plus"


def _borne(convient: Callable[[Decimal], bool], attendu: str) -> Juge:
    def juger(valeur: str) -> str:
        try:
            return "" if convient(Decimal(valeur)) else attendu
        except InvalidOperation:
            return attendu

    return juger


_TYPES: Mapping[str, Callable[[Mapping[str, Any]], Juge]] = {
    "string": lambda _champ: lambda _valeur: "",
    "date": _date,
    "number": _nombre,
    "boolean": _booleen,
}
_REGLES: Mapping[str, Callable[[Any], Juge]] = {
    "required": lambda _borne: lambda _valeur: "",
    "pattern": _motif,
    "maxLength": _au_plus,
    "enum": _parmi,
    "minimum": lambda borne: _borne(lambda n: n >= Decimal(str(borne)), f"au moins {borne}"),
    "maximum": lambda borne: _borne(lambda n: n <= Decimal(str(borne)), f"au plus {borne}"),
}
