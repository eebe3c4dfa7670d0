"""Une pièce jointe à un projet, même déposé."""

from comptes.models import Document
from projets.models import PieceDemandee, PieceJointe, Projet
from projets.states import EtatProjet
from tests.comptes.fabriques import DocumentFactory


def piece_jointe(projet: Projet, document: Document | None = None, piece: PieceDemandee | None = None) -> PieceJointe:
    """Jointe pendant que le projet se laissait écrire ; il retrouve ensuite son état."""
    document = document or DocumentFactory(organisme=projet.organisme)
    lignes = Projet.objects.filter(pk=projet.pk)
    etat = lignes.values_list("etat", flat=True).get()
    lignes.update(etat=EtatProjet.BROUILLON)
    jointe = PieceJointe.objects.create(projet=projet, document=document, piece=piece)
    lignes.update(etat=etat)
    return jointe
