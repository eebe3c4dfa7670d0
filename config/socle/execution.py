"""Conduire un travail long : le commencer, dire où il en est, le finir, l’annuler, le relancer.

Utilisé par les tâches Celery (`executer`) et par les actes des écrans (`demander_l_annulation`, `relancer`).
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from kombu.exceptions import OperationalError

from config.socle.journal import journaliser
from config.socle.models import Travail
from config.socle.transitions import PassageRefuse
from config.socle.travaux import ACTIFS, CYCLE_TRAVAIL, EtatTravail, TravailAnnule

T = TypeVar("T", bound=Travail)

SILENCE_ADMIS = timedelta(seconds=90)  # au-delà, le processus qui travaillait est tenu pour mort
ESSAIS_ADMIS = 3
PAS_ECRITURE = 0.5  # secondes entre deux écritures de progression : l’écran n’interroge pas plus vite

journal = logging.getLogger(__name__)


class EchecDit(Exception):
    """Échec prévu d’un travail : son message se montre tel quel à la personne."""


def mettre_en_file(tache: Any, pk: int, quoi: str) -> None:
    """Confie `pk` à une tâche Celery. Si la file ne répond pas, la reprise s’en chargera.

    `quoi` : ce qui attendra, pour le journal du serveur (« le rapport »).
    """
    try:
        tache.delay(pk)
    except OperationalError:
        journal.exception("La file ne répond pas : %s n° %s attendra la reprise périodique", quoi, pk)


def inscrire(modele: type[T], *, cle: Mapping[str, Any], demande_par: Any, **autres: Any) -> tuple[T, bool]:
    """Le travail demandé, et vrai s’il est neuf ; sinon celui de même `cle` qui est en cours : un second clic.

    La contrainte d’unicité du modèle n’en laisse avancer qu’un par `cle`.
    """
    try:
        with transaction.atomic():
            return modele._default_manager.create(**{**cle, **autres, "demande_par": demande_par}), True
    except IntegrityError:
        return modele._default_manager.get(**cle, etat__in=ACTIFS), False


def verrouiller(modele: type[T], pk: int) -> T:
    """La ligne du travail, verrouillée jusqu’à la fin de la transaction. `DoesNotExist` si elle a disparu."""
    return modele._default_manager.select_for_update(of=("self",)).get(pk=pk)


class Suivi:
    """La progression d’un travail, écrite hors de toute transaction longue pour que l’écran la voie."""

    def __init__(self, modele: type[Travail], pk: int) -> None:
        self._modele, self._pk = modele, pk
        self._dernier = 0.0

    def avancer(self, progression: int, etape: str = "", *, toujours: bool = False) -> None:
        """Dire la progression (0 à 99 %) et l’étape. Lève `TravailAnnule` si l’annulation a été demandée.

        Une progression moindre que celle déjà dite ne la fait pas reculer : une partie reprise rattrapera l’ensemble.
        Les appels trop rapprochés ne coûtent rien : ils ne touchent pas la base.
        """
        maintenant = time.monotonic()
        if not toujours and maintenant - self._dernier < PAS_ECRITURE:
            return
        self._dernier = maintenant
        lignes = self._modele._default_manager.filter(
            pk=self._pk, etat=EtatTravail.EN_COURS, annulation_demandee=False
        )
        atteinte = Greatest(F("progression"), Value(min(max(progression, 0), 99)))
        nouveau: dict[str, Any] = {"progression": atteinte, "battement_le": timezone.now()}
        if etape:
            nouveau["etape"] = etape[:200]
        if not lignes.update(**nouveau):
            raise TravailAnnule


def commencer(modele: type[T], pk: int) -> T | None:
    """Faire passer le travail « en cours ». None s’il n’y a rien à faire (fini, annulé, ou un autre y travaille)."""
    with transaction.atomic():
        travail = verrouiller(modele, pk)
        if not travail.est_actif:
            return None
        maintenant = timezone.now()
        if travail.etat == EtatTravail.EN_COURS and travail.battement_le and not _est_muet(travail):
            return None  # la même tâche livrée deux fois : l’autre processus est vivant
        if travail.annulation_demandee:
            _clore(travail, "annuler", "Annulé avant de commencer.")
            return None
        if travail.essais >= ESSAIS_ADMIS:
            _clore(travail, "echouer", f"Abandonné après {travail.essais} essais interrompus.")
            return None
        travail.etat = CYCLE_TRAVAIL.franchir("commencer", travail.etat)
        travail.essais += 1
        travail.progression, travail.etape, travail.message = 0, "", ""
        travail.commence_le = travail.battement_le = maintenant
        travail.save()
        return travail


@contextmanager
def executer(modele: type[T], pk: int, *, terminer_a_la_fin: bool = True) -> Iterator[tuple[T, Suivi] | None]:
    """Encadrer l’exécution : `with executer(Rapport, pk) as en_main: if en_main is None: return`.

    À la sortie le travail est « terminé », ou « annulé » (`TravailAnnule`), ou « échoué » avec un message honnête.
    Une exception imprévue est consignée avec sa trace, et dite sans détail technique.
    """
    travail = commencer(modele, pk)
    if travail is None:
        yield None
        return
    with encadrer(modele, pk) as suivi:
        yield travail, suivi
        if terminer_a_la_fin:
            conclure(modele, pk, "terminer")


@contextmanager
def encadrer(modele: type[T], pk: int) -> Iterator[Suivi]:
    """Le corps d’un travail déjà commencé, ou d’une de ses parties : ce qui s’y lève le conclut comme il se doit."""
    try:
        yield Suivi(modele, pk)
    except TravailAnnule:
        conclure(modele, pk, "annuler", "Annulé à la demande d’une personne.")
    except EchecDit as echec:
        conclure(modele, pk, "echouer", str(echec))
    except Exception:
        journal.exception("%s n° %s a échoué", modele._meta.verbose_name, pk)
        conclure(
            modele,
            pk,
            "echouer",
            "Une erreur imprévue a arrêté ce travail ; elle est consignée. Vous pouvez relancer.",
        )


def conclure(modele: type[T], pk: int, acte: str, message: str = "") -> bool:
    """Terminer, échouer ou annuler, si le travail est encore actif. Rend vrai si c’est cet appel qui l’a conclu."""
    with transaction.atomic():
        travail = verrouiller(modele, pk)
        if not travail.est_actif:
            return False
        _clore(travail, acte, message)
        return True


def demander_l_annulation(*, modele: type[T], pk: int, auteur: Any) -> T:
    """Acte « Annuler » : immédiat si le travail attend, sinon au prochain pas du processus qui travaille."""
    with transaction.atomic():
        travail = verrouiller(modele, pk)
        avant = {"etat": travail.etat}
        CYCLE_TRAVAIL.franchir("annuler", travail.etat)
        if travail.etat == EtatTravail.EN_ATTENTE or _est_muet(travail):
            travail.annulation_demandee = True
            _clore(travail, "annuler", "Annulé à la demande d’une personne.")
        else:
            travail.annulation_demandee = True
            travail.save(update_fields=["annulation_demandee"])
        journaliser(auteur=auteur, acte="annuler", objet=travail, avant=avant, apres={"etat": travail.etat})
        return travail


def relancer(*, modele: type[T], pk: int, auteur: Any, lancer: Callable[[int], object]) -> T:
    """Acte « Relancer » un travail échoué ou annulé : remis en attente, puis `lancer(pk)` après validation.

    Lève `PassageRefuse` : autre état, ou le même travail est en cours.
    """
    with transaction.atomic():
        travail = verrouiller(modele, pk)
        avant = {"etat": travail.etat}
        travail.etat = CYCLE_TRAVAIL.franchir("relancer", travail.etat)
        travail.annulation_demandee, travail.essais, travail.progression = False, 0, 0
        travail.etape = travail.message = ""
        travail.commence_le = travail.battement_le = travail.fini_le = None
        try:
            with transaction.atomic():
                travail.save()
        except IntegrityError as deja:  # la base n’en laisse avancer qu’un
            raise PassageRefuse("Ce travail est déjà en cours.") from deja
        journaliser(auteur=auteur, acte="relancer", objet=travail, avant=avant, apres={"etat": travail.etat})
        transaction.on_commit(lambda: lancer(pk))
        return travail


def reprendre_les_muets(modele: type[T], lancer: Callable[[int], object], sauf: Collection[int] = ()) -> list[int]:
    """Remettre en route les travaux dont le processus est mort ou le message perdu. Rend leurs identifiants.

    `sauf` : ceux qui ont un message dans la file. Ils attendent leur tour : les relancer les ferait passer, essai
    après essai, pour impossibles.
    """
    limite = timezone.now() - SILENCE_ADMIS
    actifs = modele._default_manager.filter(etat__in=ACTIFS).exclude(pk__in=sauf)
    morts = actifs.filter(etat=EtatTravail.EN_COURS, battement_le__lt=limite)
    oublies = actifs.filter(etat=EtatTravail.EN_ATTENTE, demande_le__lt=limite)
    pks = [*morts.values_list("pk", flat=True), *oublies.values_list("pk", flat=True)]
    for pk in pks:
        lancer(pk)
    return pks


def _est_muet(travail: Travail) -> bool:
    return travail.battement_le is None or travail.battement_le < timezone.now() - SILENCE_ADMIS


def _clore(travail: Travail, acte: str, message: str) -> None:
    travail.etat = CYCLE_TRAVAIL.franchir(acte, travail.etat)
    travail.fini_le = timezone.now()
    travail.message = message
    if travail.etat == EtatTravail.TERMINE:
        travail.progression, travail.etape = 100, ""
    travail.save()
