"""Sceller le journal : chaque jour fini reçoit une empreinte, chaînée à celle de la veille.

Forme scellée (1) : une ligne d’en-tête puis une ligne par acte, dans l’ordre des identifiants, chacune un objet JSON
aux clés triées, sans espaces, en UTF-8, fini par un saut de ligne. L’en-tête dit le jour et l’empreinte précédente.
Un acte est du jour où il a eu lieu à Paris. Rien d’autre n’entre dans l’empreinte : qui a l’export d’un jour et
l’empreinte de la veille peut la refaire.
"""

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models.functions import TruncDate

from config.socle.models import Journal, SceauDuJournal

PARIS = ZoneInfo("Europe/Paris")
GENESE = "0" * 64  # ce qui précède le premier sceau
FORME = 1
# Les identifiants se donnent avant la validation : une ligne écrite avant minuit peut n’être visible qu’après. On
# laisse aux actes le temps de finir, et on attend ceux qui durent encore ; `verifier` dit toute ligne venue trop tard.
MARGE = timedelta(hours=2)
VERROU = 0x6A6F7572  # « jour » : un seul scellement à la fois, tous processus ensemble
UN_JOUR = timedelta(days=1)
REPERE = struct.Struct(">q8s")  # une ligne du relevé : identifiant, huit premiers octets de son empreinte
PAR_LOT = 2000
JOURS_PAR_LOT = 100


def texte_scelle(ligne: Journal) -> str:
    """La forme scellée d’une ligne du journal : un objet JSON. L’instant est en temps universel."""
    return _json(
        {
            "id": ligne.pk,
            "quand": ligne.quand.astimezone(UTC).isoformat(timespec="microseconds"),
            "auteur": ligne.auteur_id,
            "acte": ligne.acte,
            "objet_type": ligne.objet_type,
            "objet_id": ligne.objet_id,
            "objet_libelle": ligne.objet_libelle,
            "avant": ligne.avant,
            "apres": ligne.apres,
        }
    )


def empreinte_de_la_ligne(ligne: Journal) -> bytes:
    """SHA-256 (octets) de la forme scellée d’une ligne."""
    return hashlib.sha256(texte_scelle(ligne).encode()).digest()


def lignes_du_jour(jour: date) -> Iterator[Journal]:
    """Les lignes d’un jour de Paris, dans l’ordre des identifiants."""
    debut, fin = bornes(jour)
    lignes = Journal.objects.filter(quand__gte=debut, quand__lt=fin).order_by("pk")
    return lignes.iterator(chunk_size=PAR_LOT)


def bornes(jour: date) -> tuple[datetime, datetime]:
    """Du premier instant du jour, à Paris, au premier du lendemain."""
    return datetime.combine(jour, time(), PARIS), datetime.combine(jour + UN_JOUR, time(), PARIS)


def jour_de(instant: datetime) -> date:
    """Le jour de cet instant, à Paris."""
    return instant.astimezone(PARIS).date()


def composer(jour: date, precedente: str, lignes: Iterable[Journal]) -> SceauDuJournal:
    """Le sceau de ces lignes, pas encore en base."""
    condense = hashlib.sha256(f"{_json({'forme': FORME, 'jour': f'{jour}', 'precedente': precedente})}\n".encode())
    releve = bytearray()
    premier = dernier = None
    for ligne in lignes:
        texte = texte_scelle(ligne).encode()
        condense.update(texte + b"\n")
        releve += REPERE.pack(ligne.pk, hashlib.sha256(texte).digest()[:8])
        premier, dernier = premier or ligne.pk, ligne.pk
    return SceauDuJournal(
        jour=jour,
        premier_id=premier,
        dernier_id=dernier,
        nombre=len(releve) // REPERE.size,
        precedente=precedente,
        empreinte=condense.hexdigest(),
        releve=bytes(releve),
    )


def dernier_jour_a_sceller(instant: datetime) -> date:
    """Le dernier jour fini depuis plus longtemps que la marge."""
    return jour_de(instant - MARGE) - UN_JOUR


def sceller_le_journal(*, instant: datetime, jusqu_au: date | None = None) -> list[SceauDuJournal]:
    """Scelle les jours finis qui ne le sont pas, du plus ancien au plus récent ; le refaire ne change rien.

    `jusqu_au` : s’arrêter à ce jour. Un acte commencé avant la fin d’un jour et pas encore validé en retarde le
    sceau : le passage suivant le fera.
    """
    limite = min(jusqu_au or date.max, dernier_jour_a_sceller(instant))
    faits = []
    while sceaux := _sceller_la_suite(limite):
        faits += sceaux
    return faits


@transaction.atomic
def _sceller_la_suite(limite: date) -> list[SceauDuJournal]:
    """Une transaction par lot de jours : deux scellements simultanés se relaient, une reprise ne refait pas tout."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(%s)", [VERROU])
    precedent = SceauDuJournal.objects.defer("releve").last()
    premier = precedent.jour + UN_JOUR if precedent else _premier_jour()
    if premier is None:
        return []
    dernier = min(limite, _dernier_jour_valide(), premier + (JOURS_PAR_LOT - 1) * UN_JOUR)
    precedente, sceaux = precedent.empreinte if precedent else GENESE, []
    for jour, lignes in _jour_par_jour(premier, dernier):
        sceaux.append(composer(jour, precedente, lignes))
        precedente = sceaux[-1].empreinte
    return SceauDuJournal.objects.bulk_create(sceaux)


def _jour_par_jour(premier: date, dernier: date) -> Iterator[tuple[date, Iterable[Journal]]]:
    """Chaque jour, même sans acte, et ses lignes dans l’ordre des identifiants, lues d’une seule requête.

    Les lignes d’un jour se lisent avant de passer au suivant.
    """
    lignes = (
        Journal.objects.filter(quand__gte=bornes(premier)[0], quand__lt=bornes(dernier)[1])
        .annotate(jour=TruncDate("quand", tzinfo=PARIS))
        .order_by("jour", "pk")
        .iterator(chunk_size=PAR_LOT)
    )
    remplis = groupby(lignes, key=attrgetter("jour"))
    rempli = next(remplis, None)
    for rang in range((dernier - premier).days + 1):
        jour = premier + rang * UN_JOUR
        if rempli and rempli[0] == jour:
            yield rempli
            rempli = next(remplis, None)
        else:
            yield jour, ()


def _premier_jour() -> date | None:
    premiere = Journal.objects.order_by("quand").values_list("quand", flat=True).first()
    return jour_de(premiere) if premiere else None


def _dernier_jour_valide() -> date:
    """La veille du plus ancien acte pas encore validé : d’ici là, plus rien ne peut s’ajouter."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
        )
        (debut,) = curseur.fetchone()
    return jour_de(debut) - UN_JOUR if debut else date.max


def _json(valeur: dict[str, Any]) -> str:
    return json.dumps(valeur, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
