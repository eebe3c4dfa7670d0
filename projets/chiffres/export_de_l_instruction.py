"""L’export de l’instruction : une rangée par projet, en une requête lue au fil de l’eau."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from comptes.models import Personne
from config.socle.ecriture import Champ, Genre
from projets.chiffres.notation import TOTAUX
from projets.models import ExerciceProjet, Notation
from projets.rules.depot import reference
from projets.states import EtatProjet, SensDeLAvis

ETATS, SENS = dict(EtatProjet.choices), dict(SensDeLAvis.choices)
PAR_LOT = 500

_REQUETE = """
    WITH choisis AS (
        SELECT id, rang FROM unnest(%(pks)s::bigint[]) WITH ORDINALITY AS c(id, rang)
    ), parts AS (
        SELECT q.projet_id,
               string_agg(t.nom || ' ' || replace(trim_scale(q.pourcentage)::text, '.', ',') || ' %%', ', '
                          ORDER BY q.pourcentage DESC, t.nom_tri) AS texte
          FROM projets_partprojet q JOIN territoires_territoire t ON t.id = q.territoire_id
         WHERE q.projet_id = ANY(%(pks)s) GROUP BY q.projet_id
    ), suivis AS (
        SELECT a.projet_id,
               string_agg(trim(concat_ws(' ', i.prenom, i.nom))
                          || CASE a.qualite WHEN 'associe' THEN ' (associé)' ELSE '' END, ', '
                          ORDER BY a.qualite DESC, i.nom, i.prenom) AS noms
          FROM projets_affectation a JOIN comptes_personne i ON i.id = a.instructeur_id
         WHERE a.fin IS NULL AND a.projet_id = ANY(%(pks)s) GROUP BY a.projet_id
    ), moyennes AS (
        SELECT t.projet_id, round(avg(t.total), 2) AS moyenne
          FROM ({totaux}) t WHERE t.id = ANY(%(notations)s) GROUP BY t.projet_id
    ), derniers AS (
        SELECT DISTINCT ON (v.projet_id) v.id, v.projet_id, v.sens
          FROM projets_avisinstruction v WHERE v.projet_id = ANY(%(pks)s) ORDER BY v.projet_id, v.version DESC
    ), exercices AS (
        SELECT e.projet_id {exercices} FROM projets_exerciceprojet e
         WHERE e.projet_id = ANY(%(pks)s) GROUP BY e.projet_id
    ), proposes AS (
        SELECT m.avis_id {proposes} FROM projets_propositionannuelle m
         WHERE m.avis_id IN (SELECT id FROM derniers) GROUP BY m.avis_id
    )
    SELECT p.numero, a.prefixe, p.intitule, o.nom, o.siret, x.numero, x.intitule, parts.texte, p.allocataires_prevus,
           p.depose_le, p.rejet_implicite_le, p.etat, suivis.noms, moyennes.moyenne, derniers.sens {annuelles}
      FROM choisis
      JOIN projets_projet p ON p.id = choisis.id
      JOIN projets_appelaprojets a ON a.id = p.appel_id
      JOIN projets_axe x ON x.id = p.axe_id
      JOIN comptes_organisme o ON o.id = p.organisme_id
      LEFT JOIN parts ON parts.projet_id = p.id
      LEFT JOIN suivis ON suivis.projet_id = p.id
      LEFT JOIN moyennes ON moyennes.projet_id = p.id
      LEFT JOIN derniers ON derniers.projet_id = p.id
      LEFT JOIN exercices ON exercices.projet_id = p.id
      LEFT JOIN proposes ON proposes.avis_id = derniers.id
     ORDER BY choisis.rang
