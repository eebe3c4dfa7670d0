"""L’onglet des pièces : la liste, et le document choisi montré à côté du projet."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from config.socle.fichiers.envoi import MONTRABLES
from projets.models.depot import Depot, PieceDeposee
from projets.views.instruction.lecture import Lecture


@dataclass(frozen=True, slots=True)
class Piece:
    """Une pièce de la copie figée. `cle` : ce que l’adresse en garde ; `adresse` : où elle se télécharge."""

    cle: str
    deposee: PieceDeposee
    adresse: str

    @property
    def se_montre(self) -> bool:
        """Un PDF ou une image, que l’antivirus a libéré : le reste se télécharge."""
        document = self.deposee.document
        return document is not None and self.deposee.est_telechargeable and document.format in MONTRABLES

    @property
    def est_une_image(self) -> bool:
        """Une image s’agrandit à la largeur du cadre ; un PDF a sa visionneuse."""
        return self.deposee.document is not None and self.deposee.document.format != "pdf"


def onglet_pieces(lecture: Lecture) -> dict[str, Any]:
    """Les pièces de la dernière copie figée, celle que demande `?piece=` (à défaut la première qui se montre), et ses
    voisines.
    """
    depot = lecture.projet.depots.last()
    pieces = _pieces(depot) if depot else []
    demandee = lecture.parametres.get("piece", "")
    choisie = next((p for p in pieces if p.cle == demandee), None) or next((p for p in pieces if p.se_montre), None)
    rang = pieces.index(choisie) if choisie else -1
    return {
        "pieces": pieces,
        "choisie": choisie,
        "precedente": pieces[rang - 1] if rang > 0 else None,
        "suivante": pieces[rang + 1] if choisie and rang + 1 < len(pieces) else None,
        "rang": rang + 1,
    }


def _pieces(depot: Depot) -> list[Piece]:
    return [
        Piece(str(d.rang), d, reverse("projets:piece_deposee", args=[depot.projet_id, depot.version, d.rang]))
        for d in depot.pieces_deposees
    ]
