"""Où en sont plusieurs brouillons : ce qui leur manque, jusqu’à quand déposer. En un nombre constant de requêtes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from config.socle.montants import en_euros
from projets.forms.dossier.donnees import Referentiel
from projets.forms.dossier.dossier import Dossier
from projets.models import Projet, Prolongation
from projets.rules.echeance import temps_restant


@dataclass(frozen=True, slots=True)
class EtatDuBrouillon:
    """`manques` : points à compléter ; `cloture` : prolongation comprise ; `reste` : vide une fois passé.

    `demandes` : euros demandés pour l’instant, par année où il y en a.
    """

    manques: int
    cloture: datetime
    reste: str
    demandes: dict[int, Decimal]

    @property
    def demande(self) -> Decimal | None:
        """Leur somme, en euros ; None si rien n’est encore demandé."""
        return sum(self.demandes.values(), Decimal(0)) or None


def etat_des_brouillons(projets: Iterable[Projet]) -> dict[int, EtatDuBrouillon]:
    """L’état de chacun, par clé primaire."""
    cles = [projet.pk for projet in projets]
    if not cles:
        return {}
    referentiel, instant = Referentiel(), timezone.now()
    lus = list(Projet.objects.filter(pk__in=cles).en_dossier())
    fins = _prolongations(lus)
    etats = {}
    for projet in lus:
        fin = max(projet.appel.ferme_le, fins.get((projet.appel_id, projet.organisme_id), projet.appel.ferme_le))
        dossier = Dossier(projet, referentiel)
        etats[projet.pk] = EtatDuBrouillon(len(dossier.manques), fin, temps_restant(fin, instant), _demandes(dossier))
    return etats


def _demandes(dossier: Dossier) -> dict[int, Decimal]:
    etape: Any = dossier.enregistres["budget"]
    par_annee = {annee: etape.budget.demande(annee) for annee in dossier.donnees.annees}
    return {annee: en_euros(centimes) for annee, centimes in par_annee.items() if centimes}


def _prolongations(projets: Iterable[Projet]) -> dict[tuple[int, int], datetime]:
    organismes = {projet.organisme_id for projet in projets}
    lignes = Prolongation.objects.en_vigueur().filter(organisme__in=organismes)
    return {(p.appel_id, p.organisme_id): p.jusqu_au for p in lignes}
