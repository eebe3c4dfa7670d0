"""Cycle de vie d’un scénario d’arbitrage : des données, dont la documentation est tirée."""

from django.db import models

from comptes.states import Role
from config.socle.transitions import CycleDeVie, Passage
from projets.states import EtatAppel, EtatProjet


class EtatScenario(models.TextChoices):
    ETUDE = "etude", "à l’étude"
    ADOPTE = "adopte", "adopté"


class OrigineScenario(models.TextChoices):
    """D’où partent les choix et les montants d’un scénario."""

    PROPOSITIONS = "propositions", "les propositions de l’instruction"
    COPIE = "copie", "un autre scénario"
    VIDE = "vide", "rien"
    CALCUL = "calcul", "un calcul"


class Choix(models.TextChoices):
    """Ce qu’un scénario fait d’un projet."""

    RETENU = "retenu", "retenu"
    ATTENTE = "attente", "liste d’attente"
    NON_RETENU = "non_retenu", "non retenu"


class EtatComite(models.TextChoices):
    PREPARATION = "preparation", "en préparation"
    OUVERT = "ouvert", "ouvert"
    CLOS = "clos", "clos"


class SorteDeDocument(models.TextChoices):
    """Les PDF d’un comité."""

    FICHE = "fiche", "fiche d’un projet"
    CAHIER = "cahier", "cahier des fiches"
    PROCES_VERBAL = "proces_verbal", "procès-verbal"


class SorteDeRapport(models.TextChoices):
    """Ce qu’un rapport est : le rapport budgétaire entier, ou les deux pages d’un territoire pour son élu."""

    PLURIANNUEL = "pluriannuel", "rapport budgétaire pluriannuel"
    ELU = "elu", "rapport de l’élu, deux pages"


class Frequence(models.TextChoices):
    """Quand un rapport planifié se produit : le premier jour de chaque période."""

    MENSUELLE = "mensuelle", "chaque mois, le 1er"
    TRIMESTRIELLE = "trimestrielle", "chaque trimestre, le 1er"
    ANNUELLE = "annuelle", "chaque année, le 1er janvier"


class SorteDeLot(models.TextChoices):
    """Ce que l’on fait des lettres d’une délibération, toutes à la fois."""

    ARCHIVE = "archive", "archive ZIP, un PDF par lettre"
    IMPRESSION = "impression", "fichier à imprimer"
    RELANCE = "relance", "relance des lettres non lues"


class Imposition(models.TextChoices):
    """Ce que la personne impose au calcul d’une sélection."""

    LIBRE = "", "libre"
    DEDANS = "dedans", "toujours retenu"
    DEHORS = "dehors", "jamais retenu"


class MontantsMaximaux(models.TextChoices):
    """Ce qu’un projet reçoit au plus dans un calcul."""

    PROPOSES = "proposes", "les montants proposés par l’instruction"
    DEMANDES = "demandes", "les montants demandés"
    SCENARIO = "scenario", "les montants du scénario de départ"


class Norme(models.TextChoices):
    """L’instruction budgétaire et comptable des départements : M52, puis M57."""

    M52 = "M52", "M52"
    M57 = "M57", "M57"


class CategorieDeBeneficiaire(models.TextChoices):
    """Qui reçoit la subvention, au sens du plan de comptes."""

    PRIVE = "prive", "personne de droit privé"
    ENTREPRISE = "entreprise", "entreprise"
    COMMUNE = "commune", "commune"
    GROUPEMENT = "groupement", "groupement de collectivités"
    CCAS = "ccas", "CCAS ou CIAS"
    AUTRE_PUBLIC = "autre_public", "autre organisme public"


class Organe(models.TextChoices):
    """Qui vote : l’assemblée, ou la commission permanente dans la limite de l’AE votée (CGCT L3211-2)."""

    ASSEMBLEE = "assemblee", "assemblée départementale"
    COMMISSION_PERMANENTE = "commission_permanente", "commission permanente"


TONS_DES_CHOIX: dict[str, str] = {
    Choix.RETENU: "favorable",
    Choix.ATTENTE: "attente",
    Choix.NON_RETENU: "defavorable",
}

# On arbitre quand les notes sont arrêtées, jusqu’au vote.
APPELS_ARBITRABLES = frozenset({EtatAppel.ARBITRAGE.value})
# Les projets qu’un scénario peut retenir : un projet retiré ou classé depuis ne compte plus.
PROJETS_ARBITRABLES = frozenset(
    {EtatProjet.INSTRUIT.value, EtatProjet.PRESENTE.value, EtatProjet.LISTE_ATTENTE.value, EtatProjet.RETENU.value}
)

_PILOTE = frozenset({Role.PILOTE.value})
CYCLE_SCENARIO = CycleDeVie(
    nom="le scénario",
    etats={str(v): str(libelle) for v, libelle in EtatScenario.choices},
    passages=(
        Passage("adopter", frozenset({EtatScenario.ETUDE.value}), EtatScenario.ADOPTE.value, _PILOTE),
        Passage(
            "revenir_sur_l_adoption",
            frozenset({EtatScenario.ADOPTE.value}),
            EtatScenario.ETUDE.value,
            _PILOTE,
            "revenir sur l’adoption",
        ),
    ),
)
CYCLE_COMITE = CycleDeVie(
    nom="le comité",
    etats={str(v): str(libelle) for v, libelle in EtatComite.choices},
    passages=(
        Passage("ouvrir", frozenset({EtatComite.PREPARATION.value}), EtatComite.OUVERT.value, _PILOTE),
        Passage("clore", frozenset({EtatComite.OUVERT.value}), EtatComite.CLOS.value, _PILOTE),
    ),
)
