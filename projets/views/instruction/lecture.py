"""Ce que reçoivent un onglet et un panneau de la fiche d’instruction."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.http import QueryDict

from comptes.models import Personne
from projets.actions.collisions import dernier_passage
from projets.chiffres.notation import NotationDuProjet, bilan_et_totaux
from projets.models import DemandeDeComplement, ExerciceProjet, Notation, Projet
from projets.permissions import lit_sans_noter


@dataclass(frozen=True)
class Lecture:
    """Qui lit quel projet, et ce que l’adresse demande de plus. Ce que deux panneaux lisent ne se lit qu’une fois."""

    personne: Personne
    projet: Projet
    parametres: QueryDict = field(default_factory=QueryDict)

    @cached_property
    def notations_ouvertes(self) -> bool:
        """Vrai si la personne lit les notations des autres."""
        if lit_sans_noter(self.personne, self.projet):
            return True
        return any(n.instructeur_id == self.personne.pk and n.rendue_le is not None for n in self._notations)

    @cached_property
    def notations(self) -> list[Notation]:
        """Ce que la personne lit, notes comprises : la sienne, ou toutes celles qui comptent une fois ouvertes."""
        if self.notations_ouvertes:
            return [notation for notation in self._notations if notation.rendue_le is not None]
        return [notation for notation in self._notations if notation.instructeur_id == self.personne.pk]

    @property
    def bilan(self) -> NotationDuProjet:
        """Ce que disent les notations rendues du projet ; à ne montrer que si elles sont ouvertes."""
        return self._bilan_et_totaux[0]

    @property
    def totaux(self) -> dict[int, Decimal]:
        """Le total sur 100 de chaque notation qui compte, par identifiant."""
        return self._bilan_et_totaux[1]

    @cached_property
    def demandes(self) -> list[DemandeDeComplement]:
        """Les compléments demandés, le premier d’abord."""
        return list(self.projet.demandes.select_related("demandee_par")) if self.a("des_demandes") else []

    @cached_property
    def exercices(self) -> list[ExerciceProjet]:
        """Le budget, année par année."""
        return list(self.projet.exercices.order_by("annee"))

    @property
    def vu(self) -> int:
        """Ce que la page a vu du projet (`dernier_passage`), lu avec lui par `en_instruction`."""
        if hasattr(self.projet, "dernier_passage_lu"):
            return self.projet.dernier_passage_lu or 0
        return dernier_passage(self.projet)

    def a(self, quoi: str) -> bool:
        """Faux si le projet, lu par `en_instruction`, n’a aucune ligne de cette sorte ; sinon, il faut la lire."""
        return bool(getattr(self.projet, f"a_{quoi}", True))

    @cached_property
    def _notations(self) -> list[Notation]:
        """Celles qui comptent, et la sienne rendue ou non."""
        lignes = Notation.objects.filter(projet=self.projet)
        lues = lignes.qui_comptent() | lignes.filter(instructeur=self.personne)
        return list(lues.select_related("instructeur").prefetch_related("notes"))

    @cached_property
    def _bilan_et_totaux(self) -> tuple[NotationDuProjet, dict[int, Decimal]]:
        if not any(notation.rendue_le for notation in self._notations):
            return NotationDuProjet(), {}
        return bilan_et_totaux(self.projet.pk)
