"""La copie figée d’un projet inventé : composée par la même fonction qu’un vrai dépôt, sans refaire ses formulaires.

Les formulaires d’un projet témoin par axe donnent les champs et leurs libellés ; les valeurs sont celles du projet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from comptes.models import CompteBancaire
from projets.forms.dossier.copie import copie
from projets.forms.dossier.donnees import Referentiel
from projets.forms.dossier.dossier import Dossier
from projets.forms.dossier.verification import attestations_de
from projets.models import PieceJointe, Projet
from projets.rules.budget import Budget
from projets.rules.depot import reference
from projets.rules.fusion import Valeur

COMPTE = "compte_bancaire"


@dataclass(frozen=True, slots=True)
class ACopier:
    """Ce qu’un dépôt fige : les saisies entières, le budget, les pièces, où verser l’aide, qui dépose."""

    valeurs: Mapping[str, Valeur]
    budget: Budget
    pieces: Sequence[PieceJointe]
    compte: CompteBancaire
    depose_par: Mapping[str, str]


class _Forme:
    """Ce que la copie lit d’un formulaire d’étape."""

    def __init__(self, champs: dict[str, forms.Field], valeurs: Mapping[str, Valeur], budget: Budget) -> None:
        self.champs = champs
        self.data = MultiValueDict({nom: v if isinstance(v, list) else [v] for nom, v in valeurs.items()})
        self.budget = budget

    def champs_de_la_copie(self) -> dict[str, forms.Field]:
        """Ceux du témoin."""
        return self.champs


def declarations_de(dossier: Dossier) -> list[dict[str, str]]:
    """Toutes acceptées ; là où il faut répondre, la première réponse."""
    return [une.figee(une.reponses[0][0] if une.reponses else str(True)) for une in attestations_de(dossier)]


class Copieur:
    """Écrit les copies des projets d’un appel. `temoins` : un projet de chaque axe, déjà en base."""

    def __init__(self, temoins: Sequence[int]) -> None:
        self.referentiel = Referentiel()
        self.champs = {
            projet.axe_id: {cle: f.champs_de_la_copie() for cle, f in self._dossier(projet).enregistres.items()}
            for projet in Projet.objects.filter(pk__in=temoins).en_dossier()
        }

    def _dossier(self, projet: Projet) -> Dossier:
        return Dossier(projet, self.referentiel)

    def copier(self, projet: Projet, a_copier: ACopier, instant: datetime) -> dict[str, Any]:
        """Le contenu d’un dépôt. `projet` : avec son organisme, son axe et son appel déjà lus."""
        dossier: Any = SimpleNamespace(
            projet=projet,
            donnees=self._dossier(projet).donnees,
            enregistres={
                cle: _Forme(self._champs(champs, a_copier.compte), a_copier.valeurs, a_copier.budget)
                for cle, champs in self.champs[projet.axe_id].items()
            },
        )
        vars(dossier.donnees).update(
            jointes=list(a_copier.pieces), valeurs=dict(a_copier.valeurs), comptes_bancaires=[a_copier.compte]
        )
        return {
            **copie(dossier),
            "attestations": declarations_de(dossier),
            "reference": reference(projet.appel.prefixe, projet.numero or 0),
            "depose_le": instant.isoformat(),
            "depose_par": dict(a_copier.depose_par),
        }

    @staticmethod
    def _champs(champs: dict[str, forms.Field], compte: CompteBancaire) -> dict[str, forms.Field]:
        """Le compte bancaire est celui de l’organisme, pas celui du témoin."""
        if COMPTE not in champs:
            return champs
        choix = forms.ChoiceField(label=champs[COMPTE].label, choices=[(str(compte.pk), str(compte))])
        return {**champs, COMPTE: choix}
