"""Ce qui empêche de déposer un budget, ce qui mérite une explication, et ce que la page en dit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from config.socle.montants import en_euros, format_euros_ronds, format_pourcent
from config.socle.recherche import cle_de_tri
from projets.rules.budget import Budget
from projets.rules.lignes_cerfa import (
    DEPARTEMENT,
    FSE,
    PERSONNEL,
    cle_ligne,
    cle_montant,
    nom_du_financeur,
)

PART_ELEVEE = 80  # % du coût : au-delà, l’instructeur demandera pourquoi personne d’autre ne finance
VARIATION_FORTE = 30  # % d’une année sur l’autre
EQUILIBRE, CONTRIBUTIONS = "equilibre", "contributions"
ANCRES = {EQUILIBRE, CONTRIBUTIONS}  # de la page, par opposition aux champs
_MOTS_SANS_PORTEE = {
    *("de", "du", "des", "d", "le", "la", "les", "l", "et"),
    *("commune", "ville", "mairie", "conseil", "region", "regional", "departement", "departemental"),
}
_FSE = re.compile(r"(?:fse|fonds?soci(?:al|aux)europeens?)(?:plus)?\d*")
_FSE_AU_PLUS = 40  # lettres : au-delà, ce n’est plus une écriture du FSE


@dataclass(frozen=True, slots=True)
class Financeur:
    """Une ligne du compte 74 telle que tapée, montants compris ou non."""

    compte: str
    rang: int
    precision: str


@dataclass(frozen=True, slots=True)
class Refus:
    """Ce qui empêche de déposer. `champ` : le nom d’une saisie, ou une ancre de la page.

    `est_une_faute` : à dire dès la frappe ; sinon, c’est seulement que le budget n’est pas fini.
    """

    champ: str
    libelle: str
    texte: str
    est_une_faute: bool = False


@dataclass(frozen=True, slots=True)
class Avertissement:
    """Ce qui n’empêche rien, mais qu’on demandera d’expliquer. `champ` : le nom d’une saisie, ou une ancre."""

    champ: str
    texte: str

    @property
    def ancre(self) -> str:
        """L’identifiant HTML où mène l’avertissement."""
        return self.champ if self.champ in ANCRES else f"id_{self.champ}"


def meme_financeur(precision: str) -> str:
    """Ce que deux écritures du même nom ont en commun : « Ville de Lille » et « LILLE » donnent « lille »."""
    mots = re.findall(r"[a-z0-9]+", cle_de_tri(precision))
    return " ".join(mot for mot in mots if mot not in _MOTS_SANS_PORTEE) or " ".join(mots)


def designe_le_fse(precision: str) -> bool:
    """Vrai pour « FSE », « F.S.E. plus 2027 », « F S E », « Fonds social européen » : la ponctuation ne compte pas.

    Des mots entiers qui se suivent : « Fondation FSEG » n’en est pas.
    """
    mots = re.findall(r"[a-z0-9]+", cle_de_tri(precision))
    for debut in range(len(mots)):
        suite = ""
        for mot in mots[debut:]:
            suite += mot
            if len(suite) > _FSE_AU_PLUS:
                break
            if _FSE.fullmatch(suite):
                return True
    return False


def refus(budget: Budget, financeurs: list[Financeur]) -> list[Refus]:
    """Tout ce qui manque ou se contredit, dans l’ordre du formulaire.

    Source : Cerfa 12156 (charges et produits égaux, comptes 86 et 87 égaux, un financeur ne figure qu’une fois).
    """
    if budget.est_vide:
        return [Refus(EQUILIBRE, "Budget", "Chiffrez les charges et les produits de l’action.")]
    return [*_demande(budget), *_financeurs(budget, financeurs), *_equilibre(budget), *_nature(budget)]


def _demande(budget: Budget) -> Iterator[Refus]:
    if not budget.demande():
        cle = cle_montant(DEPARTEMENT, budget.annees[0])
        yield Refus(cle, "Département (demande)", "Dites ce que vous demandez au Département.")
    for annee in budget.annees:
        if budget.demande(annee) > budget.cout(annee):
            texte = f"La demande dépasse le coût de l’année ({euros(budget.cout(annee))})."
            yield Refus(cle_montant(DEPARTEMENT, annee), f"Département (demande) {annee}", texte)


def _financeurs(budget: Budget, financeurs: list[Financeur]) -> Iterator[Refus]:
    vus: set[tuple[str, str]] = set()
    for ligne in financeurs:
        champ = f"precision_{cle_ligne(ligne.compte, ligne.rang)}"
        nom = nom_du_financeur(ligne.compte, ligne.rang, "")
        identite = (ligne.compte, meme_financeur(ligne.precision))
        if not ligne.precision:
            if budget.de_la_ligne(ligne.compte, ligne.rang):
                yield Refus(champ, nom, "Précisez ce financeur.")
        elif ligne.compte == FSE and designe_le_fse(ligne.precision):
            yield Refus(
                champ, nom, "Le Fonds social européen a sa ligne : il ne figure qu’une fois.", est_une_faute=True
            )
        elif identite in vus:
            texte = f"« {ligne.precision} » figure déjà : un financeur n’a qu’une ligne."
            yield Refus(champ, nom, texte, est_une_faute=True)
        vus.add(identite)


def _equilibre(budget: Budget) -> Iterator[Refus]:
    for annee in budget.annees:
        if budget.ecart_a_couvrir(annee):
            yield Refus(EQUILIBRE, f"Équilibre {annee}", _phrase_d_ecart(budget.ecart_a_couvrir(annee)))


def _nature(budget: Budget) -> Iterator[Refus]:
    for annee in budget.annees:
        if ecart := budget.ecart_en_nature(annee):
            texte = f"Les comptes 86 et 87 diffèrent de {euros(abs(ecart))}."
            yield Refus(CONTRIBUTIONS, f"Contributions volontaires {annee}", texte)


def avertissements(budget: Budget, financeurs: list[Financeur], *, a_des_salaries: bool) -> list[Avertissement]:
    """Ce qu’un instructeur relèverait. `a_des_salaries` : des équivalents temps plein sont déclarés."""
    if budget.est_vide:
        return []
    return [
        *_ensemble(budget, a_des_salaries),
        *_annees(budget),
        *_sans_montant(budget, financeurs),
        *_fse_ailleurs(financeurs),
    ]


def _ensemble(budget: Budget, a_des_salaries: bool) -> Iterator[Avertissement]:  # noqa: FBT001 (interne au module)
    part = budget.part_du_departement
    if PART_ELEVEE < part <= 100:  # noqa: PLR2004 (au-delà de tout, c’est un refus)
        texte = (
            f"Le Département financerait {pourcent(part)} de l’action : "
            "dites dans la description pourquoi il y a peu d’autres financeurs."
        )
        yield Avertissement(cle_montant(DEPARTEMENT, budget.annees[0]), texte)
    if a_des_salaries and budget.cout() and not budget.du_groupe(PERSONNEL):
        texte = "Des équivalents temps plein sont déclarés, mais les charges de personnel (64) sont vides."
        yield Avertissement(cle_montant("641", budget.annees[0]), texte)
    if any(budget.excedent(annee) for annee in budget.annees):
        texte = "Un excédent est prévu : le Département peut réduire son aide d’autant."
        yield Avertissement("budget_excedent", texte)


def _annees(budget: Budget) -> Iterator[Avertissement]:
    for annee in budget.annees:
        if not budget.cout(annee) and budget.cout():
            yield Avertissement(EQUILIBRE, f"{annee} : aucune charge n’est prévue.")
    for avant, apres in pairwise(budget.annees):
        ancien, nouveau = budget.cout(avant), budget.cout(apres)
        if ancien and nouveau and abs(nouveau - ancien) * 100 > VARIATION_FORTE * ancien:
            sens = "augmente" if nouveau > ancien else "baisse"
            variation = (200 * abs(nouveau - ancien) + ancien) // (2 * ancien)
            texte = f"De {avant} à {apres}, le coût {sens} de {pourcent(variation)} : expliquez pourquoi."
            yield Avertissement(EQUILIBRE, texte)


def _sans_montant(budget: Budget, financeurs: list[Financeur]) -> Iterator[Avertissement]:
    for ligne in financeurs:
        if ligne.precision and not budget.de_la_ligne(ligne.compte, ligne.rang):
            nom = nom_du_financeur(ligne.compte, ligne.rang, ligne.precision)
            champ = cle_montant(ligne.compte, budget.annees[0], ligne.rang)
            yield Avertissement(champ, f"{nom} : aucun montant, cette ligne ne sera pas déposée.")


def _fse_ailleurs(financeurs: list[Financeur]) -> Iterator[Avertissement]:
    """Un organisme intermédiaire gère du FSE : sa propre aide est possible, le même argent deux fois ne l’est pas."""
    for ligne in financeurs:
        if ligne.compte != FSE and designe_le_fse(ligne.precision):
            texte = f"« {ligne.precision} » : si c’est du Fonds social européen, il va sur sa ligne, une seule fois."
            yield Avertissement(f"precision_{cle_ligne(ligne.compte, ligne.rang)}", texte)


@dataclass(frozen=True, slots=True)
class Constat:
    """Ce que dit le bandeau d’équilibre. `static/js/budget.js` écrit les mêmes phrases à la frappe."""

    est_favorable: bool
    titre: str
    phrases: list[str]


def constat(budget: Budget) -> Constat:
    """L’équilibre, l’écart de chaque année, la part du département."""
    if budget.est_vide:
        return Constat(
            est_favorable=False,
            titre="Budget encore vide.",
            phrases=["Tapez les charges et les produits de chaque année."],
        )
    phrases = [
        f"{annee} : {_minuscule(_phrase_d_ecart(ecart))}"
        for annee in budget.annees
        if (ecart := budget.ecart_a_couvrir(annee))
    ]
    phrases += [
        f"{annee} : les comptes 86 et 87 diffèrent de {euros(abs(ecart))}."
        for annee in budget.annees
        if (ecart := budget.ecart_en_nature(annee))
    ]
    depasse = [annee for annee in budget.annees if budget.demande(annee) > budget.cout(annee)]
    phrases += [
        f"{a} : la demande au Département ({euros(budget.demande(a))}) dépasse le coût ({euros(budget.cout(a))})."
        for a in depasse
    ]
    titre = "Budget équilibré chaque année." if budget.est_equilibre else "Budget à équilibrer."
    est_favorable = budget.est_equilibre and not depasse
    if budget.cout() and not depasse:
        phrases.append(f"Le Département financerait {pourcent(budget.part_du_departement)} de l’action.")
    return Constat(est_favorable, titre, phrases)


def _phrase_d_ecart(ecart: int) -> str:
    if ecart < 0:
        return f"Les charges dépassent les produits de {euros(-ecart)}."
    return f"Les produits dépassent les charges de {euros(ecart)}."


def _minuscule(phrase: str) -> str:
    return phrase[0].lower() + phrase[1:]


def pourcent(entier: int) -> str:
    """« 58 % »."""
    return format_pourcent(Decimal(entier), 0)


def euros(centimes: int) -> str:
    """« 1 235 € »."""
    return format_euros_ronds(en_euros(centimes))
