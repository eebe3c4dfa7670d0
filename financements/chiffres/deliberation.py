"""Les chiffres d’une délibération : ses décisions, leurs montants, ce qui reste à notifier."""

import re

from django.db.models import Count, Q, QuerySet, Sum

from comptes.models import Personne
from financements.chiffres.comite.seance import ref
from financements.chiffres.lettres import NON_LUES, RECOMMANDE
from financements.models import Decision, Deliberation, Notification
from financements.models.deports import projets_fermes_a
from financements.states import Choix
from projets.models import AppelAProjets


def deliberations_de(appel: AppelAProjets) -> QuerySet[Deliberation]:
    """Celles votées ici et celles que portent ses actions importées, avec `nombre` d’actions de cet appel."""
    siennes = Deliberation.objects.filter(Q(appel=appel) | Q(actions__projet__appel=appel)).distinct()
    nombre = Count("actions", filter=Q(actions__projet__appel=appel), distinct=True)
    return siennes.annotate(nombre=nombre).select_related("appel").order_by("-adoptee_le", "pk")


class DecisionsDeLaDeliberation:
    """Celles des projets que la personne voit.

    `sens` : une décision de `Choix`, `RECOMMANDE`, `NON_LUES`, ou tout autre texte pour toutes.
    """

    def __init__(self, deliberation: Deliberation, personne: Personne, sens: str = "") -> None:
        self._deliberation = deliberation
        siennes, fermes = Decision.objects.filter(deliberation=deliberation), projets_fermes_a(personne)
        self._toutes = siennes.exclude(projet__in=fermes)
        self._tues = siennes.filter(projet__in=fermes)
        self.sens = sens if sens in {*Choix.values, RECOMMANDE, NON_LUES} else ""

    @property
    def montrees(self) -> QuerySet[Decision]:
        """Les décisions choisies, par numéro de projet, avec `montant` (euros, toutes années ; None sans action)."""
        choisies = self._toutes
        if self.sens == RECOMMANDE:
            choisies = self._par_la_poste
        elif self.sens == NON_LUES:
            choisies = self._non_lues
        elif self.sens:
            choisies = choisies.filter(sens=self.sens)
        lies = ("projet__organisme", "projet__axe", "projet__appel", "notification__lecture__personne")
        montant = Sum("projet__action__tranches__montant")
        return choisies.select_related(*lies).annotate(montant=montant).order_by("projet__numero")

    @property
    def comptes(self) -> list[tuple[str, str, int]]:
        """(valeur, libellé, nombre) de chaque décision possible."""
        lus = dict(self._toutes.order_by().values_list("sens").annotate(Count("pk")))
        return [(str(valeur), str(libelle), lus.get(valeur, 0)) for valeur, libelle in Choix.choices]

    @property
    def tues(self) -> int:
        """Combien de décisions la personne ne voit pas, pour s’en être déportée."""
        return self._tues.count()

    @property
    def deports(self) -> str:
        """Les élus qui n’ont pas pris part au vote ; la référence d’un projet fermé à la personne n’y est pas."""
        texte = self._deliberation.deports
        fermees = self._tues.select_related("projet__appel") if texte else []
        for decision in fermees:
            texte = re.sub(rf"\b{re.escape(ref(decision.projet))}\b", "un projet qui vous est fermé", texte)
        return texte

    @property
    def recommandes(self) -> int:
        """Combien sont à envoyer en recommandé."""
        return self._par_la_poste.count()

    @property
    def non_lues(self) -> int:
        """Combien de lettres personne n’a encore ouvertes."""
        return self._non_lues.count()

    @property
    def _par_la_poste(self) -> QuerySet[Decision]:
        return self._toutes.filter(notification__in=Notification.objects.en_recommande())

    @property
    def _non_lues(self) -> QuerySet[Decision]:
        return self._toutes.filter(notification__in=Notification.objects.non_lues())


def a_notifier(deliberation: Deliberation) -> QuerySet[Decision]:
    """Les décisions que personne n’a encore notifiées, par numéro de projet."""
    restent = Decision.objects.filter(deliberation=deliberation, notification__isnull=True)
    return restent.order_by("projet__numero")


def est_notifiee(deliberation: Deliberation) -> bool:
    """Vrai dès qu’une décision est notifiée : ses dates ne changent plus."""
    return Notification.objects.filter(decision__deliberation=deliberation).exists()
