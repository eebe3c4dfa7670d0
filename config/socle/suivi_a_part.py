"""Suivre un travail tout ou rien : sa progression s’écrit par une connexion à part, visible avant la fin."""

import time
from types import TracebackType
from typing import Self

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from config.socle.execution import PAS_ECRITURE, Suivi
from config.socle.models import Travail
from config.socle.travaux import EtatTravail, TravailAnnule


class SuiviAPart(Suivi):
    """Le suivi d’un travail dont le corps est une seule transaction : `with SuiviAPart(Modele, pk) as suivi`.

    Écrite dans la transaction, la progression resterait invisible et son verrou bloquerait l’annulation.
    """

    def __init__(self, modele: type[Travail], pk: int) -> None:
        super().__init__(modele, pk)
        self._connexion: BaseDatabaseWrapper = connection.copy()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, sorte: type[BaseException] | None, erreur: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connexion.close()

    def avancer(self, progression: int, etape: str = "", *, toujours: bool = False) -> None:
        """Comme `Suivi.avancer`. Lève `TravailAnnule` si l’annulation a été demandée."""
        maintenant = time.monotonic()
        if not toujours and maintenant - self._dernier < PAS_ECRITURE:
            return
        self._dernier = maintenant
        table = self._modele._meta.db_table
        with self._connexion.cursor() as curseur:
            curseur.execute(
                f'UPDATE "{table}" SET progression = %s, etape = %s, battement_le = %s '  # noqa: S608 (nom de modèle)
                "WHERE id = %s AND etat = %s AND NOT annulation_demandee",
                [min(max(progression, 0), 99), etape[:200], timezone.now(), self._pk, EtatTravail.EN_COURS],
            )
            ecrites = curseur.rowcount
        # Rien d’écrit : annulé, ou invisible d’ici parce que la ligne elle-même n’est pas encore validée.
        if not ecrites and not self._est_en_cours():
            raise TravailAnnule

    def _est_en_cours(self) -> bool:
        lignes = self._modele._default_manager.filter(pk=self._pk, etat=EtatTravail.EN_COURS)
        return lignes.filter(annulation_demandee=False).exists()
