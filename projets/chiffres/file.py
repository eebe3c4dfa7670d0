"""La file d’instruction : chaque portée et chaque état comptés en une requête, puis les lignes d’une page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Concat, Trim
from django.utils import timezone

from comptes.models import Personne
from comptes.states import Role
from projets.models import Affectation, DemandeDeComplement, ExerciceProjet, Notation, PartProjet, Projet
from projets.models.echanges import en_retard
from projets.states import EtatProjet


@dataclass(frozen=True, slots=True)
class Portee:
    """Un choix de projets : les siens, ceux de son territoire, ceux en retard, tous."""

    cle: str
    libelle: str


MES, TERRITOIRE, RETARD, TOUS = PORTEES = (
    Portee("mes", "Mes projets"),
    Portee("territoire", "Mon territoire"),
    Portee("retard", "En retard"),
    Portee("tous", "Tous"),
)


def portees_de(personne: Personne) -> list[Portee]:
    """Celles qu’on lui offre : seul l’instructeur a un territoire à lui."""
    return [portee for portee in PORTEES if portee != TERRITOIRE or personne.role == Role.INSTRUCTEUR]


@dataclass(frozen=True, slots=True)
class Comptes:
    """Combien de projets, par état puis par portée."""

    par_etat: dict[str, dict[str, int]]

    def de_la_portee(self, portee: str, etat: str = "") -> int:
        """Ce que montrerait cette portée, dans cet état s’il est choisi."""
        return sum(comptes[portee] for lu, comptes in self.par_etat.items() if etat in ("", lu))

    def des_etats(self, portee: str) -> list[tuple[str, str, int]]:
        """(état, libellé, nombre) pour les états présents dans cette portée, dans l’ordre de vie."""
        return [
            (str(etat), str(libelle), self.par_etat[etat][portee])
            for etat, libelle in EtatProjet.choices
            if self.par_etat.get(etat, {}).get(portee)
        ]


def condition(portee: str, personne: Personne, jour: date) -> Q | None:
    """La condition que tiennent les projets de cette portée ; None : tous."""
    if portee == MES.cle:
        return Projet.confies_a(personne)
    if portee == TERRITOIRE.cle:
        return Projet.du_territoire_de(personne)
    return en_retard(jour) if portee == RETARD.cle else None


def compter(projets: QuerySet[Projet], personne: Personne) -> Comptes:
    """Une seule requête : une ligne par état, une colonne par portée."""
    jour = timezone.localdate()
    cles = [portee.cle for portee in portees_de(personne)]
    lignes: Any = projets.order_by().values("etat")
    lignes = lignes.annotate(**{cle: Count("pk", filter=condition(cle, personne, jour)) for cle in cles})
    return Comptes({ligne["etat"]: {cle: ligne[cle] for cle in cles} for ligne in lignes})


class LigneDeFile(NamedTuple):
    """Une ligne du tableau, telle que la base la rend. `complement_le` : échéance du complément attendu."""

    pk: int
    numero: int
    prefixe: str
    intitule: str
    organisme: str
    axe: int
    etat: str
    depose_le: datetime | None
    allocataires: int
    rejet_le: date | None
    montant: Decimal | None
    territoires: str | None
    instructeurs: str | None
    complement_le: date | None
    notes_rendues: int | None
    notes_attendues: int


CHAMPS = (
    *("pk", "numero", "appel__prefixe", "intitule", "organisme__nom", "axe__numero", "etat", "depose_le"),
    *("allocataires_prevus", "rejet_implicite_le", "montant", "territoires", "instructeurs"),
    *("complement_le", "notes_rendues", "appel__notations_attendues"),
)


def lignes_de_la_file(pks: Sequence[int], personne: Personne) -> list[LigneDeFile]:
    """Les lignes de ces projets, dans cet ordre ; une requête, dont les sommes ne portent que sur eux.

    Les notes rendues sont celles que la personne peut lire : chacun note sans savoir si les autres l’ont fait.
    """
    du_projet = Notation.objects.visibles_par(personne).filter(projet=OuterRef("pk"))
    rendues = du_projet.qui_comptent().order_by().values("projet")
    lignes = _lignes().filter(pk__in=pks).annotate(notes_rendues=Subquery(rendues.annotate(n=Count("pk")).values("n")))
    par_pk = {valeurs[0]: LigneDeFile(*valeurs) for valeurs in lignes.values_list(*CHAMPS)}
    return [par_pk[pk] for pk in pks if pk in par_pk]


@cache
def _lignes() -> QuerySet[Projet]:
    """Ce qui ne dépend ni des projets ni de la personne. La construire coûte plus que l’exécuter : une fois suffit."""
    du_projet = {"projet": OuterRef("pk")}
    montants = ExerciceProjet.objects.filter(**du_projet).order_by().values("projet")
    parts = PartProjet.objects.filter(**du_projet).order_by().values("projet")
    suivies = Affectation.objects.actives().filter(**du_projet).order_by().values("projet")
    demandes = DemandeDeComplement.objects.filter(repondue_le__isnull=True, **du_projet)
    nom = Trim(Concat("instructeur__prenom", Value(" "), "instructeur__nom"))
    return Projet.objects.order_by().annotate(
        montant=Subquery(montants.annotate(s=Sum("montant_demande")).values("s")),
        territoires=Subquery(
            parts.annotate(
                s=StringAgg("territoire__nom", ", ", order_by=(F("pourcentage").desc(), "territoire__nom_tri"))
            ).values("s")
        ),
        instructeurs=Subquery(
            suivies.annotate(s=StringAgg(nom, ", ", order_by=(F("qualite").desc(), "depuis"))).values("s")
        ),
        complement_le=Subquery(demandes.values("echeance")[:1]),
    )
