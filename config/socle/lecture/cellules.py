"""Lire la valeur d’une cellule, telle qu’on l’écrit en France ou telle que le tableur la donne.

Chaque fonction rend la valeur ou lève `ValeurRefusee`, dont `attendu` complète « il fallait … ». Une cellule vide
(`None`) est refusée comme les autres : c’est à l’appelant de décider si elle est permise.

Montants : la seule séparation des milliers admise est l’espace (toutes les sortes d’espaces) ; le point et la virgule
sont des signes décimaux. « 1.234 » (mille deux cent trente-quatre, ou un et quelque ?) et « 1,234.56 » sont donc
refusés : mieux vaut une question qu’un montant lu mille fois trop petit.
"""

import re
from datetime import date, datetime
from decimal import Decimal

from config.socle.lecture.entetes import normaliser_entete
from config.socle.lecture.tableau import (
    Cellule,
    CelluleFusionnee,
    FormuleSansResultat,
    caractere_interdit,
    en_texte,
    est_erreur_de_calcul,
)

MONTANT_MAXIMUM = Decimal("9999999999.99")  # dix milliards d’euros moins un centime
CHIFFRES_DE_TABLEUR = 15  # un tableur ne garde pas plus de chiffres significatifs : au-delà, c’est du bruit de calcul
ANNEES = (1900, 2100)
CENT = Decimal(100)

_MONTANT = re.compile(r"([0-9]{1,3}(?:\s+[0-9]{3})+|[0-9]{1,12})(?:[.,]([0-9]+))?\s*(?:€|eur|euros?)?", re.IGNORECASE)
_MILLIERS_AMBIGUS = re.compile(r"[0-9]{1,3}(?:[.,’'][0-9]{3})+(?:[.,][0-9]+)?\s*(?:€|eur|euros?)?", re.IGNORECASE)
_POURCENTAGE = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")
_ENTIER = re.compile(r"[0-9]{1,3}(?:\s+[0-9]{3})+|[0-9]{1,12}")
_DATE_FR = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_DATE_ISO = re.compile(r"([0-9]{4})[/-]([0-9]{1,2})[/-]([0-9]{1,2})(?:[T ][0-9:.]+Z?)?")

VRAI = frozenset({"oui", "o", "vrai", "true", "1", "x"})
FAUX = frozenset({"non", "n", "faux", "false", "0"})


class ValeurRefusee(Exception):
    """La cellule ne se lit pas. `attendu` : ce qu’il fallait, en français, prêt à montrer."""

    def __init__(self, attendu: str) -> None:
        super().__init__(attendu)
        self.attendu = attendu


def refuser_sans_valeur(cellule: Cellule) -> None:
    """`ValeurRefusee` si la cellule porte une formule échouée ou jamais calculée, ou si une autre la couvre."""
    if isinstance(cellule, CelluleFusionnee):
        raise ValeurRefusee(
            "une valeur dans chaque cellule : celle-ci est couverte par une fusion ; défusionnez, puis écrivez la "
            "valeur de chaque ligne"
        )
    if isinstance(cellule, FormuleSansResultat):
        raise ValeurRefusee(
            "un résultat : cette cellule porte une formule dont le résultat n’est pas enregistré ; ouvrez le classeur "
            "dans votre tableur, enregistrez-le, puis recommencez"
        )
    if est_erreur_de_calcul(cellule):
        raise ValeurRefusee(f"la cellule contient une erreur de calcul ({cellule}) ; attendu : une valeur")


def lire_texte(cellule: Cellule, *, maximum: int = 300) -> str:
    """Texte sur une ligne : espaces et sauts de ligne multiples réduits à une espace, `maximum` caractères au plus."""
    refuser_sans_valeur(cellule)
    texte = " ".join(en_texte(cellule).split())
    if not texte:
        raise ValeurRefusee("une valeur : cette colonne est obligatoire")
    if caractere_interdit(texte):
        raise ValeurRefusee("un texte sans caractère de commande")
    if len(texte) > maximum:
        raise ValeurRefusee(f"un texte de {maximum} caractères au plus (celui-ci en a {len(texte)})")
    return texte


def lire_montant(cellule: Cellule) -> Decimal:
    """Montant en euros, positif ou nul, à deux décimales : « 12 345,67 € », « 12345.67 », nombre de tableur."""
    if isinstance(cellule, int | float) and not isinstance(cellule, bool):
        montant = Decimal(f"{cellule:.{CHIFFRES_DE_TABLEUR}g}")
    else:
        texte = cellule if isinstance(cellule, str) else ""
        if texte.lstrip().startswith(("-", "−")):
            raise ValeurRefusee("un montant positif ou nul")
        montant = Decimal(_texte_du_montant(texte))
    return _borner(montant)


