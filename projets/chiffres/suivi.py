"""L’avancement de l’instruction d’un appel : par territoire, axe et instructeur, en nombre constant de requêtes.

Un projet de plusieurs territoires compte dans chacun ; le total, lui, compte chaque projet une fois.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, TruncWeek

from comptes.models import Personne
from comptes.states import Role
from config.socle.models import Journal
from projets.models import Affectation, AppelAProjets, Notation, PartProjet, Projet
from projets.models.echanges import en_retard
from projets.rules.calendrier import PARIS
from projets.rules.prevision import UNE_SEMAINE, Prevision, Semaine, lundi_de, prevoir, semaines
from projets.states import A_INSTRUIRE, NON_DECIDES, EtatAppel, EtatProjet, Qualite

_P = EtatProjet
ETATS = {
    "a_verifier": (_P.DEPOSE, _P.COMPLETE),
    "incomplets": (_P.INCOMPLET,),
    "recevables": (_P.RECEVABLE,),
    "instruits": (_P.INSTRUIT, _P.PRESENTE, _P.RETENU, _P.LISTE_ATTENTE, _P.NON_RETENU),
    "ecartes": (_P.IRRECEVABLE, _P.RETIRE, _P.CLASSE),
}
EN_JEU = [etat for nom, etats in ETATS.items() if nom != "ecartes" for etat in etats]
EN_INSTRUCTION = (EtatAppel.OUVERT, EtatAppel.CLOS, EtatAppel.INSTRUCTION, EtatAppel.ARBITRAGE)
TRANCHES_D_AGE = ((0, 15), (16, 30), (31, 45), (46, None))  # jours depuis le dépôt
SEMAINES_MONTREES = 12


@dataclass(frozen=True, slots=True)
class Avancement:
    """Combien de projets en sont où.

    `notes` : ceux en jeu qui ont toutes les notations que l’appel attend, d’après ce que la personne peut lire : un
    instructeur n’apprend pas d’un total qu’un collègue a rendu la sienne ; `en_retard` : pas décidés, et rejet
    implicite passé ou dans quinze jours au plus, ou complément pas venu à temps.
    """

    libelle: str = ""
    a_verifier: int = 0
    incomplets: int = 0
    recevables: int = 0
    instruits: int = 0
    ecartes: int = 0
    notes: int = 0
    en_retard: int = 0

    @property
    def en_jeu(self) -> int:
        """Ceux qui attendent un avis ou l’ont : tous, sauf irrecevables, retirés et classés."""
        return self.a_verifier + self.incomplets + self.recevables + self.instruits

    @property
    def deposes(self) -> int:
        """Tous ceux qui ont été déposés."""
        return self.en_jeu + self.ecartes

    @property
    def complets(self) -> int:
        """Ceux qui ont été déclarés recevables, instruits compris."""
        return self.recevables + self.instruits

    @property
    def restants(self) -> int:
        """Ceux dont l’avis reste à rendre."""
        return self.en_jeu - self.instruits

    @property
    def part_instruite(self) -> int:
        """Instruits parmi ceux qui sont en jeu (%), arrondi en dessous : 100 veut dire fini."""
        return self.instruits * 100 // self.en_jeu if self.en_jeu else 0


@dataclass(frozen=True, slots=True)
class TrancheDAge:
    """Les projets pas décidés déposés depuis tant de jours ; `au` : None pour « et plus »."""

    du: int
    au: int | None
    nombre: int

    @property
    def libelle(self) -> str:
        """« 0 à 15 jours », « plus de 45 jours »."""
        return f"plus de {self.du - 1} jours" if self.au is None else f"{self.du} à {self.au} jours"


@dataclass(frozen=True, slots=True)
class Suivi:
    """Tout ce que montre la page de suivi d’un appel. `sans_instructeur` : à instruire, et sans personne qui suive."""

    ensemble: Avancement
    par_territoire: Sequence[Avancement]
    par_axe: Sequence[Avancement]
    par_instructeur: Sequence[Avancement]
    sans_instructeur: int
    ages: Sequence[TrancheDAge]
    par_semaine: Sequence[Semaine]
    prevision: Prevision


def appels_suivis(personne: Personne) -> list[AppelAProjets]:
    """Les appels dont la personne voit un projet déposé, ceux en instruction d’abord, puis les plus récents."""
    siens = Projet.objects.visibles_par(personne).filter(appel=OuterRef("pk"))
    rang = Case(When(etat__in=EN_INSTRUCTION, then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(AppelAProjets.objects.filter(Exists(siens)).order_by(rang, "-ouvre_le", "-pk"))


def suivi_de_l_instruction(personne: Personne, appel: AppelAProjets, jour: date) -> Suivi:
    """Le suivi de l’appel, borné à ce que la personne voit. Cinq requêtes."""
    visibles = Projet.objects.visibles_par(personne).filter(appel=appel).order_by()
    mesure = _Mesure(personne, appel, jour)
    suivi_par_quelqu_un = Exists(Affectation.objects.actives().filter(projet=OuterRef("pk")))
    tranches = {f"age_{du}": Count("pk", filter=_depose_depuis(du, au, jour)) for du, au in TRANCHES_D_AGE}
    total = mesure.preparer(visibles.annotate(est_suivi=suivi_par_quelqu_un), "").aggregate(
        **mesure.comptes(""),
        **tranches,
        debut=Min("depose_le"),
        sans=Count("pk", filter=Q(etat__in=A_INSTRUIRE, est_suivi=False)),
    )
    ensemble = _avancement("", total)
    depuis = lundi_de(jour) - UNE_SEMAINE * (SEMAINES_MONTREES - 1)
    passees = semaines(_avis_par_semaine(visibles, depuis), jour, SEMAINES_MONTREES)
    return Suivi(
        ensemble=ensemble,
        par_territoire=_par_territoire(personne, visibles, mesure),
        par_axe=_par_axe(visibles, mesure),
        par_instructeur=_par_instructeur(visibles, mesure),
        sans_instructeur=total["sans"],
        ages=[TrancheDAge(du, au, total[f"age_{du}"]) for du, au in TRANCHES_D_AGE],
        par_semaine=passees,
        prevision=prevoir(ensemble.restants, passees, _jour(total["debut"]), jour),
    )


@dataclass(frozen=True, slots=True)
class _Mesure:
    """Les comptes d’un `Avancement`, sur des projets ou sur des lignes qui mènent à un projet (`prefixe`)."""

    personne: Personne
    appel: AppelAProjets
    jour: date

    def preparer(self, lignes: QuerySet[Any], prefixe: str) -> QuerySet[Any]:
        """Ajoute `rendues`, le nombre de notations du projet qui comptent et que la personne peut lire."""
        lisibles = Notation.objects.qui_comptent().visibles_par(self.personne)
        rendues = lisibles.filter(projet=OuterRef(f"{prefixe}pk")).order_by().values("projet")
        nombre = Subquery(rendues.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
        preparees: QuerySet[Any] = lignes.annotate(rendues=Coalesce(nombre, 0))
        return preparees

    def comptes(self, prefixe: str) -> dict[str, Count]:
        """Un compte par nom de champ."""
        comptes = {nom: Count("pk", filter=Q(**{f"{prefixe}etat__in": etats})) for nom, etats in ETATS.items()}
        notes = Q(**{f"{prefixe}etat__in": EN_JEU}, rendues__gte=max(self.appel.notations_attendues, 1))
        tardifs = Count("pk", filter=en_retard(self.jour, prefixe))
        return {**comptes, "notes": Count("pk", filter=notes), "en_retard": tardifs}

    def par(self, lignes: QuerySet[Any], prefixe: str, *cles: str) -> QuerySet[Any, dict[str, Any]]:
        """Les comptes, un groupe par valeur des `cles`."""
        groupes: QuerySet[Any, dict[str, Any]]
        groupes = self.preparer(lignes, prefixe).values(*cles).annotate(**self.comptes(prefixe))
        return groupes


def _avancement(libelle: str, ligne: dict[str, Any]) -> Avancement:
    return Avancement(libelle, *(ligne[nom] for nom in (*ETATS, "notes", "en_retard")))


def _par_territoire(personne: Personne, visibles: QuerySet[Projet], mesure: _Mesure) -> list[Avancement]:
    parts = PartProjet.objects.filter(projet__in=visibles)
    if personne.role == Role.INSTRUCTEUR:  # un projet partagé ne dit rien du reste du territoire voisin
        parts = parts.filter(territoire__in=personne.territoires.all())
    lignes = mesure.par(parts, "projet__", "territoire__nom", "territoire__nom_tri").order_by("territoire__nom_tri")
    return [_avancement(ligne["territoire__nom"], ligne) for ligne in lignes]


def _par_axe(visibles: QuerySet[Projet], mesure: _Mesure) -> list[Avancement]:
    lignes = mesure.par(visibles, "", "axe__numero", "axe__intitule").order_by("axe__numero")
    return [_avancement(f"{ligne['axe__numero']}. {ligne['axe__intitule']}", ligne) for ligne in lignes]


def _par_instructeur(visibles: QuerySet[Projet], mesure: _Mesure) -> list[Avancement]:
    """Les chefs de file : chaque projet compte pour qui en rendra l’avis."""
    suivis = Affectation.objects.actives().filter(projet__in=visibles, qualite=Qualite.CHEF_DE_FILE).order_by()
    cles = ("instructeur__nom", "instructeur__prenom", "instructeur")
    lignes = mesure.par(suivis, "projet__", *cles).order_by(*cles)
    return [_avancement(f"{li['instructeur__prenom']} {li['instructeur__nom']}".strip(), li) for li in lignes]


def _avis_par_semaine(visibles: QuerySet[Projet], depuis: date) -> dict[date, int]:
    """Lundi → projets dont l’avis a été rendu cette semaine-là, à Paris : l’acte du journal, non ses révisions."""
    cles = visibles.annotate(cle=Cast("pk", CharField())).values("cle")
    actes = Journal.objects.filter(objet_type=Projet._meta.label, objet_id__in=cles, acte="rendre_un_avis")
    recents = actes.filter(quand__gte=_minuit(depuis)).order_by()
    lignes = recents.values(lundi=TruncWeek("quand", tzinfo=PARIS)).annotate(n=Count("objet_id", distinct=True))
    return {ligne["lundi"].date(): ligne["n"] for ligne in lignes}


def _depose_depuis(du: int, au: int | None, jour: date) -> Q:
    """Pas décidé, et déposé il y a de `du` à `au` jours, comptés de date à date à Paris."""
    age = Q(depose_le__lt=_minuit(jour - timedelta(days=du - 1)))
    if au is not None:
        age &= Q(depose_le__gte=_minuit(jour - timedelta(days=au)))
    return age & Q(etat__in=NON_DECIDES)


def _minuit(jour: date) -> datetime:
    return datetime.combine(jour, time(), PARIS)


def _jour(instant: datetime | None) -> date | None:
    return instant.astimezone(PARIS).date() if instant else None
