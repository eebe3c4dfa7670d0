"""Le journal d’un projet en lignes lisibles : qui, quoi, quand, et chaque champ avant et après."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate

from config.socle.ecriture import Champ, Genre, csv_au_fil
from config.socle.models import Journal, SceauDuJournal
from config.socle.montants import format_euros
from config.socle.sceaux import PARIS, empreinte_de_la_ligne
from projets.rules.actes import libelle, phrase
from projets.states import EtatProjet

LA_MACHINE = "l’application"
RIEN = "–"
PAR_LOT = 500
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_JOUR = re.compile(r"\d{4}-\d\d-\d\d")
_MONTANT = re.compile(r"-?\d+\.\d\d")
ETATS = dict(EtatProjet.choices)

COLONNES = (
    Champ("Ligne", Genre.ENTIER),
    Champ("Date et heure (Paris)", Genre.INSTANT),
    Champ("Auteur"),
    Champ("Acte"),
    Champ("Ce qui s’est passé"),
    Champ("Objet"),
    Champ("Avant"),
    Champ("Après"),
    Champ("Empreinte de la ligne (SHA-256)"),
    Champ("Sceau du jour (SHA-256)"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """Un champ de l’acte, en clair ; « – » d’un côté où il n’est pas dit."""

    libelle: str
    avant: str
    apres: str


@dataclass(frozen=True, slots=True)
class LigneLisible:
    """Une ligne du journal telle qu’on la lit."""

    ligne: int
    quand: datetime
    auteur: str
    phrase: str
    objet: str
    changes: tuple[Change, ...]

    @property
    def a_un_avant(self) -> bool:
        """Vrai si l’acte dit ce qui était."""
        return any(change.avant != RIEN for change in self.changes)


def lisible(ligne: Journal) -> LigneLisible:
    """La ligne en clair. À donner avec son auteur déjà lu (`select_related`)."""
    avant, apres = ligne.avant or {}, ligne.apres or {}
    champs = [*avant, *(champ for champ in apres if champ not in avant)]
    changes = tuple(Change(libelle(champ), _dire(champ, avant), _dire(champ, apres)) for champ in champs)
    auteur = str(ligne.auteur or LA_MACHINE)
    return LigneLisible(ligne.pk, ligne.quand, auteur, phrase(ligne.acte), ligne.objet_libelle, changes)


def rangees_du_journal(lignes: QuerySet[Journal]) -> Iterator[list[Any]]:
    """Une rangée par ligne, de la plus ancienne à la plus récente, avec son empreinte et le sceau de son jour."""
    sceau = SceauDuJournal.objects.filter(jour=OuterRef("jour")).values("empreinte")
    dates = lignes.select_related("auteur").annotate(jour=TruncDate("quand", tzinfo=PARIS), sceau=Subquery(sceau))
    for ligne in dates.order_by("pk").iterator(chunk_size=PAR_LOT):
        lue = lisible(ligne)
        yield [
            lue.ligne,
            lue.quand,
            lue.auteur,
            ligne.acte,
            lue.phrase,
            lue.objet,
            en_texte(lue, "avant"),
            en_texte(lue, "apres"),
            empreinte_de_la_ligne(ligne).hex(),
            ligne.sceau,
        ]


def journal_en_csv(lignes: QuerySet[Journal]) -> Iterator[bytes]:
    """Le journal d’un projet, au fil de l’eau."""
    return csv_au_fil(COLONNES, rangees_du_journal(lignes))


def en_texte(lue: LigneLisible, cote: str) -> str:
    """« état : déposé ; numéro : 12 » ; vide si ce côté ne dit rien."""
    dits = [(change.libelle, getattr(change, cote)) for change in lue.changes]
    return " ; ".join(f"{nom} : {valeur}" for nom, valeur in dits if valeur != RIEN)


def _dire(champ: str, valeurs: Any) -> str:
    """La valeur d’un champ, telle qu’on l’écrit en français."""
    if not isinstance(valeurs, dict) or champ not in valeurs:
        return RIEN
    valeur = valeurs[champ]
    if champ == "etat":
        return ETATS.get(valeur, str(valeur))
    return _clair(valeur)


def _clair(valeur: Any) -> str:
    if valeur is None or valeur == "":
        return "rien"
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, dict):
        return ", ".join(f"{libelle(cle)} : {_clair(v)}" for cle, v in valeur.items())
    if isinstance(valeur, list):
        return ", ".join(map(_clair, valeur)) or "rien"
    return _mot(valeur) if isinstance(valeur, str) else str(valeur)


def _mot(texte: str) -> str:
    """Un instant, un jour ou un montant s’écrivent comme un lecteur français les lit."""
    try:
        if _INSTANT.match(texte):
            lu = datetime.fromisoformat(texte)
            return f"{lu.astimezone(PARIS) if lu.tzinfo else lu:%d/%m/%Y à %H:%M}"
        if _JOUR.fullmatch(texte):
            return f"{date.fromisoformat(texte):%d/%m/%Y}"
    except ValueError:  # la forme d’une date, sans en être une
        return texte
    return format_euros(Decimal(texte)) if _MONTANT.fullmatch(texte) else texte
