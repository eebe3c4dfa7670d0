"""Les trois annexes annuelles du compte administratif, tous appels : concours, organismes, communes.

CGCT L2313-1 2° et 4° (applicable aux départements par L3313-1) et L3312-5. « Attribué » : les tranches de l’année,
avenants compris ; « versé » : ce qui est mandaté sur l’exercice. Un organisme est ici sa fiche.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db import connection

from comptes.states import FormeJuridique
from config.socle.ecriture import Champ, Genre
from financements.models import Tranche
from projets.chiffres.export_de_l_instruction import ExportIncomplet

PAR_LOT = 500
SEUIL_DES_ORGANISMES = Decimal("75000.00")  # euros par an (L2313-1, 4°)
MOITIE = Decimal("0.50")  # du produit de l’organisme (même texte)


class SorteDAnnexe(StrEnum):
    """Les trois annexes, dans l’ordre du code."""

    CONCOURS = "concours"
    ORGANISMES = "organismes"
    COMMUNES = "communes"


_SOMMES = """
    WITH attribues AS (
        SELECT t.action_id, t.montant FROM financements_tranche t WHERE t.annee = %(annee)s AND t.montant > 0
    ), verses AS (
        SELECT v.action_id, sum(v.montant) AS montant FROM financements_versement v
         WHERE v.exercice = %(annee)s AND v.etat IN ('mandate', 'paye') GROUP BY 1
    ), sommes AS (
        SELECT COALESCE(g.action_id, v.action_id) AS action_id, COALESCE(g.montant, 0.00) AS attribue,
               COALESCE(v.montant, 0.00) AS verse
          FROM attribues g FULL JOIN verses v ON v.action_id = g.action_id
    ), par_organisme AS (
        SELECT p.organisme_id, sum(s.attribue) AS attribue, sum(s.verse) AS verse, count(*) AS actions
          FROM sommes s JOIN financements_action a ON a.id = s.action_id JOIN projets_projet p ON p.id = a.projet_id
         GROUP BY 1
    )
"""
_FORME = "CASE o.forme_juridique {} END".format(
    " ".join(
        f"WHEN '{valeur}' THEN '{str(nom).replace(chr(39), chr(39) * 2)}'" for valeur, nom in FormeJuridique.choices
    )
)
_CONCOURS = f"""
    SELECT o.nom, o.siret, o.rna, c.nom AS commune, {_FORME} AS forme, l.intitule AS appel, p.numero,
           p.intitule, s.attribue, s.verse
      FROM sommes s JOIN financements_action a ON a.id = s.action_id JOIN projets_projet p ON p.id = a.projet_id
      JOIN projets_appelaprojets l ON l.id = p.appel_id JOIN comptes_organisme o ON o.id = p.organisme_id
      LEFT JOIN territoires_commune c ON c.id = o.commune_id
     ORDER BY o.nom_tri, o.id, l.id, p.numero
"""  # noqa: S608 (du SQL écrit dans le code)
_AIDES = f"""
    SELECT o.nom, o.siret, o.rna, c.nom AS commune, {_FORME} AS forme, q.actions, q.attribue, q.verse, d.montant,
           round(100 * q.attribue / d.montant, 2) AS part, o.id,
           q.attribue > %(seuil)s OR q.attribue > %(moitie)s * d.montant AS est_retenu
      FROM par_organisme q JOIN comptes_organisme o ON o.id = q.organisme_id
      LEFT JOIN territoires_commune c ON c.id = o.commune_id
      LEFT JOIN financements_produitdorganisme d ON d.organisme_id = o.id AND d.annee = %(annee)s
     ORDER BY q.attribue DESC, o.nom_tri, o.id
"""  # noqa: S608
_ORGANISMES = f"""
    SELECT r.nom, r.siret, r.rna, r.commune, r.forme, r.actions, r.attribue, r.verse, r.montant, r.part
      FROM ({_AIDES}) r WHERE r.est_retenu
"""  # noqa: S608
_COMMUNES = """
    SELECT COALESCE(c.nom, 'Commune du siège non renseignée'), c.code_insee, c.population, count(*), sum(q.actions),
           sum(q.attribue) AS attribue, sum(q.verse) AS verse,
           round(sum(q.attribue) / NULLIF(c.population, 0), 2) AS ratio
      FROM par_organisme q JOIN comptes_organisme o ON o.id = q.organisme_id
      LEFT JOIN territoires_commune c ON c.id = o.commune_id
     GROUP BY c.id, c.nom, c.nom_tri, c.code_insee, c.population
     ORDER BY c.nom_tri NULLS LAST
