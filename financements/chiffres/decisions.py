"""Les actions votées d’un choix, ligne par ligne et en flux : la matière des fichiers à exporter.

En SQL : une rangée sort de la base toute faite, lue par un curseur du serveur ; rien ne reste en mémoire.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain, islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from config.socle.ecriture import Champ, Genre
from financements.chiffres.choix import TotalDAxe, cles_triees, totaux_par_axe
from financements.chiffres.perimetre import Perimetre
from financements.chiffres.tableaux import ZERO
from financements.models import Action
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from projets.states import Volet

PAR_LOT = 500
Flux = Generator[Sequence[Any], None, None]

_REQUETE = """
    WITH choisies (id, projet_id) AS MATERIALIZED ({choisies}),
    votes AS (
        SELECT t.action_id {annuels}, {total} AS total
          FROM financements_tranche t {parts}
         WHERE t.action_id IN (SELECT id FROM choisies) AND t.annee BETWEEN %s AND %s
         GROUP BY t.action_id
    ), partages AS (
        SELECT q.projet_id,
               string_agg(te.nom || ' ' || replace(trim_scale(q.pourcentage)::text, '.', ',') || ' %%', ', '
                          ORDER BY q.pourcentage DESC, te.nom_tri) AS texte
          FROM projets_partprojet q JOIN territoires_territoire te ON te.id = q.territoire_id
         WHERE q.projet_id IN (SELECT projet_id FROM choisies)
         GROUP BY q.projet_id
    ), couts AS (
        SELECT e.projet_id, sum(e.cout) AS cout
          FROM projets_exerciceprojet e
         WHERE e.projet_id IN (SELECT projet_id FROM choisies)
         GROUP BY e.projet_id
    )
    SELECT p.numero, %s::text, x.numero, {volet}, partages.texte, o.nom, o.siret, o.rna, c.nom, p.intitule,
           NULLIF(p.sous_type, ''), p.allocataires_prevus, couts.cout {colonnes}, votes.total, f.montant_fse,
           d.reference, d.adoptee_le
      FROM choisies
      JOIN financements_action a ON a.id = choisies.id
      JOIN projets_projet p ON p.id = a.projet_id
      JOIN projets_axe x ON x.id = p.axe_id
      JOIN comptes_organisme o ON o.id = p.organisme_id
      JOIN financements_deliberation d ON d.id = a.deliberation_id
      JOIN votes ON votes.action_id = a.id
      LEFT JOIN territoires_commune c ON c.id = o.commune_id
      LEFT JOIN financements_contrepartiefse f ON f.action_id = a.id
      LEFT JOIN partages ON partages.projet_id = p.id
      LEFT JOIN couts ON couts.projet_id = p.id
     ORDER BY x.numero, p.numero
