"""Quand rien ne convient : les contraintes qui se contredisent, aucune de trop, et ce qui manque à chacune."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from financements.rules.selection.contraintes import Ligne, Repere, Sorte
from financements.rules.selection.modele import Entieres, Jeu, Modele, construire, reconstruire
from financements.rules.selection.probleme import ENTIER, EURO, Choix, Probleme
from financements.rules.selection.solveur import Conduite, Fin, Reponse, chercher, relacher

Ensemble = tuple[Repere, ...]
Niveau = Callable[[Modele, Conduite], Reponse]
IMPOSES, ECARTES = Repere(Sorte.RETENU), Repere(Sorte.ECARTE)
"""Tous les projets imposés ensemble, tous les projets écartés ensemble."""


@dataclass(frozen=True, slots=True)
class Conflit:
    """Des contraintes qui se contredisent ; sans n’importe laquelle d’entre elles, les autres se tiennent.

    `manques` : pour celles qui s’y prêtent, de combien il faudrait au moins la desserrer, les autres tenues, en
    centimes (en projets pour un nombre) : relever une enveloppe, abaisser un plancher, ajouter du volet professionnel.
    `irrealisables` : projets imposés dont aucun montant en euros ne tient entre le minimum et le maximum.
    `est_au_centime` : les montants en euros entiers ou les arrondis au centime sont seuls en cause.
    """

    reperes: Ensemble
    manques: dict[Repere, int]
    irrealisables: tuple[str, ...] = ()
    est_au_centime: bool = False


def conflit(probleme: Probleme, conduite: Conduite) -> Conflit | None:
    """Un plus petit ensemble de contraintes contradictoires. None si l’heure limite a passé avant d’en trouver un."""
    forces = [c for c in probleme.candidats if c.choix is Choix.RETENU]
    if irrealisables := tuple(c.cle for c in forces if not c.est_financable):
        return Conflit((IMPOSES,), {}, irrealisables)
    libre = replace(probleme, candidats=tuple(replace(c, choix=Choix.LIBRE) for c in probleme.candidats))
    large = construire(libre)
    for niveau, echelle in ((relacher, None), (_entier, None), (_au_centime, 1)):
        modele = large if echelle is None else reconstruire(large, Jeu.SERRE, echelle)
        epreuve = _Epreuve(probleme, modele, niveau, conduite)
        suspects = epreuve.suspects()
        if not epreuve.est_possible(suspects):
            reperes = _plus_petit(suspects, epreuve.est_possible)
            return Conflit(reperes, epreuve.manques(reperes), est_au_centime=niveau is _au_centime)
    return None


def _entier(modele: Modele, conduite: Conduite) -> Reponse:
    return _par_etapes(modele, conduite, np.arange(len(modele.gains)) < modele.nombre)


def _au_centime(modele: Modele, conduite: Conduite) -> Reponse:
    return _par_etapes(modele, conduite, np.ones(len(modele.gains), dtype=np.bool_))


def _par_etapes(modele: Modele, conduite: Conduite, entieres: Entieres) -> Reponse:
    relaxation = relacher(modele, conduite)
    return relaxation if relaxation.fin is Fin.INFAISABLE else chercher(modele, conduite, entieres=entieres)


class _Epreuve:
    """Le même modèle, réduit à une partie des contraintes."""

    def __init__(self, probleme: Probleme, modele: Modele, niveau: Niveau, conduite: Conduite) -> None:
        self._choix = [candidat.choix for candidat in probleme.candidats]
        self._modele = replace(modele, gains=np.zeros(len(modele.gains)))
        self._niveau, self._conduite = niveau, conduite
        self._par_repere = {ligne.repere: rang for rang, ligne in enumerate(modele.lignes)}

    def est_possible(self, reperes: Ensemble) -> bool:
        """Vrai si une sélection tient ces contraintes, les autres oubliées ; vrai aussi à l’heure limite."""
        self._conduite.dire(None, None)
        return self._niveau(self._reduit(reperes), self._conduite).fin is not Fin.INFAISABLE

    def suspects(self) -> Ensemble:
        """Les contraintes à éprouver : celles que le solveur dit en cause, si elles suffisent ; sinon toutes."""
        toutes = (IMPOSES, ECARTES, *self._par_repere)
        en_cause = relacher(self._reduit(toutes), self._conduite).en_cause
        if en_cause is None:
            return toutes
        reperes = (IMPOSES, ECARTES, *(r for r, rang in self._par_repere.items() if en_cause[rang]))
        return toutes if self.est_possible(reperes) else reperes

    def manques(self, reperes: Ensemble) -> dict[Repere, int]:
        """Ce qui manque à chaque contrainte pour que les autres du conflit tiennent ."""
        trouves = {}
        for repere in reperes:
            if repere in self._par_repere:
                autres = self._reduit(tuple(autre for autre in reperes if autre != repere))
                manque = self._manque(self._par_repere[repere], autres)
                if manque > 0:
                    trouves[repere] = manque
        return trouves

    def _manque(self, rang: int, autres: Modele) -> int:
        ligne = autres.lignes[rang]
        tranche = slice(autres.debuts[rang], autres.debuts[rang + 1])
        sens = 1 if ligne.est_un_plancher else -1
        gains = np.zeros(len(autres.gains))
        gains[autres.colonnes[tranche]] = sens * autres.coefficients[tranche]
        atteint = self._niveau(replace(autres, gains=gains), self._conduite).borne
        manque = sens * ligne.borne / _unite(ligne, autres.echelle) - atteint
        return _en_centimes(ligne, manque, autres) if np.isfinite(manque) else 0

    def _reduit(self, reperes: Ensemble) -> Modele:
        modele, gardes = self._modele, {self._par_repere[r] for r in reperes if r in self._par_repere}
        oubliees = [rang for rang in range(len(modele.lignes)) if rang not in gardes]
        lignes_bas, lignes_haut = modele.lignes_bas.copy(), modele.lignes_haut.copy()
        lignes_bas[oubliees], lignes_haut[oubliees] = -np.inf, np.inf
        bas, hauts = modele.bas.copy(), modele.hauts.copy()
        for rang, choix in enumerate(self._choix):
            if choix is Choix.RETENU and IMPOSES in reperes:
                bas[rang] = 1
            if choix is Choix.ECARTE and ECARTES in reperes:
                hauts[rang] = 0
        return replace(modele, bas=bas, hauts=hauts, lignes_bas=lignes_bas, lignes_haut=lignes_haut)


def _unite(ligne: Ligne, echelle: int) -> int:
    return 1 if ligne.repere.sorte is Sorte.PLANCHER_NOMBRE else ENTIER * echelle


def _en_centimes(ligne: Ligne, ecart: float, modele: Modele) -> int:
    """Un écart du solveur → centimes ou projets ; pour la part professionnelle, ce qu’il faut de ce volet."""
    if ligne.repere.sorte is Sorte.PLANCHER_NOMBRE:
        return round(ecart + 0.499999)
    centimes = ecart * modele.echelle * EURO
    if ligne.repere.sorte is Sorte.PART_PROFESSIONNELLE:
        minimale = modele.probleme.part_professionnelle[ligne.repere.annee]
        centimes *= ENTIER / max(ENTIER - minimale, 1)
    return round(centimes + 0.499)


def _plus_petit(reperes: Ensemble, est_possible: Callable[[Ensemble], bool]) -> Ensemble:
    """QuickXplain (U. Junker, 2004) : un ensemble contradictoire dont aucun élément n’est de trop, par dichotomie."""

    def chercher_dans(fond: Ensemble, ajoutes: Ensemble, reste: Ensemble) -> Ensemble:
        if ajoutes and not est_possible(fond):
            return ()
        if len(reste) == 1:
            return reste
        milieu = len(reste) // 2
        debut, fin = reste[:milieu], reste[milieu:]
        de_la_fin = chercher_dans((*fond, *debut), debut, fin)
        du_debut = chercher_dans((*fond, *de_la_fin), de_la_fin, debut)
        return (*du_debut, *de_la_fin)

    return chercher_dans((), (), reperes)
