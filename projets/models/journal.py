"""Le journal d’un projet, chaque ligne en clair, et les exports en PDF qu’on en demande."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from comptes.models import Personne
from comptes.states import Role
from config.socle.models import EMPREINTE, Journal, Travail
from config.socle.montants import format_euros
from config.socle.sceaux import PARIS
from config.socle.travaux import ACTIFS, EtatTravail
from projets.models.fichiers import chemin_du_journal
from projets.models.notation import Notation
from projets.models.projet import Projet
from projets.rules.actes import libelle, phrase
from projets.states import EtatProjet, Qualite, ReponseDeRecevabilite, SensDeLAvis

LA_MACHINE = "l’application"
RIEN = "–"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_JOUR = re.compile(r"\d{4}-\d\d-\d\d")
_MONTANT = re.compile(r"-?\d+\.\d\d")
# Les champs dont la valeur est un code, et ce que chaque code dit.
CODES: dict[str, dict[str, str]] = {
    "etat": dict(EtatProjet.choices),
    "partage": {"intitule": "l’intitulé", "organisme": "l’organisme", "resume": "le résumé"},
    "qualite": dict(Qualite.choices),
    "reponse": dict(ReponseDeRecevabilite.choices),
    "sens": dict(SensDeLAvis.choices),
}


def journal_du_projet(projet: Projet, personne: Personne | None) -> models.QuerySet[Journal]:
    """Les actes consignés sur le projet, et sur les notations qu’elle peut lire, du plus récent au plus ancien.

    `personne` None : aucune notation. L’administrateur lit déjà tout le journal : toutes.
    """
    notations = Notation.objects.filter(projet=projet)
    if personne is None:
        notations = notations.none()
    elif personne.role != Role.ADMINISTRATEUR:
        notations = notations.visibles_par(personne)
    cles = notations.annotate(cle=Cast("pk", models.CharField())).values("cle")
    sur_le_projet = Q(objet_type=Projet._meta.label, objet_id=str(projet.pk))
    sur_les_notations = Q(objet_type=Notation._meta.label, objet_id__in=cles)
    return Journal.objects.filter(sur_le_projet | sur_les_notations).order_by("-pk")


class ExportDuJournalQuerySet(models.QuerySet["ExportDuJournal"]):
    def visibles_par(self, personne: Personne) -> Self:
        """Chacun ne voit que ceux qu’il a demandés : ils ne montrent que ce qu’il avait le droit de lire."""
        return self.filter(demande_par=personne, projet__in=Projet.objects.visibles_par(personne))


class ExportDuJournal(Travail):
    """Le journal d’un projet en PDF, pour un auditeur, produit hors de la requête.

    `empreinte` : SHA-256 (hexadécimal) des formes scellées des lignes exportées, dans l’ordre, un saut de ligne après
    chacune ; `derniere_ligne` : l’identifiant de la plus récente.
    """

    projet = models.ForeignKey(Projet, models.PROTECT, related_name="exports_du_journal", verbose_name="projet")
    fichier = models.FileField("fichier", upload_to=chemin_du_journal, max_length=120, blank=True)
    nombre = models.PositiveIntegerField("nombre de lignes", null=True, blank=True)
    derniere_ligne = models.BigIntegerField("dernière ligne", null=True, blank=True)
    empreinte = models.CharField("empreinte", max_length=64, blank=True)

    objects = ExportDuJournalQuerySet.as_manager()

    class Meta(Travail.Meta):
        verbose_name = "export du journal"
        verbose_name_plural = "exports du journal"
        ordering = ["-id"]
        constraints = [
            *Travail.Meta.constraints,
            models.UniqueConstraint(
                fields=["projet", "demande_par"],
                condition=Q(etat__in=sorted(ACTIFS)),
                name="export_du_journal_un_a_la_fois",
                violation_error_message="Cet export est déjà en cours de production.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatTravail.TERMINE)
                | (Q(nombre__isnull=False, empreinte__regex=EMPREINTE) & ~Q(fichier="")),
                name="export_du_journal_entier",
                violation_error_message="Un export terminé a un fichier, un nombre de lignes et une empreinte.",
            ),
        ]

    def __str__(self) -> str:
        return f"export du journal du projet {self.projet_id}"


@dataclass(frozen=True, slots=True)
class Change:
    """Un champ de l’acte, en clair ; « – » d’un côté où il n’est pas dit."""

    libelle: str
    avant: str
    apres: str


@dataclass(frozen=True, slots=True)
class LigneLisible:
    """Une ligne du journal telle qu’on la lit."""

    ligne: int
    quand: datetime
    auteur: str
    phrase: str
    objet: str
    changes: tuple[Change, ...]

    @property
    def a_un_avant(self) -> bool:
        """Vrai si l’acte dit ce qui était."""
        return any(change.avant != RIEN for change in self.changes)


def lisible(ligne: Journal) -> LigneLisible:
    """La ligne en clair. À donner avec son auteur déjà lu (`select_related`)."""
    avant, apres = _en_clair(ligne.avant), _en_clair(ligne.apres)
    champs = [*avant, *(champ for champ in apres if champ not in avant)]
    changes = tuple(Change(champ, avant.get(champ, RIEN), apres.get(champ, RIEN)) for champ in champs)
    auteur = str(ligne.auteur or LA_MACHINE)
    return LigneLisible(ligne.pk, ligne.quand, auteur, phrase(ligne.acte), ligne.objet_libelle, changes)


def en_texte(lue: LigneLisible, cote: str) -> str:
    """« état : déposé ; numéro : 12 » ; vide si ce côté ne dit rien."""
    dits = [(change.libelle, getattr(change, cote)) for change in lue.changes]
    return " ; ".join(f"{nom} : {valeur}" for nom, valeur in dits if valeur != RIEN)


def _en_clair(valeurs: Any) -> dict[str, str]:
    """Ce qu’un côté de l’acte dit, par libellé. Une grille de notation y tient une ligne par critère, une proposition
    une ligne par année.
    """
    dits: dict[str, str] = {}
    for champ, valeur in (valeurs if isinstance(valeurs, dict) else {}).items():
        if isinstance(valeur, dict) and valeur and all(isinstance(v, dict) for v in valeur.values()):
            dits |= dict(_detail(champ, cle, valeur[cle]) for cle in sorted(valeur, key=_rang))
        else:
            dits[libelle(champ)] = _clair(valeur, champ)
    return dits


def _detail(champ: str, cle: str, valeur: dict[str, Any]) -> tuple[str, str]:
    """(« critère 2, Pertinence », « note : 16, justification : … »)."""
    if "critere" not in valeur:
        return f"{libelle(champ)} {cle}", _clair(valeur)
    reste = {nom: v for nom, v in valeur.items() if nom != "critere"}
    return f"critère {cle}, {valeur['critere']}", _clair(dict(sorted(reste.items(), key=lambda x: x[0] != "note")))


def _rang(cle: str) -> tuple[int, str]:
    return (int(cle) if cle.isdecimal() else 0, cle)


def _clair(valeur: Any, champ: str = "") -> str:
    """La valeur d’un champ, telle qu’on l’écrit en français."""
    if valeur is None or valeur == "":
        return "rien"
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, dict):
        return ", ".join(f"{libelle(cle)} : {_clair(v, cle)}" for cle, v in valeur.items())
    if isinstance(valeur, list):
        return ", ".join(_clair(v, champ) for v in valeur) or "rien"
    return CODES.get(champ, {}).get(valeur) or _mot(valeur) if isinstance(valeur, str) else str(valeur)


def _mot(texte: str) -> str:
    """Un instant, un jour ou un montant s’écrivent comme un lecteur français les lit."""
    try:
        if _INSTANT.match(texte):
            lu = datetime.fromisoformat(texte)
            return f"{lu.astimezone(PARIS) if lu.tzinfo else lu:%d/%m/%Y à %H:%M}"
        if _JOUR.fullmatch(texte):
            return f"{date.fromisoformat(texte):%d/%m/%Y}"
    except ValueError:  # la forme d’une date, sans en être une
        return texte
    return format_euros(Decimal(texte)) if _MONTANT.fullmatch(texte) else texte
