"""Une pièce jointe à un projet, même déposé."""

from django.utils import timezone

from comptes.models import Document
from projets.models import Depot, PieceDemandee, PieceJointe, Projet
from projets.states import EtatProjet
from tests.comptes.fabriques import DocumentFactory
from tests.projets.fabriques import CONTENU_DEPOSE


def piece_jointe(projet: Projet, document: Document | None = None, piece: PieceDemandee | None = None) -> PieceJointe:
    """Jointe pendant que le projet se laissait écrire ; il retrouve ensuite son état."""
    document = document or DocumentFactory(organisme=projet.organisme)
    lignes = Projet.objects.filter(pk=projet.pk)
    etat = lignes.values_list("etat", flat=True).get()
    lignes.update(etat=EtatProjet.BROUILLON)
    jointe = PieceJointe.objects.create(projet=projet, document=document, piece=piece)
    lignes.update(etat=etat)
    return jointe


def depot_avec(projet: Projet, *documents: Document, version: int = 1) -> Depot:
    """Un dépôt dont la copie nomme ces documents."""
    pieces = [
        {"piece": "Statuts", "document": d.pk, "nom": d.nom, "octets": d.taille, "empreinte": d.empreinte}
        for d in documents
    ]
    return Depot.objects.create(
        projet=projet,
        version=version,
        depose_le=timezone.now(),
        contenu={**CONTENU_DEPOSE, "pieces": pieces},
        empreinte="a" * 64,
    )
