"""Le décompte récapitulatif d’un versement : ce qui est parti avant lui, ce qu’il ajoute, ce qui reste à verser.

Pièce justificative de tout paiement après le premier (CGCT, annexe I, rubrique 72 ; décret 2022-505).
"""

from decimal import Decimal
from functools import cached_property

from django.db.models import Sum

from financements.chiffres.execution.file import somme_de
from financements.chiffres.imputation import imputations_de_l_appel
from financements.chiffres.tableaux import ZERO
from financements.models import Imputation, TitreDeRecette, Tranche, Versement
from financements.states.execution import VERSEMENTS_FIGES, EtatTitre


class Decompte:
    """Lecture paresseuse (lit `action.projet` et ce qui en dépend). Montants en euros.

    Liquidé, un versement compte ceux qui l’ont été avant lui, dans l’ordre du fichier des liquidations ; son décompte
    ne change donc pas quand les suivants partent. Pas encore liquidé, il les compte tous.
    """

    def __init__(self, versement: Versement) -> None:
        self.versement, self.action = versement, versement.action

    @property
    def est_arrete(self) -> bool:
        """Vrai d’un versement liquidé, mandaté ou payé."""
        return self.versement.etat in VERSEMENTS_FIGES

    @cached_property
    def deja(self) -> list[Versement]:
        """Ceux qui sont partis avant lui, du plus ancien au plus récent."""
        partis = Versement.objects.filter(action=self.action, etat__in=VERSEMENTS_FIGES)
        lus = list(partis.order_by("liquide_le", "pk"))
        return lus[: lus.index(self.versement)] if self.versement in lus else lus

    @cached_property
    def deja_verse(self) -> Decimal:
        """Leur somme."""
        return somme_de(self.deja)

    @property
    def apres(self) -> Decimal:
        """Ce qui sera versé avec lui."""
        return self.deja_verse + self.versement.montant

    @cached_property
    def attribue(self) -> Decimal:
        """L’aide attribuée, avenants compris."""
        return Tranche.objects.filter(action=self.action).aggregate(somme=Sum("montant"))["somme"] or ZERO

    @property
    def reste(self) -> Decimal:
        """Ce qui restera à verser de l’aide attribuée."""
        return self.attribue - self.apres

    @cached_property
    def a_rendre(self) -> Decimal:
        """Ce que les titres de recette de l’action reprennent."""
        titres = TitreDeRecette.objects.filter(action=self.action).exclude(etat=EtatTitre.ANNULE)
        return titres.aggregate(somme=Sum("montant"))["somme"] or ZERO

    @cached_property
    def imputation(self) -> Imputation | None:
        """La ligne du budget de l’exercice, si elle est réglée."""
        projet = self.action.projet
        connues = imputations_de_l_appel(projet.appel)
        return connues.chercher(
            axe=projet.axe.numero, forme_juridique=projet.organisme.forme_juridique, exercice=self.versement.exercice
        )
