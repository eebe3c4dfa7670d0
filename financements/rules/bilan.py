"""Le bilan d’une année : écarts au prévu, équilibre, coût réel éligible proposé. Centimes entiers, ni base ni horloge.

Le compte rendu financier a les lignes de la demande, prévu à côté du réalisé, et explique ses écarts (Cerfa 15059 ;
arrêté du 11 octobre 2006 ; loi 2000-321, art. 10).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

CHARGE, PRODUIT = "charge", "produit"
CHARGE_NATURE, PRODUIT_NATURE = "charge_nature", "produit_nature"
TOTAL: Final = "TOTAL"  # le poste unique d’un projet sans budget détaillé
# Hors du coût éligible proposé : frais financiers, charges exceptionnelles, impôt sur les bénéfices, excédent.
NON_ELIGIBLES = frozenset({"66", "67", "69", "IND2", "EXC"})
CALCULES = frozenset({"EXC", "INS"})  # le résultat de l’action ne s’explique pas comme un poste
FIN_DU_DELAI = (6, 30)  # six mois après un exercice qui est l’année civile
RELANCES = (-30, -7, 1, 30)  # jours autour de l’échéance
RATTRAPAGE = 6  # jours : une relance manquée se rattrape jusque-là, jamais des années plus tard


def echeance(annee: int) -> date:
    """Le 30 juin suivant : six mois après la fin de l’exercice (loi 2000-321, art. 10)."""
    return date(annee + 1, *FIN_DU_DELAI)


def relance_du_jour(du_le: date, jour: date) -> int | None:
    """La relance à faire ce jour-là (un nombre de `RELANCES`), None s’il n’y en a pas."""
    ecoules = (jour - du_le).days
    dues = [relance for relance in RELANCES if relance <= ecoules <= relance + RATTRAPAGE]
    return dues[-1] if dues else None


@dataclass(frozen=True, slots=True)
class Seuil:
    """Un écart s’explique s’il dépasse à la fois `pourcent` du prévu et `montant` (centimes)."""

    pourcent: int
    montant: int

    def est_depasse(self, prevu: int, realise: int) -> bool:
        """Vrai si l’écart dépasse les deux. Sans rien de prévu, le montant seul compte."""
        ecart = abs(realise - prevu)
        return ecart > self.montant and 100 * ecart > self.pourcent * prevu


@dataclass(frozen=True, slots=True)
class LigneDuBilan:
    """Un montant d’un compte (centimes). `poste` : le compte à deux chiffres, ou la ligne elle-même."""

    cote: str
    compte: str
    poste: str
    prevu: int
    realise: int


@dataclass(frozen=True, slots=True)
class Poste:
    """Un poste du compte rendu : ce qui était prévu, ce qui a été fait (centimes)."""

    cote: str
    cle: str
    prevu: int
    realise: int
    est_a_expliquer: bool

    @property
    def ecart(self) -> int:
        """Réalisé moins prévu."""
        return self.realise - self.prevu


@dataclass(frozen=True, slots=True)
class CompteRendu:
    """`lignes` : toutes, calculées comprises ; `cout_prevu` : celui de l’année, s’il n’y a pas de budget détaillé."""

    lignes: tuple[LigneDuBilan, ...]
    seuil: Seuil
    cout_prevu: int | None = None

    def total(self, cote: str) -> int:
        """Le réalisé d’un côté."""
        return sum(ligne.realise for ligne in self.lignes if ligne.cote == cote)

    def prevu(self, cote: str) -> int:
        """Le prévu d’un côté ; celui de l’année pour des charges sans détail."""
        somme = sum(ligne.prevu for ligne in self.lignes if ligne.cote == cote)
        return self.cout_prevu or 0 if cote == CHARGE and not self.est_detaille else somme

    def du_poste(self, cote: str, poste: str) -> tuple[int, int]:
        """Le prévu et le réalisé d’un poste."""
        lignes = [ligne for ligne in self.lignes if (ligne.cote, ligne.poste) == (cote, poste)]
        return sum(ligne.prevu for ligne in lignes), sum(ligne.realise for ligne in lignes)

    @property
    def est_detaille(self) -> bool:
        """Vrai si le prévu des charges est connu poste par poste."""
        return any(ligne.prevu for ligne in self.lignes if ligne.cote == CHARGE)

    @property
    def ecart(self) -> int:
        """Produits moins charges, contributions volontaires à part."""
        return self.total(PRODUIT) - self.total(CHARGE)

    @property
    def ecart_en_nature(self) -> int:
        """Compte 87 moins compte 86."""
        return self.total(PRODUIT_NATURE) - self.total(CHARGE_NATURE)

    def postes(self) -> list[Poste]:
        """Les postes des charges et des produits où quelque chose est prévu ou fait, dans l’ordre des lignes."""
        if not self.est_detaille:
            realise = self.total(CHARGE)
            if self.cout_prevu is None:
                return []
            depasse = self.seuil.est_depasse(self.cout_prevu, realise)
            return [Poste(CHARGE, TOTAL, self.cout_prevu, realise, depasse)]
        sommes: dict[tuple[str, str], list[int]] = {}
        for ligne in self.lignes:
            if ligne.cote in {CHARGE, PRODUIT} and ligne.compte not in CALCULES:
                somme = sommes.setdefault((ligne.cote, ligne.poste), [0, 0])
                somme[0] += ligne.prevu
                somme[1] += ligne.realise
        return [
            Poste(cote, cle, prevu, realise, self.seuil.est_depasse(prevu, realise))
            for (cote, cle), (prevu, realise) in sommes.items()
            if prevu or realise
        ]

    def cout_eligible_propose(self) -> int:
        """Les charges réalisées, sans les contributions volontaires ni les comptes de `NON_ELIGIBLES`.

        Le service en retient un autre s’il le motive.
        """
        return sum(
            ligne.realise
            for ligne in self.lignes
            if ligne.cote == CHARGE and not {ligne.compte, ligne.poste} & NON_ELIGIBLES
        )


def part_pour_mille(realise: int, prevu: int) -> int | None:
    """Le réalisé rapporté au prévu, en pour mille, demi vers le haut ; None si rien n’était prévu."""
    return (2000 * realise + prevu) // (2 * prevu) if prevu else None


def a_expliquer(compte_rendu: CompteRendu, explications: Mapping[str, str]) -> list[Poste]:
    """Les postes dont l’écart dépasse le seuil et que rien n’explique encore."""
    return [p for p in compte_rendu.postes() if p.est_a_expliquer and not explications.get(p.cle, "").strip()]


def motif_est_du(propose: int, retenu: int) -> bool:
    """Vrai si le coût retenu (centimes) n’est pas celui qui est proposé : il se motive."""
    return propose != retenu


def cout_par_personne(cout: int, personnes: int | None) -> int | None:
    """Centimes par personne accompagnée, demi vers le haut ; None si l’effectif est inconnu ou nul."""
    return (2 * cout + personnes) // (2 * personnes) if personnes else None
