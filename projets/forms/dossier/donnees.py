"""Tout ce qu’il faut lire pour montrer et vérifier un projet, lu une fois, en un nombre constant de requêtes."""

from dataclasses import dataclass
from functools import cached_property

from comptes.models import CompteBancaire
from projets.models import Axe, PieceDemandee, Projet, Question, Saisie
from projets.rules.fusion import Valeur
from territoires.models import Territoire


@dataclass
class DonneesDuProjet:
    """`projet` : avec son appel, son axe et son organisme (`select_related`)."""

    projet: Projet

    @cached_property
    def saisies(self) -> dict[str, Saisie]:
        """Les saisies, par champ."""
        return {s.champ: s for s in self.projet.saisies.select_related("auteur")}

    @cached_property
    def valeurs(self) -> dict[str, Valeur]:
        """Ce qui a été tapé, par champ."""
        return {champ: saisie.valeur for champ, saisie in self.saisies.items()}

    @cached_property
    def axes(self) -> list[Axe]:
        """Les axes de l’appel, dans l’ordre."""
        return list(self.projet.appel.axes.all())

    @cached_property
    def questions(self) -> list[Question]:
        """Les questions de l’appel posées à tous, puis celles de l’axe du projet."""
        questions = self.projet.appel.questions.order_by("ordre")
        return sorted(
            (q for q in questions if q.axe_id in {None, self.projet.axe_id}), key=lambda q: q.axe_id is not None
        )

    @cached_property
    def pieces(self) -> list[PieceDemandee]:
        """Les pièces demandées à tous, puis celles de l’axe du projet."""
        pieces = self.projet.appel.pieces.order_by("ordre")
        return sorted(
            (p for p in pieces if p.axe_id in {None, self.projet.axe_id}), key=lambda p: p.axe_id is not None
        )

    @cached_property
    def territoires(self) -> list[Territoire]:
        """Les territoires, dans leur ordre."""
        return list(Territoire.objects.order_by("nom_tri"))

    @cached_property
    def comptes_bancaires(self) -> list[CompteBancaire]:
        """Les comptes de l’organisme qui servent encore."""
        return list(self.projet.organisme.comptes_bancaires.filter(est_archive=False))

    @property
    def annees(self) -> list[int]:
        """Les années de l’appel."""
        return self.projet.appel.annees
