"""Modèles des appels et des projets."""

from projets.models.affectation import Absence, Affectation, Deport, VueEnregistree
from projets.models.appel import AppelAProjets, Axe
from projets.models.avis import AvisAssocie, AvisInstruction, PropositionAnnuelle
from projets.models.avis_externe import AvisExterne, DemandeDeMotifs
from projets.models.budget import LigneBudget
from projets.models.cofinancement import Cofinancement
from projets.models.commentaire import Commentaire
from projets.models.depot import Depot, DocumentDepose, Recepisse
from projets.models.echanges import DemandeDeComplement, MessageDuProjet
from projets.models.journal import ExportDuJournal
from projets.models.lot import LigneDeLot, Lot
from projets.models.notation import Notation, Note
from projets.models.piece_jointe import PieceJointe
from projets.models.projet import ExerciceProjet, PartProjet, Projet
from projets.models.prolongation import Prolongation
from projets.models.rappel import RappelFait
from projets.models.recevabilite import ControleDeRecevabilite, Irrecevabilite, PointDeRecevabilite
from projets.models.recherche import TexteCherche
from projets.models.reglages import Critere, PieceDemandee, Question
from projets.models.saisie import Saisie

__all__ = [
    "Absence",
    "Affectation",
    "AppelAProjets",
    "AvisAssocie",
    "AvisExterne",
    "AvisInstruction",
    "Axe",
    "Cofinancement",
    "Commentaire",
    "ControleDeRecevabilite",
    "Critere",
    "DemandeDeComplement",
    "DemandeDeMotifs",
    "Deport",
    "Depot",
    "DocumentDepose",
    "ExerciceProjet",
    "ExportDuJournal",
    "Irrecevabilite",
    "LigneBudget",
    "LigneDeLot",
    "Lot",
    "MessageDuProjet",
    "Notation",
    "Note",
    "PartProjet",
    "PieceDemandee",
    "PieceJointe",
    "PointDeRecevabilite",
    "Projet",
    "Prolongation",
    "PropositionAnnuelle",
    "Question",
    "RappelFait",
    "Recepisse",
    "Saisie",
    "TexteCherche",
    "VueEnregistree",
]