def _texte_du_montant(texte: str) -> str:
    lu = _MONTANT.fullmatch(texte)
    if _MILLIERS_AMBIGUS.fullmatch(texte):
        raise ValeurRefusee(
            "un montant en euros dont les milliers sont séparés par une espace ou rien (12 345,67) : "
            f"« {texte} » peut se lire de plusieurs façons"
        )
    if lu is None:
        raise ValeurRefusee("un montant en euros, comme 12 345,67")
    return f"{''.join(lu[1].split())}.{lu[2] or '0'}"


def _borner(montant: Decimal) -> Decimal:
    if not montant.is_finite():
        raise ValeurRefusee("un montant en euros, comme 12 345,67")
    if montant < 0:
        raise ValeurRefusee("un montant positif ou nul")
    if montant > MONTANT_MAXIMUM:
        raise ValeurRefusee("un montant de moins de dix milliards d’euros")
    arrondi = montant.quantize(Decimal("0.01"))
    if arrondi != montant:
        raise ValeurRefusee("un montant avec deux décimales au plus")
    return arrondi


def lire_pourcentage(cellule: Cellule) -> Decimal:
    """Part en pour cent, de 0 à 100, deux décimales au plus : « 60 », « 33,33 », « 12.5 % »."""
    lu = _POURCENTAGE.fullmatch(en_texte(cellule).strip())
    part = Decimal(f"{lu[1]}.{lu[2] or '0'}").quantize(Decimal("0.01")) if lu else None
    if part is None or part > CENT:
        raise ValeurRefusee("une part en pour cent, de 0 à 100, avec deux décimales au plus")
    return part


def lire_entier(cellule: Cellule, *, minimum: int = 0, maximum: int = 2_147_483_647) -> int:
    """Nombre entier entre `minimum` et `maximum` : « 1 250 », nombre de tableur sans décimale."""
    est_nombre = isinstance(cellule, int | float) and not isinstance(cellule, bool)
    texte = en_texte(cellule).strip() if est_nombre or isinstance(cellule, str) else ""
    if texte.startswith(("-", "−")):
        raise ValeurRefusee("un nombre entier, " + (f"au moins {minimum}" if minimum else "positif ou nul"))
    if not _ENTIER.fullmatch(texte):
        raise ValeurRefusee("un nombre entier, sans décimale")
    entier = int("".join(texte.split()))
    if not minimum <= entier <= maximum:
        borne = f"au moins {minimum}" if entier < minimum else f"au plus {maximum}"
        raise ValeurRefusee(f"un nombre entier, {borne}")
    return entier


def lire_date(cellule: Cellule) -> date:
    """Date : cellule de date, « 13/06/2016 », « 2016-06-13 », « 2016/06/13 »."""
    if isinstance(cellule, datetime):
        return _dans_le_siecle(cellule.date())
    if isinstance(cellule, date):
        return _dans_le_siecle(cellule)
    if isinstance(cellule, int | float):
        raise ValeurRefusee(
            "une date comme 13/06/2016 : mettez la cellule au format Date, ou écrivez la date en toutes lettres"
        )
    texte = (cellule if isinstance(cellule, str) else "").strip()
    francaise, iso = _DATE_FR.fullmatch(texte), _DATE_ISO.fullmatch(texte)
    if francaise:
        jour, mois, annee = map(int, francaise.groups())
    elif iso:
        annee, mois, jour = map(int, iso.groups())
    else:
        raise ValeurRefusee("une date comme 13/06/2016")
    try:
        return _dans_le_siecle(date(annee, mois, jour))
    except ValueError as erreur:
        raise ValeurRefusee("une date qui existe, comme 13/06/2016") from erreur


def _dans_le_siecle(jour: date) -> date:
    if not ANNEES[0] <= jour.year <= ANNEES[1]:
        raise ValeurRefusee(f"une date entre {ANNEES[0]} et {ANNEES[1]}")
    return jour


def lire_booleen(cellule: Cellule) -> bool:
    """Oui ou non : « oui », « O », « vrai », « 1 », « x » ; « non », « N », « faux », « 0 » ; case vraie ou fausse."""
    mot = normaliser_entete(en_texte(cellule))
    if mot in VRAI:
        return True
    if mot in FAUX:
        return False
    raise ValeurRefusee("« oui » ou « non »")
