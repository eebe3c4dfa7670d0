"""Le budget d’un projet : ses totaux, son équilibre, la part du département. Tout est en centimes entiers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from projets.rules.lignes_cerfa import (
    CHARGE,
    CHARGE_NATURE,
    DEPARTEMENT,
    EXCEDENT,
    FSE,
    INSUFFISANCE,
    NATURES,
    PAR_COMPTE,
    PRODUIT,
    PRODUIT_NATURE,
)


@dataclass(frozen=True, slots=True)
class Ligne:
    """Un montant (centimes) d’un compte, une année. `rang` distingue les financeurs d’un même compte."""

    annee: int
    cote: str
    compte: str
    montant: int
    rang: int = 0
    precision: str = ""


@dataclass(frozen=True, slots=True)
class Cofinanceur:
    """Un financeur autre que le département : code de `Financeur`, montant de toutes les années (centimes)."""

    financeur: str
    precision: str
    montant: int
    est_acquis: bool


@dataclass(frozen=True, slots=True)
class BudgetVerifie:
    """Un budget auquel rien ne manque, prêt à s’écrire. Montants en centimes.

    `exercices` : (coût, montant demandé) des années où l’on prévoit quelque chose. Les lignes comptent l’excédent ou
    l’insuffisance : charges et produits y sont égaux chaque année.
    """

    lignes: tuple[Ligne, ...]
    exercices: Mapping[int, tuple[int, int]]
    cofinancements: tuple[Cofinanceur, ...]


@dataclass(frozen=True)
class Budget:
    """Ce qui est tapé, lignes non nulles. L’écart d’une année n’est couvert que si le porteur l’a dit.

    `excedent_assume` : un excédent est prévu ; `insuffisance_assumee` : l’organisme autofinance ce qui manque.
    `acquis` : les (compte, rang) dont l’aide est déjà accordée.
    """

    annees: tuple[int, ...]
    lignes: tuple[Ligne, ...]
    acquis: frozenset[tuple[str, int]] = frozenset()
    excedent_assume: bool = False
    insuffisance_assumee: bool = False

    @cached_property
    def _sommes(self) -> dict[tuple[str, ...], int]:
        """Chaque total, par clé : (côté, année), (groupe, année), (ligne)…"""
        sommes: dict[tuple[str, ...], int] = {}
        for ligne in self.lignes:
            groupe, annee = PAR_COMPTE[ligne.compte].groupe, str(ligne.annee)
            for cle in (
                ("cote", ligne.cote, annee),
                ("cote", ligne.cote),
                ("groupe", groupe, annee),
                ("groupe", groupe),
                ("ligne", ligne.compte, str(ligne.rang), annee),
                ("ligne", ligne.compte, str(ligne.rang)),
            ):
                sommes[cle] = sommes.get(cle, 0) + ligne.montant
        return sommes

    def _somme(self, *cle: object) -> int:
        return self._sommes.get(tuple(str(partie) for partie in cle if partie is not None), 0)

    def du_cote(self, cote: str, annee: int | None = None) -> int:
        """Le total d’un côté, hors excédent et insuffisance ; toutes années sans `annee`."""
        return self._somme("cote", cote, annee)

    def du_groupe(self, groupe: str, annee: int | None = None) -> int:
        """Le total d’un compte parent (« 60 »)."""
        return self._somme("groupe", groupe, annee)

    def de_la_ligne(self, compte: str, rang: int = 0, annee: int | None = None) -> int:
        """Le montant d’une ligne."""
        return self._somme("ligne", compte, rang, annee)

    def cout(self, annee: int | None = None) -> int:
        """Le coût de l’action : ses charges, hors contributions volontaires et hors excédent."""
        return self.du_cote(CHARGE, annee)

    def demande(self, annee: int | None = None) -> int:
        """Ce qui est demandé au département."""
        return self.de_la_ligne(DEPARTEMENT, 0, annee)

    def excedent(self, annee: int) -> int:
        """Les produits au-delà des charges, si le porteur prévoit un excédent (ligne « bénéfice » du Cerfa)."""
        return max(0, self.ecart(annee)) if self.excedent_assume else 0

    def insuffisance(self, annee: int) -> int:
        """Les charges au-delà des produits, si l’organisme les prend sur lui (« autofinancement » du Cerfa)."""
        return max(0, -self.ecart(annee)) if self.insuffisance_assumee else 0

    def ecart(self, annee: int) -> int:
        """Produits moins charges, tels que tapés."""
        return self.du_cote(PRODUIT, annee) - self.du_cote(CHARGE, annee)

    def ecart_a_couvrir(self, annee: int) -> int:
        """Ce qui reste de l’écart une fois l’excédent et l’insuffisance comptés ; zéro : l’année est équilibrée."""
        return self.ecart(annee) - self.excedent(annee) + self.insuffisance(annee)

    def ecart_en_nature(self, annee: int) -> int:
        """Compte 87 moins compte 86 : ils sont égaux."""
        return self.du_cote(PRODUIT_NATURE, annee) - self.du_cote(CHARGE_NATURE, annee)

    @property
    def est_vide(self) -> bool:
        """Vrai si rien n’est chiffré, ni en charges ni en produits."""
        return not self.du_cote(CHARGE) and not self.du_cote(PRODUIT)

    @property
    def est_equilibre(self) -> bool:
        """Vrai si charges et produits sont égaux chaque année, comptes 86 et 87 compris."""
        return not any(self.ecart_a_couvrir(a) or self.ecart_en_nature(a) for a in self.annees)

    @property
    def part_du_departement(self) -> int:
        """La demande rapportée au coût, en pour cent entier, demi vers le haut ; 0 sans coût."""
        cout = self.cout()
        return (200 * self.demande() + cout) // (2 * cout) if cout else 0

    def cofinanceurs(self) -> tuple[Cofinanceur, ...]:
        """Les financeurs du compte 74 autres que le département, toutes années, dans l’ordre du formulaire."""
        lignes = {(li.compte, li.rang): li.precision for li in self.lignes if li.compte in NATURES}
        lignes.pop((DEPARTEMENT, 0), None)
        return tuple(
            Cofinanceur(
                financeur="fse" if (compte, rang) == (FSE, 0) else NATURES[compte].financeur,
                precision=precision,
                montant=self.de_la_ligne(compte, rang),
                est_acquis=(compte, rang) in self.acquis,
            )
            for (compte, rang), precision in lignes.items()
        )

    def verifie(self) -> BudgetVerifie:
        """De quoi écrire le budget au dépôt. `ValueError` si une année n’est pas équilibrée."""
        if not self.est_equilibre:
            raise ValueError("les charges et les produits ne sont pas égaux")
        return BudgetVerifie(
            lignes=(*self.lignes, *self._calculees()),
            exercices={a: (self.cout(a), self.demande(a)) for a in self.annees if self.cout(a)},
            cofinancements=self.cofinanceurs(),
        )

    def _calculees(self) -> Iterable[Ligne]:
        for annee in self.annees:
            if montant := self.excedent(annee):
                yield Ligne(annee, CHARGE, EXCEDENT, montant)
            if montant := self.insuffisance(annee):
                yield Ligne(annee, PRODUIT, INSUFFISANCE, montant)
