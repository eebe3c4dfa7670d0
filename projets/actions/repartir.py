"""Répartir les projets entre les instructeurs de leurs territoires, à charge égale : voir d’abord, faire ensuite."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.chiffres.charges import charges, instructeurs_actifs
from projets.models import Absence, Affectation, Axe, Deport, PartProjet, Projet
from projets.permissions import peut_repartir
from projets.rules.repartition_de_la_charge import repartir_la_charge
from projets.states import A_INSTRUIRE, Qualite
from territoires.models import Territoire

CHANGE = (
    "La situation a changé depuis que vous l’avez lue. Rien n’est affecté : relisez la répartition, puis recommencez."
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Un projet confié à un instructeur, au titre d’un territoire."""

    projet: Projet
    instructeur: Personne
    qualite: str
    territoire: int

    @property
    def cle(self) -> str:
        """Ce qui la distingue d’une autre."""
        return f"{self.projet.pk}:{self.instructeur.pk}:{self.qualite}:{self.territoire}"


@dataclass(frozen=True, slots=True)
class Ligne:
    """Un instructeur, sa charge avant et après (projets suivis)."""

    personne: Personne
    avant: int
    apres: int

    @property
    def de_plus(self) -> int:
        """Ce que la répartition lui ajoute."""
        return self.apres - self.avant


@dataclass(frozen=True, slots=True)
class Plan:
    """Une répartition proposée. `sans_personne` : les projets que personne ne peut prendre."""

    attributions: list[Attribution]
    lignes: list[Ligne]
    sans_personne: list[Projet]

    @property
    def empreinte(self) -> str:
        """SHA-256 de ce qui est proposé : on ne fait que ce qui a été lu."""
        texte = "\n".join(sorted(attribution.cle for attribution in self.attributions))
        return hashlib.sha256(texte.encode()).hexdigest()


@dataclass
class _Donnees:
    """Ce que la base sait, lu une fois. Les charges changent à mesure qu’on attribue."""

    instructeurs: dict[int, Personne]
    territoires: dict[int, set[int]]  # instructeur → territoires
    charges: dict[int, int]
    parts: dict[int, list[int]] = field(default_factory=dict)  # projet → territoires, la plus grande part d’abord
    deports: set[tuple[int, int]] = field(default_factory=set)  # (projet, personne)
    suivis: dict[int, dict[int, tuple[str, int | None]]] = field(default_factory=dict)

    def admissibles(self, projet: int, territoire: int) -> list[int]:
        """Les instructeurs du territoire, ni déportés, ni absents, ni déjà sur le projet."""
        return [
            pk
            for pk, siens in self.territoires.items()
            if territoire in siens and (projet, pk) not in self.deports and pk not in self.suivis.get(projet, {})
        ]

    def ajouter(self, projet: int, instructeur: int, qualite: str, territoire: int) -> None:
        """Prend acte d’une attribution."""
        self.suivis.setdefault(projet, {})[instructeur] = (qualite, territoire)
        self.charges[instructeur] = self.charges.get(instructeur, 0) + 1


def proposer(*, auteur: Personne, axe: Axe | None = None, territoire: Territoire | None = None) -> Plan:
    """Le plan, sans rien écrire. `territoire` : les projets dont il a la plus grande part. Lève `PermissionDenied`."""
    if not peut_repartir(auteur):
        raise PermissionDenied
    projets = Projet.objects.visibles_par(auteur).filter(etat__in=A_INSTRUIRE).order_by("pk")
    if axe is not None:
        projets = projets.filter(axe=axe)
    return _planifier(projets.only("pk", "intitule", "numero"), territoire)


@transaction.atomic
def repartir(
    *, auteur: Personne, empreinte: str, axe: Axe | None = None, territoire: Territoire | None = None
) -> Plan:
    """Fait la répartition qui a été lue. Lève `PermissionDenied`, `PassageRefuse` si elle n’est plus la même."""
    if not peut_repartir(auteur):
        raise PermissionDenied
    vus = [
        attribution.projet.pk for attribution in proposer(auteur=auteur, axe=axe, territoire=territoire).attributions
    ]
    list(Projet.objects.select_for_update(of=("self",)).filter(pk__in=vus).order_by("pk").values_list("pk"))
    plan = proposer(auteur=auteur, axe=axe, territoire=territoire)
    if plan.empreinte != empreinte:
        raise PassageRefuse(CHANGE)
    instant = timezone.now()
    Affectation.objects.bulk_create(
        Affectation(
            projet=a.projet,
            instructeur=a.instructeur,
            qualite=a.qualite,
            territoire_id=a.territoire,
            affecte_par=auteur,
            depuis=instant,
        )
        for a in plan.attributions
    )
    for a in plan.attributions:
        apres = {"instructeur": str(a.instructeur), "qualite": a.qualite, "repartition": True}
        journaliser(auteur=auteur, acte="affecter", objet=a.projet, apres=apres)
    for ligne in plan.lignes:
        if ligne.de_plus:
            mot = "projets vous sont confiés" if ligne.de_plus > 1 else "projet vous est confié"
            lien = f"{reverse('projets:instruction')}?portee=mes"
            prevenir(personnes=[ligne.personne], texte=f"{ligne.de_plus} {mot} par {auteur}.", lien=lien)
    return plan