"""
_BENEFICIAIRE = (
    Champ("Bénéficiaire", Genre.TEXTE, 40),
    Champ("SIRET", Genre.TEXTE, 16),
    Champ("RNA", Genre.TEXTE, 12),
    Champ("Commune", Genre.TEXTE, 22),
    Champ("Forme juridique", Genre.TEXTE, 22),
)
_MONTANTS = (Champ("Attribué (€)", Genre.MONTANT, 16), Champ("Versé dans l’exercice (€)", Genre.MONTANT, 16))


@dataclass(frozen=True)
class Forme:
    """Ce qu’est une annexe : son titre, son texte, sa requête, ses colonnes, le rang de ses deux montants."""

    titre: str
    texte: str
    requete: str
    champs: tuple[Champ, ...]
    premier_montant: int


FORMES: dict[SorteDAnnexe, Forme] = {
    SorteDAnnexe.CONCOURS: Forme(
        "Liste des concours attribués",
        "CGCT L2313-1, 2°",
        _CONCOURS,
        (
            *_BENEFICIAIRE,
            Champ("Appel à projets", Genre.TEXTE, 30),
            Champ("N° de l’action", Genre.ENTIER, 10),
            Champ("Objet", Genre.TEXTE, 48),
            *_MONTANTS,
        ),
        8,
    ),
    SorteDAnnexe.ORGANISMES: Forme(
        "Organismes aidés de plus de 75 000 € ou de plus de la moitié de leur produit",
        "CGCT L2313-1, 4°",
        _ORGANISMES,
        (
            *_BENEFICIAIRE,
            Champ("Actions", Genre.ENTIER, 10),
            *_MONTANTS,
            Champ("Produit déclaré (€)", Genre.MONTANT, 16),
            Champ("Part du produit (%)", Genre.NOMBRE, 12),
        ),
        6,
    ),
    SorteDAnnexe.COMMUNES: Forme(
        "État récapitulatif par commune",
        "CGCT L3312-5",
        _COMMUNES,
        (
            Champ("Commune du siège", Genre.TEXTE, 32),
            Champ("Code Insee", Genre.TEXTE, 10),
            Champ("Population", Genre.ENTIER, 12),
            Champ("Organismes", Genre.ENTIER, 12),
            Champ("Actions", Genre.ENTIER, 10),
            *_MONTANTS,
            Champ("Attribué par habitant (€)", Genre.MONTANT, 14),
        ),
        5,
    ),
}


@dataclass(frozen=True)
class Annexe:
    """Une annexe d’un exercice : comptée, puis lue en flux ou par page."""

    sorte: SorteDAnnexe
    exercice: int

    @property
    def forme(self) -> Forme:
        """Son titre, ses colonnes."""
        return FORMES[self.sorte]

    @cached_property
    def compte(self) -> tuple[int, Decimal, Decimal]:
        """Lignes, euros attribués, euros versés."""
        sql = "SELECT count(*), COALESCE(sum(x.attribue), 0.00), COALESCE(sum(x.verse), 0.00) FROM ({}) x"
        with connection.cursor() as curseur:
            curseur.execute(_SOMMES + sql.format(self.forme.requete), self._parametres)
            nombre, attribue, verse = curseur.fetchone()
        return nombre, attribue, verse

    @property
    def nombre(self) -> int:
        """Combien de lignes le fichier aura."""
        return self.compte[0]

    def page(self, depuis: int, combien: int) -> list[tuple[Any, ...]]:
        """Quelques lignes, dans l’ordre du fichier."""
        with connection.cursor() as curseur:
            bornes = {**self._parametres, "combien": combien, "depuis": depuis}
            curseur.execute(f"{_SOMMES} {self.forme.requete} LIMIT %(combien)s OFFSET %(depuis)s", bornes)
            lues: list[tuple[Any, ...]] = curseur.fetchall()
        return lues

    def rangees(self) -> Iterator[Sequence[Any]]:
        """Toutes, par un curseur du serveur. Lève `ExportIncomplet` à la fin si elles ne font pas l’annonce."""
        rang, lues, attribue, verse = self.forme.premier_montant, 0, Decimal("0.00"), Decimal("0.00")
        annonce = self.compte
        with connection.chunked_cursor() as curseur:
            curseur.execute(_SOMMES + self.forme.requete, self._parametres)
            while lot := curseur.fetchmany(PAR_LOT):
                lues += len(lot)
                attribue += sum((rangee[rang] for rangee in lot), Decimal(0))
                verse += sum((rangee[rang + 1] for rangee in lot), Decimal(0))
                yield from lot
        if (lues, attribue, verse) != annonce:
            raise ExportIncomplet("annexe : d’autres lignes, ou d’autres montants")

    @property
    def _parametres(self) -> dict[str, Any]:
        return {"annee": self.exercice, "seuil": SEUIL_DES_ORGANISMES, "moitie": MOITIE}


@dataclass(frozen=True, slots=True)
class OrganismeAide:
    """Un organisme aidé dans l’année : ce qu’il reçoit, son produit s’il est connu, s’il est dans l’annexe."""

    pk: int
    nom: str
    attribue: Decimal
    produit: Decimal | None
    part: Decimal | None
    est_retenu: bool


def organismes_aides(exercice: int, depuis: int, combien: int) -> tuple[list[OrganismeAide], int, int]:
    """Ceux d’une page, du plus aidé au moins aidé ; combien en tout, et combien sous le seuil sans produit connu."""
    parametres: dict[str, Any] = {"annee": exercice, "seuil": SEUIL_DES_ORGANISMES, "moitie": MOITIE}
    with connection.cursor() as curseur:
        curseur.execute(
            f"{_SOMMES} SELECT x.*, count(*) OVER (), "  # noqa: S608
            "count(*) FILTER (WHERE x.montant IS NULL AND x.attribue <= %(seuil)s) OVER () "
            f"FROM ({_AIDES}) x LIMIT %(combien)s OFFSET %(depuis)s",
            {**parametres, "combien": combien, "depuis": depuis},
        )
        lues = curseur.fetchall()
    aides = [
        OrganismeAide(pk, nom, attribue, produit, part, bool(est_retenu))
        for nom, _, _, _, _, _, attribue, _, produit, part, pk, est_retenu, _, _ in lues
    ]
    return aides, lues[0][-2] if lues else 0, lues[0][-1] if lues else 0


def exercices_connus() -> list[int]:
    """Ceux qui ont des tranches, du plus récent au plus ancien."""
    return list(Tranche.objects.order_by("-annee").values_list("annee", flat=True).distinct())
