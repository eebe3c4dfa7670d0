"""La file des versements d’un appel : les choisir, les compter, les totaliser par exercice et par état."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum, Value

from comptes.models import Personne
from config.socle import dessins
from config.socle.montants import en_centimes
from financements.chiffres.execution.liquidation import EST_PRET, OBSTACLES, avec_obstacles
from financements.chiffres.tableaux import ZERO
from financements.models import PartTranche, Versement
from financements.models.versement import VersementQuerySet
from financements.states.execution import EtatVersement
from projets.models import AppelAProjets, Projet

PRETS, BLOQUES = "prets", "bloques"
PRET = "est_pret"
# Du plus avancé au moins avancé, la pile se lit du bas vers le haut. Les tons et motifs des autres dessins de
# l’exécution (`dessins.ETAGES`), que le gris distingue : libellé, ton, motif, états.
SERIES = (
    ("payé", "bleu", "plein", (EtatVersement.PAYE,)),
    ("mandaté", "bleu", "hachures", (EtatVersement.MANDATE,)),
    ("liquidé", "bleu", "clair", (EtatVersement.LIQUIDE,)),
    ("rejeté", "alerte", "contre", (EtatVersement.REJETE,)),
    ("prévu ou suspendu", "neutre", "vide", (EtatVersement.PREVU, EtatVersement.SUSPENDU)),
)
ORDRE = ("prevu_le", "action__projet__numero", "annee", "rang")
LARGE = 900  # unités d’un dessin qui prend toute la page


@dataclass(frozen=True, slots=True)
class Filtre:
    """Ce que la file montre. `pret` : « prets », « bloques », ou le nom d’un obstacle."""

    exercice: int | None = None
    etat: str = ""
    pret: str = ""
    axe: int | None = None
    territoire: str = ""
    q: str = ""


@dataclass(frozen=True, slots=True)
class LigneDEtat:
    """Un état, un exercice : combien de versements et d’euros."""

    exercice: int
    etat: str
    nombre: int
    montant: Decimal


class Compte(NamedTuple):
    """Combien de versements, et d’euros."""

    nombre: int = 0
    montant: Decimal = ZERO


class FileDesVersements:
    """Lecture paresseuse. Ce qui est prêt ou bloqué se juge en SQL, par la même règle que la liquidation."""

    def __init__(self, appel: AppelAProjets, filtre: Filtre, personne: Personne) -> None:
        self.appel, self.filtre, self._personne = appel, filtre, personne

    def filtree(self, filtre: Filtre) -> "FileDesVersements":
        """La même, autrement filtrée : les totaux de l’appel, déjà lus, ne se relisent pas."""
        autre = FileDesVersements(self.appel, filtre, self._personne)
        autre.par_etat = self.par_etat
        return autre

    @cached_property
    def tous(self) -> VersementQuerySet:
        """Ceux de l’appel, sans filtre : les totaux. La file, elle, tait ceux d’un déport."""
        return Versement.objects.filter(action__projet__appel=self.appel)

    @cached_property
    def choisis(self) -> QuerySet[Versement]:
        """Ceux du filtre, par échéance, puis par numéro d’action. Aucun obstacle n’est jugé si rien ne le demande."""
        pret = self.filtre.pret
        if pret == PRETS:
            return self._prets
        if pret == BLOQUES:
            lignes = self._juges.filter(**{PRET: False}, etat__in=_A_LIQUIDER)
        elif pret in OBSTACLES:
            lignes = self._juges.filter(**{pret: True}, etat__in=_A_LIQUIDER)
        else:
            lignes = self._cadre
        return lignes.order_by(*ORDRE)

    @property
    def _est_bloquee(self) -> bool:
        """Vrai si le filtre ne retient que des bloqués : aucun n’est prêt."""
        return self.filtre.pret in (BLOQUES, *OBSTACLES)

    @cached_property
    def _prets(self) -> QuerySet[Versement]:
        return self._juges.filter(**{PRET: True}).order_by(*ORDRE)

    @property
    def _juges(self) -> QuerySet[Versement]:
        return avec_obstacles(self._cadre, self.appel).annotate(**{PRET: EST_PRET})

    @property
    def _cadre(self) -> QuerySet[Versement]:
        filtre, lignes = self.filtre, self.tous.visibles_par(self._personne)
        if filtre.etat:
            lignes = lignes.filter(etat=filtre.etat)
        if filtre.exercice:
            lignes = lignes.filter(exercice=filtre.exercice)
        if filtre.axe:
            lignes = lignes.filter(action__projet__axe__numero=filtre.axe)
        if filtre.territoire:
            parts = PartTranche.objects.filter(
                tranche__action=OuterRef("action"), territoire__code=filtre.territoire, montant__gt=0
            )
            lignes = lignes.filter(Exists(parts))
        if filtre.q:
            projets = Projet.objects.filter(appel=self.appel).cherches(filtre.q).order_by()
            lignes = lignes.filter(action__projet__in=projets)
        return lignes

    @cached_property
    def total(self) -> Compte:
        """Combien de versements et d’euros le filtre retient."""
        comptes = self._comptes.values()
        return Compte(sum(un.nombre for un in comptes), sum((un.montant for un in comptes), ZERO))

    @property
    def prets(self) -> Compte:
        """Combien le filtre retient de versements prêts à liquider, et pour combien."""
        return self._comptes.get(True, Compte())

    @cached_property
    def _comptes(self) -> dict[bool, Compte]:
        """Est prêt ou non → combien. Une requête ; chaque versement n’est jugé qu’une fois."""
        if self.filtre.pret == PRETS:
            lignes = self.choisis.values_list(Value(value=True))
        elif self._est_bloquee:
            lignes = self.choisis.values_list(Value(value=False))
        else:
            lignes = self._juges.values_list(PRET)
        lus = lignes.order_by().annotate(nombre=Count("pk"), somme=Sum("montant", default=ZERO))
        return {est_pret: Compte(nombre, somme) for est_pret, nombre, somme in lus}

    def cles_pretes(self, au_plus: int) -> list[int]:
        """Les prêts du filtre, par échéance."""
        return [] if self._est_bloquee else list(self._prets.values_list("pk", flat=True)[:au_plus])

    @property
    def cles(self) -> QuerySet[Any, tuple[int, int]]:
        """(versement, action), dans l’ordre : de quoi trouver une page avant d’en juger les lignes."""
        return self.choisis.values_list("pk", "action")

    def lignes(self, cles: Sequence[tuple[int, int]]) -> list[Versement]:
        """Ces versements, annotés de leurs obstacles, avec ce que leur ligne montre. Deux requêtes."""
        siens = Versement.objects.filter(pk__in=[versement for versement, _ in cles])
        lus = avec_obstacles(siens, self.appel, {action for _, action in cles}).order_by(*ORDRE)
        return list(lus.select_related("action__projet__organisme", "action__projet__axe").prefetch_related("pieces"))

    @cached_property
    def par_etat(self) -> list[LigneDEtat]:
        """Tout l’appel, par exercice et par état, annulés à part."""
        vivants = self.tous.exclude(etat=EtatVersement.ANNULE).order_by()
        lues = vivants.values_list("exercice", "etat").annotate(nombre=Count("pk"), montant=Sum("montant"))
        return sorted((LigneDEtat(*ligne) for ligne in lues), key=lambda ligne: (ligne.exercice, ligne.etat))

    @cached_property
    def exercices(self) -> list[int]:
        """Ceux qui ont des versements."""
        return sorted({ligne.exercice for ligne in self.par_etat})

    @cached_property
    def tableau(self) -> list[tuple[str, list[Decimal], Decimal]]:
        """(libellé, euros par exercice, total) de chaque série du dessin, puis le total."""
        sommes = self._sommes
        lignes = []
        for libelle, *_, etats in SERIES:
            montants = [sum((sommes.get((an, e.value), ZERO) for e in etats), ZERO) for an in self.exercices]
            lignes.append((libelle, montants, sum(montants, ZERO)))
        totaux = [sum(colonne, ZERO) for colonne in zip(*(montants for _, montants, _ in lignes), strict=True)]
        return [*lignes, ("Total", totaux, sum(totaux, ZERO))]

    @property
    def _sommes(self) -> Mapping[tuple[int, str], Decimal]:
        return {(ligne.exercice, ligne.etat): ligne.montant for ligne in self.par_etat}

    def dessin(self, *, largeur: float = LARGE) -> dessins.Dessin:
        """Une pile par exercice, un étage par état."""
        return dessins.barres_empilees(
            titre="Versements par exercice et par état, en millions d’euros",
            categories=[str(exercice) for exercice in self.exercices],
            series=[
                dessins.Serie(libelle, tuple(map(en_centimes, montants)), ton=ton, motif=motif)
                for (libelle, ton, motif, _), (_, montants, _) in zip(SERIES, self.tableau[:-1], strict=True)
            ],
            largeur=largeur,
            hauteur=240,
        )


_A_LIQUIDER = (EtatVersement.PREVU, EtatVersement.SUSPENDU, EtatVersement.REJETE)


def somme_de(versements: Iterable[Versement]) -> Decimal:
    """Ce que font ces versements, en euros."""
    return sum((versement.montant for versement in versements), ZERO)
