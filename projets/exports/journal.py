"""Le journal d’un projet en CSV, pour un auditeur."""

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate

from config.socle.ecriture import Champ, Genre, csv_au_fil
from config.socle.models import Journal, SceauDuJournal
from config.socle.sceaux import PARIS, empreinte_de_la_ligne
from projets.models.journal import en_texte, lisible

PAR_LOT = 500
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