"""

AVANT_LES_MONTANTS = (
    Champ("N°", Genre.ENTIER, 8),
    Champ("Appel à projets", Genre.TEXTE, 30),
    Champ("Axe", Genre.ENTIER, 6),
    Champ("Volet", Genre.TEXTE, 14),
    Champ("Territoires et parts", Genre.TEXTE, 36),
    Champ("Organisme", Genre.TEXTE, 36),
    Champ("SIRET", Genre.TEXTE, 16),
    Champ("RNA", Genre.TEXTE, 12),
    Champ("Commune", Genre.TEXTE, 20),
    Champ("Intitulé", Genre.TEXTE, 48),
    Champ("Dispositif", Genre.TEXTE, 12),
    Champ("Allocataires par an", Genre.ENTIER, 12),
    Champ("Coût total de l’action (€)", Genre.MONTANT, 16),
)
APRES_LES_MONTANTS = (
    Champ("Aide du FSE à l’action (€)", Genre.MONTANT, 16),
    Champ("Délibération", Genre.TEXTE, 20),
    Champ("Date de la délibération", Genre.JOUR, 14),
)
PREMIER_MONTANT, RANG_DE_L_AXE = len(AVANT_LES_MONTANTS), 2


@dataclass(frozen=True)
class Decisions:
    """Les actions choisies d’un périmètre. Avec un territoire, les montants votés sont sa part."""

    perimetre: Perimetre
    choix: QuerySet[Action]

    @cached_property
    def axes(self) -> list[TotalDAxe]:
        """Ce que le fichier doit porter, axe par axe ; lu une fois."""
        return totaux_par_axe(self.perimetre, self.choix)

    @property
    def actions(self) -> int:
        """Combien d’actions, donc de lignes."""
        return sum(axe.actions for axe in self.axes)

    @property
    def par_annee(self) -> dict[int, Decimal]:
        """Euros attribués chaque année, avenants et réductions compris."""
        return {an: sum((axe.par_annee[an] for axe in self.axes), ZERO) for an in self.perimetre.annees}

    @property
    def total(self) -> Decimal:
        """Euros attribués, toutes années, avenants et réductions compris."""
        return sum((axe.total for axe in self.axes), ZERO)

    @property
    def champs(self) -> tuple[Champ, ...]:
        """Les colonnes, dans l’ordre des rangées."""
        de = f", part {self.perimetre.territoire.nom}" if self.perimetre.territoire else ""
        annuels = (Champ(f"Attribué {an}{de} (€)", Genre.MONTANT, 16) for an in self.perimetre.annees)
        total = Champ(f"Attribué en tout{de} (€)", Genre.MONTANT, 16)
        return (*AVANT_LES_MONTANTS, *annuels, total, *APRES_LES_MONTANTS)

    def toutes(self) -> Iterator[Sequence[Any]]:
        """Toutes les rangées, par axe puis par numéro, en une requête ; mêmes contrôles que `par_axe`."""
        for rangees in self.par_axe():
            yield from rangees

    def par_axe(self) -> list[Iterator[Sequence[Any]]]:
        """Les rangées de chaque axe de `axes`, par numéro ; un axe se lit en entier avant le suivant. Une requête.

        Un axe lève `ExportIncomplet` à sa fin si le nombre ou la somme de ses rangées n’est pas celui de `axes` : les
        données ont changé depuis qu’il a été lu.
        """
        flux = self._flux()
        return [self._de_l_axe(attendu, flux) for attendu in self.axes]

    def _de_l_axe(self, attendu: TotalDAxe, flux: Flux) -> Iterator[Sequence[Any]]:
        annees = self.perimetre.annees
        bornes = slice(PREMIER_MONTANT, PREMIER_MONTANT + len(annees) + 1)
        sommes = [ZERO] * (len(annees) + 1)
        lues, axes = 0, {attendu.axe.numero}
        while lot := list(islice(flux, min(PAR_LOT, attendu.actions - lues))):
            lues += len(lot)
            axes.update(rangee[RANG_DE_L_AXE] for rangee in lot)
            colonnes = zip(*(rangee[bornes] for rangee in lot), strict=True)
            sommes = [sum(colonne, deja) for colonne, deja in zip(colonnes, sommes, strict=True)]
            yield from lot
        reste = attendu is self.axes[-1] and next(flux, None) is not None
        voulues = [*(attendu.par_annee[an] for an in annees), attendu.total]
        if reste or (lues, sommes, len(axes)) != (attendu.actions, voulues, 1):
            flux.close()  # le curseur du serveur, sans attendre que l’erreur soit oubliée
            raise ExportIncomplet(f"axe {attendu.axe.numero} : d’autres lignes, ou d’autres montants")

    def _flux(self) -> Flux:
        if not self.axes:
            return
        with connection.chunked_cursor() as curseur:
            curseur.execute(*self._requete())
            while lot := curseur.fetchmany(PAR_LOT):
                yield from lot

    def _requete(self) -> tuple[str, list[Any]]:
        perimetre = self.perimetre
        cles = cles_triees(perimetre, self.choix, "numero").order_by().values_list("pk", "projet_id")
        choisies, de_choix = cles.query.sql_with_params()
        annees = [int(an) for an in perimetre.annees]
        montant = "t.montant" if perimetre.territoire is None else "pt.montant"
        parts = "JOIN financements_parttranche pt ON pt.tranche_id = t.id AND pt.territoire_id = %s AND pt.montant > 0"
        requete = _REQUETE.format(
            choisies=choisies,
            annuels="".join(
                f", COALESCE(sum({montant}) FILTER (WHERE t.annee = {an}), 0.00) AS en_{an}" for an in annees
            ),
            total=f"sum({montant})",
            parts="" if perimetre.territoire is None else parts,
            volet=f"CASE x.volet {'WHEN %s THEN %s ' * len(Volet.choices)}END",
            colonnes="".join(f", votes.en_{an}" for an in annees),
        )
        du_territoire = [] if perimetre.territoire is None else [perimetre.territoire.pk]
        return requete, [
            *de_choix, *du_territoire, annees[0], annees[-1], perimetre.appel.intitule, *chain(*Volet.choices),
        ]  # fmt: skip
