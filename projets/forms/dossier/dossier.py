"""Le projet vu comme une suite d’étapes : leurs formulaires, ce qui manque, où l’on en est."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from projets.forms.dossier.action import ActionForm
from projets.forms.dossier.budget import BudgetForm
from projets.forms.dossier.donnees import DonneesDuProjet, Referentiel
from projets.forms.dossier.etape import EtapeForm, Manque
from projets.forms.dossier.organisme import OrganismeForm, controle_de_la_fiche
from projets.forms.dossier.pieces import PiecesForm, controle_des_pieces
from projets.forms.dossier.publics import PublicsForm
from projets.models import Projet
from projets.rules.fusion import Valeur


def _rien(_donnees: DonneesDuProjet) -> list[Manque]:
    return []


@dataclass(frozen=True, slots=True)
class Etape:
    """Une étape : son adresse, son nom, son formulaire, et les contrôles qui ne tiennent pas dans un formulaire."""

    cle: str
    libelle: str
    formulaire: type[EtapeForm] = EtapeForm  # sans champ par défaut
    controle: Callable[[DonneesDuProjet], list[Manque]] = _rien


ETAPES = (
    Etape("organisme", "Votre organisme", OrganismeForm, controle_de_la_fiche),
    Etape("action", "L’action", ActionForm),
    Etape("publics", "Publics et territoires", PublicsForm),
    Etape("budget", "Budget et cofinancements", BudgetForm),
    Etape("pieces", "Pièces justificatives", PiecesForm, controle_des_pieces),
    Etape("verification", "Vérification et dépôt"),
)
PAR_CLE = {etape.cle: etape for etape in ETAPES}


class Dossier:
    """Un projet et ses étapes. `projet` : venu de `Projet.objects.en_dossier()`."""

    def __init__(self, projet: Projet, referentiel: Referentiel | None = None) -> None:
        self.projet = projet
        self.donnees = DonneesDuProjet(projet, referentiel or Referentiel())

    def formulaire(self, etape: Etape, valeurs: Mapping[str, Valeur] | None = None) -> EtapeForm:
        """Le formulaire de l’étape, lié à ce qui est enregistré et, par-dessus, à `valeurs`."""
        return etape.formulaire(self.donnees, {**self.donnees.valeurs, **(valeurs or {})})

    @cached_property
    def manques(self) -> list[Manque]:
        """Tout ce qui empêche de déposer, étape par étape."""
        return [manque for etape in ETAPES for manque in self._manques_de(etape)]

    @cached_property
    def enregistres(self) -> dict[str, EtapeForm]:
        """Le formulaire de chaque étape, lié à ce qui est enregistré : à lire seulement, il sert plusieurs fois."""
        return {etape.cle: self.formulaire(etape) for etape in ETAPES}

    def _manques_de(self, etape: Etape) -> list[Manque]:
        return [*self.enregistres[etape.cle].manques(etape.cle), *etape.controle(self.donnees)]

    def manques_par_etape(self) -> list[tuple[Etape, list[Manque]]]:
        """Chaque étape et ce qui lui manque, dans l’ordre."""
        return [(etape, [m for m in self.manques if m.etape == etape.cle]) for etape in ETAPES]

    def suivante(self, etape: Etape) -> Etape | None:
        """L’étape d’après."""
        rang = ETAPES.index(etape)
        return ETAPES[rang + 1] if rang + 1 < len(ETAPES) else None

    def precedente(self, etape: Etape) -> Etape | None:
        """L’étape d’avant."""
        rang = ETAPES.index(etape)
        return ETAPES[rang - 1] if rang else None