"""


COLONNES = (
    Champ("Numéro", Genre.ENTIER, 9),
    Champ("Référence", Genre.TEXTE, 14),
    Champ("Intitulé", Genre.TEXTE, 48),
    Champ("Organisme", Genre.TEXTE, 36),
    Champ("SIRET", Genre.TEXTE, 16),
    Champ("Axe", Genre.ENTIER, 6),
    Champ("Intitulé de l’axe", Genre.TEXTE, 30),
    Champ("Territoires et parts", Genre.TEXTE, 36),
    Champ("Allocataires par an", Genre.ENTIER, 12),
    Champ("Déposé le", Genre.INSTANT, 18),
    Champ("Rejet implicite le", Genre.JOUR, 14),
    Champ("État", Genre.TEXTE, 20),
    Champ("Instructeurs", Genre.TEXTE, 30),
    Champ("Moyenne des notes (sur 100)", Genre.NOMBRE, 12),
    Champ("Avis", Genre.TEXTE, 14),
)
RANG_DU_SIRET, RANG_DE_L_ETAT, RANG_DE_L_AVIS = 4, 11, 14


class ExportIncomplet(Exception):
    """Le fichier n’a pas le nombre de rangées annoncé : mieux vaut pas de fichier qu’un fichier faux."""


@dataclass(frozen=True, slots=True)
class Export:
    """Les projets choisis, dans l’ordre du fichier, leurs années, et les notations que la personne a le droit de lire.

    Qui n’a pas rendu sa notation ne lit pas celles des autres, ici pas plus qu’à l’écran.
    """

    pks: Sequence[int]
    annees: Sequence[int]
    notations: Sequence[int]

    @property
    def champs(self) -> tuple[Champ, ...]:
        """Les colonnes du fichier."""
        return (
            *COLONNES,
            *(Champ(f"{nom} {annee} (€)", Genre.MONTANT, 16) for annee in self.annees for nom in ("Coût", "Demandé")),
            *(Champ(f"Proposé {annee} (€)", Genre.MONTANT, 16) for annee in self.annees),
        )

    def rangees(self) -> Iterator[list[Any]]:
        """Une rangée par projet, dans l’ordre. Lève `ExportIncomplet` à la fin si le compte n’y est pas."""
        lues = 0
        with connection.chunked_cursor() as curseur:
            curseur.execute(self._requete(), {"pks": list(self.pks), "notations": list(self.notations)})
            while lot := curseur.fetchmany(PAR_LOT):
                lues += len(lot)
                yield from map(_rangee, lot)
        if lues != len(self.pks):
            raise ExportIncomplet(f"{lues} rangées au lieu de {len(self.pks)} annoncées")

    def _requete(self) -> str:
        annees = [int(annee) for annee in self.annees]
        return _REQUETE.format(
            totaux=TOTAUX,
            exercices="".join(
                f", sum(e.{colonne}) FILTER (WHERE e.annee = {annee}) AS {colonne}_{annee}"
                for annee in annees
                for colonne in ("cout", "montant_demande")
            ),
            proposes="".join(f", sum(m.montant) FILTER (WHERE m.annee = {annee}) AS m_{annee}" for annee in annees),
            annuelles="".join(
                [
                    *(f", exercices.cout_{annee}, exercices.montant_demande_{annee}" for annee in annees),
                    *(f", proposes.m_{annee}" for annee in annees),
                ]
            ),
        )


def preparer_l_export(personne: Personne, pks: Sequence[int]) -> Export:
    """L’export de ces projets, que la personne voit déjà. Deux requêtes."""
    annees = ExerciceProjet.objects.filter(projet__in=pks).order_by("annee").values_list("annee", flat=True).distinct()
    notations = Notation.objects.qui_comptent().visibles_par(personne).filter(projet__in=pks).order_by()
    return Export(pks, list(annees), list(notations.values_list("pk", flat=True)))


def _rangee(ligne: tuple[Any, ...]) -> list[Any]:
    rangee = list(ligne)
    numero, prefixe = ligne[0], ligne[1]
    rangee[1] = reference(prefixe, numero) if prefixe else f"n° {numero}"
    rangee[RANG_DU_SIRET] = rangee[RANG_DU_SIRET] or None
    rangee[RANG_DE_L_ETAT] = ETATS[rangee[RANG_DE_L_ETAT]]
    rangee[RANG_DE_L_AVIS] = SENS.get(rangee[RANG_DE_L_AVIS])
    return rangee