def _planifier(projets: Iterable[Projet], territoire: Territoire | None) -> Plan:
    donnees = _lire(par_pk := {projet.pk: projet for projet in projets})
    avant = dict(donnees.charges)
    choisis = {
        pk for pk in par_pk if pk in donnees.parts and (not territoire or donnees.parts[pk][0] == territoire.pk)
    }
    attributions = _chefs_de_file(donnees, choisis) + _associes(donnees, choisis)
    lignes = [Ligne(p, avant.get(pk, 0), donnees.charges.get(pk, 0)) for pk, p in donnees.instructeurs.items()]
    orphelins = [pk for pk in sorted(choisis) if not _a_un_chef(donnees, pk)]
    return Plan(
        [Attribution(par_pk[p], donnees.instructeurs[i], qualite, t) for p, i, qualite, t in attributions],
        lignes,
        [par_pk[pk] for pk in orphelins],
    )


def _lire(par_pk: Mapping[int, Projet]) -> _Donnees:
    absents = set(Absence.objects.en_cours(timezone.localdate()).values_list("personne", flat=True))
    presents = [personne for personne in instructeurs_actifs() if personne.pk not in absents]
    donnees = _Donnees(
        instructeurs={personne.pk: personne for personne in presents},
        territoires={personne.pk: {t.pk for t in personne.territoires.all()} for personne in presents},
        charges={charge.personne.pk: charge.total for charge in charges(presents)},
    )
    parts = PartProjet.objects.filter(projet__in=par_pk).order_by("projet", "-pourcentage", "territoire__nom_tri")
    for projet, territoire in parts.values_list("projet", "territoire"):
        donnees.parts.setdefault(projet, []).append(territoire)
    donnees.deports = set(Deport.objects.en_cours().filter(projet__in=par_pk).values_list("projet", "personne"))
    suivies = Affectation.objects.actives().filter(projet__in=par_pk)
    for projet, instructeur, qualite, territoire in suivies.values_list(
        "projet", "instructeur", "qualite", "territoire"
    ):
        donnees.suivis.setdefault(projet, {})[instructeur] = (qualite, territoire)
    return donnees


def _a_un_chef(donnees: _Donnees, projet: int) -> bool:
    return any(qualite == Qualite.CHEF_DE_FILE for qualite, _ in donnees.suivis.get(projet, {}).values())


def _chefs_de_file(donnees: _Donnees, projets: Iterable[int]) -> list[tuple[int, int, str, int]]:
    """Le territoire de la plus grande part mène ; s’il n’a personne, le suivant."""
    au_titre = {}
    for projet in projets:
        if not _a_un_chef(donnees, projet):
            au_titre[projet] = next((t for t in donnees.parts[projet] if donnees.admissibles(projet, t)), None)
    return _attribuer(donnees, {p: t for p, t in au_titre.items() if t is not None}, Qualite.CHEF_DE_FILE)


def _associes(donnees: _Donnees, projets: Iterable[int]) -> list[tuple[int, int, str, int]]:
    """Un associé par autre territoire, si personne n’y suit encore le projet."""
    rangs = max((len(donnees.parts[projet]) for projet in projets), default=0)
    faites = []
    for rang in range(rangs):
        au_titre = {
            projet: donnees.parts[projet][rang]
            for projet in projets
            if len(donnees.parts[projet]) > rang and not _est_couvert(donnees, projet, donnees.parts[projet][rang])
        }
        faites += _attribuer(donnees, au_titre, Qualite.ASSOCIE)
    return faites


def _est_couvert(donnees: _Donnees, projet: int, territoire: int) -> bool:
    """Quelqu’un suit déjà le projet à ce titre, ou parce que ce territoire est aussi le sien ; ou le projet n’a pas
    encore de chef de file, qui vient d’abord.
    """
    suivis = donnees.suivis.get(projet, {})
    return not _a_un_chef(donnees, projet) or any(
        territoire == titre or territoire in donnees.territoires.get(pk, set()) for pk, (_, titre) in suivis.items()
    )


def _attribuer(donnees: _Donnees, au_titre: Mapping[int, int], qualite: str) -> list[tuple[int, int, str, int]]:
    admissibles = {projet: donnees.admissibles(projet, territoire) for projet, territoire in au_titre.items()}
    choisis = repartir_la_charge(admissibles, donnees.charges)
    for projet, instructeur in choisis.items():
        donnees.ajouter(projet, instructeur, qualite, au_titre[projet])
    return [(projet, choisis[projet], qualite, au_titre[projet]) for projet in sorted(choisis)]
