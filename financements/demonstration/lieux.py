"""Où les actions se passent : territoires, communes, parts, et comment le dire en français."""

from collections.abc import Mapping
from random import Random

from territoires.imports.nord import CommuneDuNord, lire_communes
from territoires.rules.plus_forts_restes import repartir

# Écart des crédits votés au prorata des allocataires, en pour mille : inventé, comme les effectifs.
ECARTS = {"AVE": -12, "CAM": 24, "DOU": 39, "FLI": -180, "FLM": 41, "MLI": 48, "MRT": -46, "VAL": -38}
VOISINS = {
    "AVE": ("CAM", "VAL"),
    "CAM": ("AVE", "DOU", "VAL"),
    "DOU": ("CAM", "VAL", "MLI"),
    "FLI": ("FLM", "MLI"),
    "FLM": ("FLI", "MLI"),
    "MLI": ("MRT", "DOU", "FLI"),
    "MRT": ("MLI", "DOU"),
    "VAL": ("AVE", "DOU", "CAM"),
}
CLES_A_DEUX = ((60, 40), (50, 50), (70, 30), (75, 25), (80, 20), (65, 35))
CLES_A_TROIS = ((50, 30, 20), (40, 35, 25), (60, 25, 15), (34, 33, 33))
# Sur cent actions à plusieurs territoires ; les autres en ont deux.
DEPARTEMENTALES = 8
A_TROIS = 22
DANS = {
    "AVE": "l’Avesnois",
    "CAM": "le Cambrésis",
    "DOU": "le Douaisis",
    "FLI": "la Flandre intérieure",
    "FLM": "la Flandre maritime",
    "MLI": "la métropole lilloise",
    "MRT": "la métropole de Roubaix-Tourcoing",
    "VAL": "le Valenciennois",
}


def villes() -> dict[str, list[CommuneDuNord]]:
    """Communes par territoire, de la plus peuplée à la moins peuplée."""
    lues = sorted(lire_communes(), key=lambda ville: (-ville.population, ville.code_insee))
    return {code: [ville for ville in lues if ville.territoire == code] for code in ECARTS}


def tirer_ville(alea: Random, choix: list[CommuneDuNord]) -> CommuneDuNord:
    """Une commune, avec une chance proportionnelle à sa population."""
    numero = alea.randrange(sum(ville.population for ville in choix))
    for ville in choix:
        numero -= ville.population
        if numero < 0:
            return ville
    raise AssertionError  # la somme des populations dépasse le numéro tiré


def a_commune(nom: str) -> str:
    """« à Lille », « au Quesnoy », « aux Rues-des-Vignes », « à La Bassée »."""
    if nom.startswith("Le "):
        return f"au {nom.removeprefix('Le ')}"
    if nom.startswith("Les "):
        return f"aux {nom.removeprefix('Les ')}"
    return f"à {nom}"


def contracter(phrase: str) -> str:
    """« de le Douaisis » devient « du Douaisis », « à le » devient « au »."""
    return phrase.replace(" de le ", " du ").replace(" à le ", " au ")


def dire_les_territoires(codes: list[str]) -> str:
    """« dans le Douaisis et le Valenciennois » ; tous ensemble : « dans tout le département »."""
    if len(codes) == len(DANS):
        return "dans tout le département"
    noms = [DANS[code] for code in codes]
    return f"dans {', '.join(noms[:-1])} et {noms[-1]}" if len(noms) > 1 else f"dans {noms[0]}"


class Repartiteur:
    """Place les actions une à une pour que chaque territoire finisse près de sa cible.

    `cible` : crédits attendus par territoire pour les lots déjà ouverts, moins ceux déjà placés (centimes).
    """

    def __init__(self, alea: Random, poids: Mapping[str, int]) -> None:
        self.alea = alea
        self.poids = {code: poids[code] * (1000 + ecart) for code, ecart in ECARTS.items()}
        self.departement = tuple(sorted(repartir(100, poids).items(), key=lambda part: -part[1]))
        self.cible = dict.fromkeys(self.poids, 0)

    def ouvrir(self, total: int) -> None:
        """Ajoute les crédits d’un lot aux cibles."""
        for code, montant in repartir(total, self.poids).items():
            self.cible[code] += montant

    def placer(self, montant: int, *, au_plus_pres: bool, plusieurs: bool) -> tuple[tuple[str, int], ...]:
        """Choisit les parts d’une action de `montant` centimes : (territoire, %), le principal d’abord."""
        principal = self._principal(montant, au_plus_pres=au_plus_pres)
        parts = self._parts(principal, montant) if plusieurs else ((principal, 100),)
        for code, part in parts:
            self.cible[code] -= montant * part // 100
        return parts

    def _principal(self, montant: int, *, au_plus_pres: bool) -> str:
        ouverts = [code for code, reste in self.cible.items() if reste >= montant]
        if au_plus_pres or not ouverts:
            return max(self.cible, key=lambda code: (self.cible[code], code))
        numero = self.alea.randrange(sum(self.cible[code] for code in ouverts))
        for code in ouverts:
            numero -= self.cible[code]
            if numero < 0:
                return code
        raise AssertionError  # le numéro tiré est sous la somme

    def _parts(self, principal: str, montant: int) -> tuple[tuple[str, int], ...]:
        sorte = self.alea.randrange(100)
        if sorte < DEPARTEMENTALES:
            return self.departement
        # Un voisin qui a déjà presque tout reçu ne prend pas part à une grande action.
        voisins = [code for code in VOISINS[principal] if self.cible[code] * 2 >= montant] or [VOISINS[principal][0]]
        self.alea.shuffle(voisins)
        cle: tuple[int, ...] = self.alea.choice(CLES_A_DEUX)
        if sorte < DEPARTEMENTALES + A_TROIS and len(voisins) > 1:
            cle = self.alea.choice(CLES_A_TROIS)
        return tuple(zip([principal, *voisins], cle, strict=False))
