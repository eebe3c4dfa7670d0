"""Ce que les gabarits du rapport montrent : chiffres lus dans la couche de chiffres, dessins, mentions, sommaire."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from config.socle.montants import INSECABLE
from financements.chiffres import (
    GroupeActions,
    ListeAxe,
    Perimetre,
    Programme,
    autres_territoires,
    fse_par_axe,
    prorata_par_annee,
    ranger,
    total_credits,
    total_des_lignes,
)
from financements.chiffres.execution.comparaison import comparer_les_annees, programme_precedent
from financements.chiffres.execution.organismes import aides_par_organisme
from financements.chiffres.execution.programme import Execution
from financements.pdf.decoupage import Contenu
from financements.pdf.figures import figures, figures_d_execution
from financements.pdf.rangees import rangees

PREMIERS_ORGANISMES = 15
ORGANISMES_IMPRIMES = 500  # une douzaine de pages ; au-delà, les moins aidés font une seule rangée
VERSION_COURTE = 6  # caractères de l’empreinte des données : assez pour comparer deux tirages à l’œil


@dataclass(frozen=True)
class Edition:
    """Ce qui identifie un tirage : date de l’état des données, leur empreinte, place du volume."""

    etat_au: datetime
    version: str
    numero: int = 1
    volumes: int = 1

    @property
    def version_courte(self) -> str:
        """« 3f2a91 »."""
        return self.version[:VERSION_COURTE]


@dataclass(frozen=True)
class Entree:
    """Une entrée du sommaire : ancre et titre, et celles du niveau dessous."""

    ancre: str
    titre: str
    entrees: tuple["Entree", ...] = ()

    @property
    def gabarit(self) -> str:
        """Le gabarit de la section."""
        return f"financements/pdf/_{self.ancre}.html"


@dataclass(frozen=True)
class ListeImprimee:
    """Un axe de la liste, chaque groupe avec ses rangées déjà écrites."""

    liste: ListeAxe
    partages_avec: dict[int, list[str]]

    @property
    def groupes(self) -> Iterator[tuple[GroupeActions, SafeString]]:
        """(groupe, rangées) l’un après l’autre."""
        return ((groupe, rangees(groupe, self.partages_avec)) for groupe in self.liste.groupes)


SYNTHESE = (
    Entree("essentiel", "L’essentiel"),
    Entree("credits", "Crédits ouverts et crédits votés"),
    Entree("execution", "Exécution"),
    Entree("axes", "Crédits par axe et par exercice"),
    Entree("territoires", "Crédits par territoire et prorata"),
    Entree("partage", "Insertion professionnelle et insertion sociale"),
    Entree("croisement", "Crédits par territoire et par axe"),
    Entree("fse", "Fonds social européen"),
    Entree("porteurs", "Organismes porteurs"),
)


def nom_du_perimetre(perimetre: Perimetre) -> str:
    """« Programme entier », « Territoire : Valenciennois » ou « Axe 3 : Remobilisation professionnelle »."""
    if perimetre.territoire:
        return f"Territoire{INSECABLE}: {perimetre.territoire.nom}"
    if perimetre.axe:
        return f"Axe {perimetre.axe.numero}{INSECABLE}: {perimetre.axe.intitule}"
    return "Programme entier"


def titre_du_document(perimetre: Perimetre, edition: Edition) -> str:
    """Le titre du fichier PDF, que lisent les visionneuses et les lecteurs d’écran."""
    nom = nom_du_perimetre(perimetre)
    suite = f", volume {edition.numero} sur {edition.volumes}" if edition.volumes > 1 else ""
    return f"Rapport budgétaire pluriannuel {perimetre.periode}, {nom[0].lower()}{nom[1:]}{suite}"


class Contexte:
    """Rassemble le contexte d’un volume. Toutes les lectures en base se font ici ou pendant le rendu des gabarits."""

    def __init__(self, perimetre: Perimetre, contenu: Contenu) -> None:
        self.perimetre, self.contenu = perimetre, contenu
        self.programme = Programme(perimetre)
        self.lignes = contenu.lignes(perimetre)
        self.execution: Execution | None = None

    def construire(self, edition: Edition) -> dict[str, Any]:
        """Le contexte des gabarits `financements/pdf/`."""
        programme, repartition = self.programme, self.programme.repartition
        if self.contenu.est_synthese:
            self.execution = Execution(programme, au=edition.etat_au.date())
        listes = ranger(self.lignes, programme.axes, programme.annees)
        contexte: dict[str, Any] = {
            "appel": self.perimetre.appel,
            "departement": settings.NOM_DEPARTEMENT,
            "titre_du_document": titre_du_document(self.perimetre, edition),
            "titre": f"Rapport budgétaire pluriannuel {self.perimetre.periode}",
            "perimetre": nom_du_perimetre(self.perimetre),
            "territoire": self.perimetre.territoire,
            "axe": self.perimetre.axe,
            "contenu": self.contenu,
            "edition": edition,
            "periode": self.perimetre.periode,
            "annees": programme.annees,
            "programme": programme,
            "synthese": programme.synthese,
            "repartition": repartition,
            "est_fictif": self.perimetre.appel.est_fictif or bool(repartition and repartition.releve.est_fictif),
            "est_hypothese": any(territoire.est_hypothese for territoire in programme.territoires),
            "sommaire": self._sommaire(listes),
        }
        if self.contenu.est_synthese:
            contexte |= self._chiffres()
        if self.contenu.est_liste:
            contexte |= self._liste(listes)
        return contexte

    def _liste(self, listes: Sequence[ListeAxe]) -> dict[str, Any]:
        autres = autres_territoires(self.perimetre)
        partages_avec = {ligne.pk: autres.get(ligne.pk) or ligne.autres_territoires for ligne in self.lignes}
        return {
            "listes": [ListeImprimee(liste, partages_avec) for liste in listes],
            "nombre_liste": len(self.lignes),
            "total_liste": total_des_lignes(self.lignes),
        }

    def _chiffres(self) -> dict[str, Any]:
        return {
            "credits": total_credits(self.programme),
            "proratas": prorata_par_annee(self.programme),
            "fse": fse_par_axe(self.programme),
            "organismes": self.programme.premiers_organismes(PREMIERS_ORGANISMES),
            "figures": figures(self.programme),
            "execution": self.execution,
            **(self._execution(self.execution) if self.execution and self.execution.a_commence else {}),
        }

    @staticmethod
    def _execution(execution: Execution) -> dict[str, Any]:
        perimetre = execution.perimetre
        # Année contre année de même rang : d’un programme entier à l’autre, comme à l’écran.
        avant = programme_precedent(perimetre.appel) if perimetre == Perimetre.entier(perimetre.appel) else None
        return {
            "figures_d_execution": figures_d_execution(execution),
            "comparaison": comparer_les_annees(execution, avant),
            "aides": aides_par_organisme(perimetre, ORGANISMES_IMPRIMES, au=execution.au),
        }

    def _sommaire(self, listes: Sequence[ListeAxe]) -> list[Entree]:
        entrees = list(SYNTHESE) if self.contenu.est_synthese else []
        plusieurs_axes, plusieurs_territoires = len(self.programme.axes) > 1, len(self.programme.territoires) > 1
        exclues = {
            *(() if plusieurs_axes and plusieurs_territoires else ("croisement",)),
            *(() if plusieurs_axes else ("partage",)),
            *(() if self.execution and self.execution.a_commence else ("execution",)),
        }
        entrees = [entree for entree in entrees if entree.ancre not in exclues]
        if self.contenu.est_liste:
            axes = tuple(
                Entree(f"liste-{liste.axe.numero}", f"Axe {liste.axe.numero}. {liste.axe.intitule}")
                for liste in listes
            )
            entrees.append(Entree("liste", "Liste des actions", axes))
        return [*entrees, Entree("methode", "Méthode et sources")]
