"""Les conventions d’un appel, action par action : combien à faire, à signer, signées ; et la page montrée."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Value

from financements.chiffres.conventions import actions_a_conventionner, aides_par_annee, obligations_de
from financements.chiffres.tableaux import ZERO
from financements.models import Action, Avenant, Convention
from financements.models.modele_de_convention import ALERTE
from financements.rules.seuil import Obligation
from financements.states.execution import EtatAvenant, EtatConvention
from projets.models import AppelAProjets

A_FAIRE, CADUCITE, AVENANTS = "a_faire", "caducite", "avenants"
VIVANTES = (EtatConvention.EDITEE, EtatConvention.SIGNEE)


@dataclass(frozen=True)
class Ligne:
    """Une action et sa convention, s’il y en a une. `montant` : euros, toutes années."""

    action: Action
    convention: Convention | None
    obligation: Obligation
    montant: Decimal

    @property
    def cumul(self) -> int:
        """Le plus fort cumul annuel de l’organisme (centimes)."""
        return max(self.obligation.cumuls.values(), default=0)


class ListeDesConventions:
    """`visibles` : les actions de l’appel que la personne voit ; `mots` : recherche.

    `filtre` : un état, `A_FAIRE`, `CADUCITE` ou `AVENANTS`, tout autre texte pour toutes.
    """

    def __init__(
        self, appel: AppelAProjets, visibles: QuerySet[Action], jour: date, filtre: str = "", mots: str = ""
    ) -> None:
        self._appel, self._visibles, self._jour, self.mots = appel, visibles, jour, mots.strip()
        connus = {A_FAIRE, CADUCITE, AVENANTS, *EtatConvention.values}
        self.filtre = filtre if filtre in connus else ""

    @property
    def choisies(self) -> QuerySet[Action]:
        """Les actions du filtre, par numéro de projet."""
        toutes = self._visibles
        if self.filtre == A_FAIRE:
            toutes = self._a_faire
        elif self.filtre == CADUCITE:
            toutes = toutes.filter(convention__in=bientot_caduques(self._jour))
        elif self.filtre == AVENANTS:
            en_cours = Avenant.objects.filter(etat__in=(EtatAvenant.PREPARATION, EtatAvenant.EDITE))
            toutes = toutes.filter(convention__in=en_cours.values("convention"))
        elif self.filtre:
            toutes = toutes.filter(convention__etat=self.filtre)
        if self.mots:
            toutes = toutes.filter(self._cherchees())
        lies = ("projet__organisme", "projet__appel", "projet__axe", "deliberation", "convention")
        return toutes.select_related(*lies).order_by("projet__numero", "pk")

    @property
    def _a_faire(self) -> QuerySet[Action]:
        return self._visibles.filter(pk__in=actions_a_conventionner(self._appel).order_by().values("pk"))

    def _cherchees(self) -> Q:
        numero = Q(projet__numero=int(self.mots)) if self.mots.isdecimal() and len(self.mots) < 9 else Q()  # noqa: PLR2004 (chiffres d’un entier)
        siret = Q(projet__organisme__siret__startswith=self.mots.replace(" ", "")) if self.mots else Q()
        return (
            Q(projet__organisme__nom__icontains=self.mots)
            | Q(projet__intitule__icontains=self.mots)
            | Q(convention__numero__iexact=self.mots)
            | siret
            | numero
        )

    @property
    def comptes(self) -> list[tuple[str, str, int]]:
        """(filtre, libellé, nombre), dans l’ordre où le travail avance. Une requête."""
        visibles = self._visibles.order_by().values("pk")
        conventions = Convention.objects.filter(action__in=visibles).order_by()
        proches = bientot_caduques(self._jour).filter(action__in=visibles).order_by()
        avenants = Avenant.objects.filter(
            convention__action__in=visibles, etat__in=(EtatAvenant.PREPARATION, EtatAvenant.EDITE)
        ).order_by()
        a_faire = self._a_faire.order_by()
        lus = conventions.values_list("etat").annotate(nombre=Count("pk"))
        a_part = ((CADUCITE, proches), (AVENANTS, avenants), (A_FAIRE, a_faire))
        nommes = (lignes.values_list(Value(nom)).annotate(nombre=Count("pk")) for nom, lignes in a_part)
        nombres = dict(lus.union(*nommes, all=True))
        return [
            (A_FAIRE, "obligatoires à faire", nombres.get(A_FAIRE, 0)),
            *((str(valeur), str(libelle), nombres.get(valeur, 0)) for valeur, libelle in EtatConvention.choices),
            (CADUCITE, "caducité proche", nombres.get(CADUCITE, 0)),
            (AVENANTS, "avenants en cours", nombres.get(AVENANTS, 0)),
        ]

    def lignes(self, actions: list[Action]) -> list[Ligne]:
        """Celles d’une page, en deux requêtes (lit ce que `choisies` a joint)."""
        aides = aides_par_annee(actions)
        obligations = obligations_de(actions, aides)
        return [
            Ligne(
                une, getattr(une, "convention", None), obligations[une.pk], sum(aides.get(une.pk, {}).values(), ZERO)
            )
            for une in actions
        ]


def bientot_caduques(jour: date) -> QuerySet[Convention]:
    """Éditées ou signées, jamais payées, sans bilan déposé, dont la caducité vient d’ici deux mois ou est passée."""
    return Convention.objects.filter(
        etat__in=VIVANTES, caduque_le__isnull=False, caduque_le__lte=jour + timedelta(days=ALERTE)
    ).exclude(Q(action__versements__etat="paye") | Q(action__bilans__depose_le__isnull=False))


def deliberations_a_conventionner(appel: AppelAProjets, visibles: QuerySet[Action]) -> list[tuple[int, str, int, int]]:
    """(clé, référence, à éditer, à signer) de chaque délibération de l’appel où il reste à faire, sur `visibles`."""
    a_faire = actions_a_conventionner(appel).order_by().values_list("pk")
    lignes = (
        visibles.order_by("deliberation__adoptee_le", "deliberation")
        .values_list("deliberation", "deliberation__reference")
        .annotate(
            editables=Count("pk", filter=Q(pk__in=a_faire) | Q(convention__etat=EtatConvention.PREPARATION)),
            editees=Count("pk", filter=Q(convention__etat=EtatConvention.EDITEE)),
        )
    )
    return [(pk, nom, editables, editees) for pk, nom, editables, editees in lignes if editables or editees]
