"""Les subventions en données ouvertes (SCDL 2.1.1) : compter, puis lire en flux, un choix d’actions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from financements.chiffres.exports.requete_scdl import CLES, COMPTE, ETENDUS, Situation, lignes, rangees
from financements.chiffres.tableaux import ZERO
from financements.models import Action
from financements.rules.scdl import CHAMPS, couper
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from projets.models import AppelAProjets

PAR_LOT = 500
_OBJET, _MONTANT = CHAMPS.index("objet"), CHAMPS.index("montant")


class Compte(NamedTuple):
    """Des actions d’une même situation : combien, pour combien d’euros, et combien dont l’organisme est sans SIRET."""

    nombre: int = 0
    montant: Decimal = ZERO
    sans_siret: int = 0


@dataclass(frozen=True)
class Subventions:
    """Les lignes à publier d’un choix d’actions de l’appel. Les montants sont ceux de l’action entière.

    `seuil` : seulement celles que la loi oblige à publier (plus de 23 000 € par an à un organisme de droit privé,
    toutes ses subventions du département cumulées par SIREN) ; `etendue` : avec les champs de Data.Subvention.
    """

    appel: AppelAProjets
    choix: QuerySet[Action]
    seuil: bool = False
    etendue: bool = False

    @cached_property
    def comptes(self) -> dict[Situation, Compte]:
        """Chaque situation ; une requête, lue une fois."""
        sql, parametres = self.tables()
        with connection.cursor() as curseur:
            curseur.execute(sql + COMPTE, parametres)
            trouves = {Situation(nom): Compte(*reste) for nom, *reste in curseur.fetchall()}
        return {situation: trouves.get(situation, Compte()) for situation in Situation}

    @property
    def nombre(self) -> int:
        """Combien de lignes le fichier aura."""
        return self.comptes[Situation.PUBLIABLE].nombre

    @property
    def montant(self) -> Decimal:
        """Euros attribués en vigueur de ces lignes."""
        return self.comptes[Situation.PUBLIABLE].montant

    @property
    def siret_attribuant(self) -> str:
        """Celui du département (réglage `SIRET_DEPARTEMENT`), vide s’il n’est pas dit."""
        return str(settings.SIRET_DEPARTEMENT)

    @property
    def entetes(self) -> tuple[str, ...]:
        """Les colonnes : celles du schéma, dans son ordre, puis celles de la forme étendue."""
        return CHAMPS + (tuple(nom for nom, _ in ETENDUS) if self.etendue else ())

    def rangees(self) -> Iterator[list[str]]:
        """Toutes les lignes, par numéro d’action, en une requête et par un curseur du serveur.

        Lève `ExportIncomplet` à la fin si leur nombre ou leur somme n’est pas celui qui a été annoncé.
        """
        attendu, lues, somme = self.comptes[Situation.PUBLIABLE], 0, ZERO
        sql, parametres = self.tables()
        attribuant = [settings.NOM_DEPARTEMENT, self.siret_attribuant]
        parametres += [*attribuant, *([self.appel.slug] if self.etendue else [])]
        with connection.chunked_cursor() as curseur:
            curseur.execute(sql + rangees(etendue=self.etendue), parametres)
            while lot := curseur.fetchmany(PAR_LOT):
                lues += len(lot)
                somme += sum((Decimal(rangee[_MONTANT]) for rangee in lot), ZERO)
                for rangee in lot:
                    yield [*rangee[:_OBJET], couper(rangee[_OBJET]), *rangee[_MONTANT:]]
        if (lues, somme) != (attendu.nombre, attendu.montant):
            raise ExportIncomplet("données ouvertes : d’autres lignes, ou d’autres montants")

    def cles(self) -> tuple[str, Sequence[Any]]:
        """La requête de l’action, du montant et de la date de chaque ligne, et ses paramètres."""
        sql, parametres = self.tables()
        return sql + CLES, parametres

    def tables(self) -> tuple[str, list[Any]]:
        """Le début de toute requête sur ces lignes (`requete_scdl.LIGNES`), et ses paramètres."""
        choisies, parametres = self.choix.order_by().values_list("pk").query.sql_with_params()
        return lignes(choisies, seuil=self.seuil), list(parametres)
