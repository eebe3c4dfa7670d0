"""Tout ce qu’il faut lire pour montrer et vérifier un projet, lu une fois, en un nombre constant de requêtes.

Tout se lit par les relations du projet (`.all()`) : `Projet.objects.en_dossier()` les précharge, pour un projet comme
pour la page entière d’une liste. Une relation lue ici doit y être préchargée.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from comptes.models import CompteBancaire, Document
from projets.models import Axe, PieceDemandee, PieceJointe, Projet, Question, Saisie
from projets.rules.fusion import Valeur
from projets.rules.saisies import axe_tape, intitule_tape
from territoires.models import Commune, Territoire


class Referentiel:
    """Ce qui ne dépend pas du projet : lu une fois pour tous ceux d’une page."""

    @cached_property
    def territoires(self) -> list[Territoire]:
        """Les territoires, dans leur ordre."""
        return list(Territoire.objects.defer("contour").order_by("nom_tri"))

    @cached_property
    def communes(self) -> dict[str, str]:
        """Le nom de chaque commune, par sa clé de tri."""
        return dict(Commune.objects.order_by("nom_tri").values_list("nom_tri", "nom"))


@dataclass
class DonneesDuProjet:
    """`projet` : venu de `Projet.objects.en_dossier()`."""

    projet: Projet
    referentiel: Referentiel = field(default_factory=Referentiel)

    @cached_property
    def saisies(self) -> dict[str, Saisie]:
        """Les saisies, par champ."""
        return {s.champ: s for s in self.projet.saisies.all()}

    @cached_property
    def valeurs(self) -> dict[str, Valeur]:
        """Ce qui a été tapé, par champ."""
        return {champ: saisie.valeur for champ, saisie in self.saisies.items()}

    @cached_property
    def intitule(self) -> str:
        """L’intitulé tel qu’il s’écrit maintenant : la ligne du projet, elle, garde celui qui est déposé."""
        return intitule_tape(self.valeurs) or self.projet.intitule

    @cached_property
    def axe(self) -> Axe:
        """L’axe tel qu’il est choisi maintenant ; à défaut, celui de la ligne du projet."""
        choisi = axe_tape(self.valeurs)
        return next((axe for axe in self.axes if axe.pk == choisi), self.projet.axe)

    @cached_property
    def axes(self) -> list[Axe]:
        """Les axes de l’appel, dans l’ordre."""
        return sorted(self.projet.appel.axes.all(), key=lambda axe: axe.numero)

    @cached_property
    def toutes_les_questions(self) -> list[Question]:
        """Les questions posées à tous, puis celles de chaque axe."""
        questions = sorted(self.projet.appel.questions.all(), key=lambda q: q.ordre)
        return sorted(questions, key=lambda q: q.axe_id is not None)

    @cached_property
    def questions(self) -> list[Question]:
        """Les questions de l’appel posées à tous, puis celles de l’axe du projet."""
        return [q for q in self.toutes_les_questions if q.axe_id in {None, self.axe.pk}]

    @cached_property
    def pieces(self) -> list[PieceDemandee]:
        """Les pièces demandées à tous, puis celles de l’axe du projet."""
        pieces = sorted(self.projet.appel.pieces.all(), key=lambda p: p.ordre)
        return sorted((p for p in pieces if p.axe_id in {None, self.axe.pk}), key=lambda p: p.axe_id is not None)

    @cached_property
    def jointes(self) -> list[PieceJointe]:
        """Les pièces jointes, dans l’ordre où elles l’ont été."""
        return list(self.projet.pieces_jointes.all())

    @cached_property
    def documents(self) -> list[Document]:
        """La bibliothèque de l’organisme, ce qui peut encore se joindre. Lue pour la seule étape des pièces."""
        return list(self.projet.organisme.documents.proposables())

    def pieces_figees(self) -> list[dict[str, Any]]:
        """Les pièces telles que le dépôt les fige : à quoi elles répondent, leur nom, leur taille, leur empreinte."""
        return [
            {
                "piece": str(jointe.piece or jointe.document.intitule),
                "document": jointe.document_id,
                "nom": jointe.document.nom,
                "octets": jointe.document.taille,
                "empreinte": jointe.document.empreinte,
            }
            for jointe in self.jointes
        ]

    @property
    def territoires(self) -> list[Territoire]:
        """Les territoires, dans leur ordre."""
        return self.referentiel.territoires

    @property
    def communes(self) -> dict[str, str]:
        """Le nom de chaque commune, par sa clé de tri ; lues seulement si quelqu’un en tape."""
        return self.referentiel.communes

    @cached_property
    def comptes_bancaires(self) -> list[CompteBancaire]:
        """Les comptes de l’organisme qui servent encore."""
        return [c for c in self.projet.organisme.comptes_bancaires.all() if not c.est_archive]

    @cached_property
    def comptes_archives(self) -> list[CompteBancaire]:
        """Ceux qui ne servent plus."""
        return [c for c in self.projet.organisme.comptes_bancaires.all() if c.est_archive]

    @property
    def annees(self) -> list[int]:
        """Les années de l’appel."""
        return self.projet.appel.annees
