"""L’étape des pièces : ce qui est demandé, ce qui est joint, ce que la bibliothèque propose. Aucun champ à taper."""

from dataclasses import dataclass

from comptes.models import Document
from comptes.rules.documents import nature_probable
from config.socle.fichiers.champ import extensions
from config.socle.fichiers.formats import FormatDeFichier
from projets.forms.dossier.donnees import DonneesDuProjet
from projets.forms.dossier.etape import EtapeForm, Manque
from projets.models import PieceDemandee, PieceJointe

ETAPE = "pieces"
LIBRES = "pieces-libres"


@dataclass(frozen=True, slots=True)
class LigneDePiece:
    """Une pièce demandée (ou les libres), ce qui y est joint, ce qui peut l’être, les plus probables d’abord."""

    piece: PieceDemandee | None
    jointes: list[PieceJointe]
    documents: list[Document]
    nature: str = ""

    @property
    def ancre(self) -> str:
        """L’identifiant HTML de la pièce."""
        return ancre_de(self.piece)

    @property
    def accept(self) -> str:
        """Les extensions que propose le choix de fichier."""
        return extensions(self.piece.formats if self.piece else FormatDeFichier.values)

    @property
    def propose_le_premier(self) -> bool:
        """Vrai si le premier document est de la nature attendue ; sinon, à la personne de choisir."""
        return bool(self.nature) and self.documents[0].nature == self.nature

    @property
    def est_pourvue(self) -> bool:
        """Un document au moins y répond."""
        return any(not jointe.defaut for jointe in self.jointes)


class PiecesForm(EtapeForm):
    """Sans champ : joindre et retirer sont des actes immédiats."""

    @property
    def lignes(self) -> list[LigneDePiece]:
        """Chaque pièce demandée, puis les pièces libres, où vont aussi celles que l’axe du projet ne demande plus."""
        donnees = self.donnees
        demandees = {piece.pk for piece in donnees.pieces}
        lignes = [
            self._ligne(piece, [j for j in donnees.jointes if j.piece_id == piece.pk]) for piece in donnees.pieces
        ]
        libres = [jointe for jointe in donnees.jointes if jointe.piece_id not in demandees]
        return [*lignes, self._ligne(None, libres)]

    def _ligne(self, piece: PieceDemandee | None, jointes: list[PieceJointe]) -> LigneDePiece:
        deja = {jointe.document_id for jointe in jointes}
        documents = [
            document
            for document in self.donnees.documents
            if document.pk not in deja and not (piece and piece.refus(document.format, document.taille))
        ]
        probable = nature_probable(piece.intitule) if piece else ""
        ranges = sorted(documents, key=lambda document: document.nature != probable)
        return LigneDePiece(piece, jointes, ranges, probable)


def ancre_de(piece: PieceDemandee | None) -> str:
    """« piece-12 », ou l’ancre des pièces libres."""
    return f"piece-{piece.pk}" if piece else LIBRES


def controle_des_pieces(donnees: DonneesDuProjet) -> list[Manque]:
    """Une pièce obligatoire sans document, et tout document joint qui ne peut pas être déposé."""
    demandees = {piece.pk: piece for piece in donnees.pieces}
    pourvues = {jointe.piece_id for jointe in donnees.jointes}
    absentes = [piece for piece in donnees.pieces if piece.est_obligatoire and piece.pk not in pourvues]
    return [
        Manque(ETAPE, ancre_de(piece), piece.intitule, "Joignez ce document, il est obligatoire.")
        for piece in absentes
    ] + [
        Manque(ETAPE, ancre_de(demandees.get(jointe.piece_id or 0)), str(jointe.document), jointe.defaut)
        for jointe in donnees.jointes
        if jointe.defaut
    ]
