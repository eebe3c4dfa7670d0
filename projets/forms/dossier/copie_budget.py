"""Le budget tel que la copie le montre et le fige : ses lignes non nulles et ses totaux, en centimes."""

from collections.abc import Iterable
from typing import Any

from projets.forms.dossier.tableau_budget import TITRES
from projets.rules.budget import Budget, Ligne
from projets.rules.lignes_cerfa import CHARGE, EXCEDENT, INSUFFISANCE, PAR_COMPTE, PRODUIT, nom_du_financeur

COTES_DE_L_ECART = {EXCEDENT: CHARGE, INSUFFISANCE: PRODUIT}


def copie_du_budget(budget: Budget) -> list[dict[str, Any]]:
    """Un tableau par côté où quelque chose est chiffré ; les montants suivent l’ordre des années, puis leur total."""
    return [_tableau(budget, cote) for cote in TITRES if budget.du_cote(cote)]


def _tableau(budget: Budget, cote: str) -> dict[str, Any]:
    titre, libelle_du_total = TITRES[cote]
    lignes: dict[tuple[str, int], list[Ligne]] = {}
    for ligne in budget.lignes:
        if ligne.cote == cote:
            lignes.setdefault((ligne.compte, ligne.rang), []).append(ligne)
    ecarts = [_ecart(budget, compte) for compte, sien in COTES_DE_L_ECART.items() if sien == cote]
    return {
        "titre": titre,
        "annees": list(budget.annees),
        "lignes": [_ligne(budget, *cle, siennes) for cle, siennes in lignes.items()],
        "libelle_du_total": libelle_du_total,
        "total": _avec_le_total(budget.du_cote(cote, annee) for annee in budget.annees),
        "ecarts": [ecart for ecart in ecarts if any(ecart["montants"])],
    }


def _ligne(budget: Budget, compte: str, rang: int, lignes: list[Ligne]) -> dict[str, Any]:
    precision = next((ligne.precision for ligne in lignes if ligne.precision), "")
    nom = nom_du_financeur(compte, rang, precision)
    par_annee = {ligne.annee: ligne.montant for ligne in lignes}
    return {
        "compte": compte,
        "libelle": nom,
        "est_acquis": (compte, rang) in budget.acquis,
        "montants": _avec_le_total(par_annee.get(annee, 0) for annee in budget.annees),
    }


def _ecart(budget: Budget, compte: str) -> dict[str, Any]:
    calcul = budget.excedent if compte == EXCEDENT else budget.insuffisance
    return {
        "libelle": PAR_COMPTE[compte].libelle,
        "montants": _avec_le_total(calcul(annee) for annee in budget.annees),
    }


def _avec_le_total(montants: Iterable[int]) -> list[int]:
    suite = list(montants)
    return [*suite, sum(suite)]
