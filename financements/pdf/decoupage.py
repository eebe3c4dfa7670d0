"""Découper un rapport en volumes. Un PDF balisé ne se joint pas à un autre sans perdre ses balises."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from financements.chiffres import LigneAction

ACTIONS_AU_PLUS = 1_000  # d’un volume de liste : une mise en page d’à peu près dix secondes et de moins de 300 Mo


@dataclass(frozen=True)
class Contenu:
    """Ce qu’un volume contient. Sans `territoire`, la liste est entière ; sinon ses actions de rang `debut` à `fin`.

    Le rang compte parmi les actions dont ce territoire est le principal, dans l’ordre de `lignes_actions`.
    """

    titre: str
    actions: int
    est_synthese: bool = False
    est_liste: bool = False
    territoire: str = ""
    debut: int = 0
    fin: int = 0

    def en_json(self) -> dict[str, Any]:
        """Forme gardée dans `Volume.contenu`."""
        return asdict(self)

    @classmethod
    def de_json(cls, donnees: dict[str, Any]) -> "Contenu":
        """Relit `Volume.contenu` ; les clés étrangères à la forme sont ignorées."""
        return cls(**{cle: donnees[cle] for cle in cls.__dataclass_fields__ if cle in donnees})

    def choisir(self, lignes: Sequence[LigneAction]) -> list[LigneAction]:
        """Les actions de ce volume, parmi toutes celles du périmètre."""
        if not self.est_liste:
            return []
        if not self.territoire:
            return list(lignes)
        return [ligne for ligne in lignes if ligne.territoire_code == self.territoire][self.debut : self.fin]


def decouper(lignes: Sequence[LigneAction], maximum: int) -> list[Contenu]:
    """Un seul volume jusqu’à `maximum` actions ; au-delà la synthèse, puis un volume au moins par territoire."""
    if len(lignes) <= maximum:
        return [Contenu("Rapport complet", len(lignes), est_synthese=True, est_liste=True)]
    volumes = [Contenu("Synthèse", 0, est_synthese=True)]
    nombres = Counter((ligne.territoire_nom, ligne.territoire_code) for ligne in lignes)
    for (nom, code), nombre in sorted(nombres.items()):
        parties = ceil(nombre / min(maximum, ACTIONS_AU_PLUS))
        bornes = [nombre * partie // parties for partie in range(parties + 1)]
        for partie in range(parties):
            titre = nom if parties == 1 else f"{nom}, partie {partie + 1} sur {parties}"
            debut, fin = bornes[partie], bornes[partie + 1]
            volumes.append(Contenu(titre, fin - debut, est_liste=True, territoire=code, debut=debut, fin=fin))
    return volumes
