"""Le solde d’une tranche : ce qui est dû d’après le coût réel, moins ce qui est versé. Centimes entiers."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Solde:
    """Ce que fait une tranche une fois son bilan validé (centimes). `solde` négatif : l’organisme doit rendre."""

    attribue: int
    du: int
    verse: int

    @property
    def solde(self) -> int:
        """Dû moins versé, signé."""
        return self.du - self.verse

    @property
    def a_payer(self) -> int:
        """Ce qui reste à verser."""
        return max(self.solde, 0)

    @property
    def trop_verse(self) -> int:
        """Ce que l’organisme rend."""
        return max(-self.solde, 0)

    @property
    def a_degager(self) -> int:
        """La part de la tranche qui n’est ni due ni versée : elle n’a plus à être engagée."""
        return self.attribue - max(self.du, self.verse)


def taux_de(attribue: int, cout_prevu: int) -> Fraction:
    """La part du coût prévu que l’aide couvre, au plus 1. Sans coût prévu, tout."""
    return min(Fraction(attribue, cout_prevu), Fraction(1)) if cout_prevu > 0 else Fraction(1)


def solder(*, attribue: int, cout_reel: int, taux: Fraction, verse: int) -> Solde:
    """min(attribué, coût réel éligible × taux) − versé (centimes), le produit arrondi au centime le plus proche.

    Lève `ValueError` pour un montant négatif, un taux hors de [0 ; 1], ou un versé au-delà de l’attribué.
    """
    if min(attribue, cout_reel, verse) < 0 or verse > attribue:
        raise ValueError("Un solde part de montants positifs, et d’un versé au plus égal à l’attribué.")
    if not 0 <= taux <= 1:
        raise ValueError("Le taux est entre 0 et 1.")
    couvert = int(cout_reel * taux + Fraction(1, 2))  # demi vers le haut
    return Solde(attribue=attribue, du=min(attribue, couvert), verse=verse)
