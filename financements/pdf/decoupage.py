"""Découper un rapport en volumes. Un PDF balisé ne se joint pas à un autre sans perdre ses balises."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, pairwise
from math import ceil
from typing import Any

from financements.chiffres import LigneAction, Perimetre, lignes_actions

ACTIONS_AU_PLUS = 1_000  # d’un volume de liste : une mise en page d’à peu près dix secondes et de moins de 300 Mo


@dataclass(frozen=True)
class Contenu:
    """Ce qu’un volume contient. `cles` : ses actions, dans l’ordre où elles s’impriment ; vide, toutes."""

    titre: str
    actions: int
    est_synthese: bool = False
    est_liste: bool = False
    est_de_l_elu: bool = False
    cles: tuple[int, ...] = ()

    def en_json(self) -> dict[str, Any]:
        """Forme gardée dans `Volume.contenu`."""
        return asdict(self)

    @classmethod
    def de_json(cls, donnees: dict[str, Any]) -> "Contenu":
        """Relit `Volume.contenu` ; les clés étrangères à la forme sont ignorées."""
        lu = {cle: donnees[cle] for cle in cls.__dataclass_fields__ if cle in donnees}
        return cls(**{**lu, "cles": tuple(lu.get("cles", ()))})

    def lignes(self, perimetre: Perimetre) -> list[LigneAction]:
        """Les actions de ce volume, lues seules."""
        return lignes_actions(perimetre, self.cles or None) if self.est_liste else []


def decouper(lignes: Sequence[LigneAction], maximum: int) -> list[Contenu]:
    """Un seul volume jusqu’à `maximum` actions ; au-delà la synthèse, puis un volume au moins par territoire.

    Chaque action va au volume de son territoire principal. L’ordre de `lignes` est gardé dans chaque volume.
    """
    if len(lignes) <= maximum:
        return [Contenu("Rapport complet", len(lignes), est_synthese=True, est_liste=True)]
    volumes = [Contenu("Synthèse", 0, est_synthese=True)]
    par_territoire = sorted(lignes, key=lambda ligne: ligne.territoire_nom)
    for nom, du_territoire in groupby(par_territoire, key=lambda ligne: ligne.territoire_nom):
        cles = [ligne.pk for ligne in du_territoire]
        parties = ceil(len(cles) / min(maximum, ACTIONS_AU_PLUS))
        bornes = [len(cles) * partie // parties for partie in range(parties + 1)]
        for partie, (debut, fin) in enumerate(pairwise(bornes), start=1):
            titre = nom if parties == 1 else f"{nom}, partie {partie} sur {parties}"
            volumes.append(Contenu(titre, fin - debut, est_liste=True, cles=tuple(cles[debut:fin])))
    return volumes
