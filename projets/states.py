"""Cycles de vie de l’appel à projets et du projet : des données, dont la documentation est tirée.

Le dépôt et l’instruction franchissent ces passages par leurs actes ; l’import d’un programme déjà voté crée ses
projets directement « retenus ».
"""

from collections.abc import Sequence

from django.db import models

from comptes.states import Role
from config.socle.transitions import CycleDeVie, Passage


class Volet(models.TextChoices):
    """Les deux volets de la politique d’insertion dont on suit le partage."""

    PROFESSIONNEL = "professionnel", "insertion professionnelle"
    SOCIAL = "social", "insertion sociale"


class EtatAppel(models.TextChoices):
    BROUILLON = "brouillon", "brouillon"
    PUBLIE = "publie", "publié"
    OUVERT = "ouvert", "ouvert"
    CLOS = "clos", "clos"
    INSTRUCTION = "instruction", "en instruction"
    ARBITRAGE = "arbitrage", "en arbitrage"
    DELIBERE = "delibere", "délibéré"
    EXECUTION = "execution", "en exécution"
    SOLDE = "solde", "soldé"
    ARCHIVE = "archive", "archivé"


class SorteDeQuestion(models.TextChoices):
    TEXTE_COURT = "texte_court", "texte court"
    TEXTE_LONG = "texte_long", "texte long"
    ENTIER = "entier", "nombre entier"
    MONTANT = "montant", "montant en euros"
    DATE = "date", "date"
    OUI_NON = "oui_non", "oui ou non"
    CHOIX_UNIQUE = "choix_unique", "choix unique"
    CHOIX_MULTIPLE = "choix_multiple", "choix multiple"


class ReponseDeRecevabilite(models.TextChoices):
    OUI = "oui", "oui"
    NON = "non", "non"
    SANS_OBJET = "sans_objet", "sans objet"


SORTES_A_CHOIX = ("choix_unique", "choix_multiple")


class EtatProjet(models.TextChoices):
    BROUILLON = "brouillon", "brouillon"
    DEPOSE = "depose", "déposé"
    INCOMPLET = "incomplet", "incomplet"
    COMPLETE = "complete", "complété"
    RECEVABLE = "recevable", "recevable"
    IRRECEVABLE = "irrecevable", "irrecevable"
    INSTRUIT = "instruit", "instruit"
    PRESENTE = "presente", "présenté en comité"
    RETENU = "retenu", "retenu"
    LISTE_ATTENTE = "liste_attente", "en liste d’attente"
    NON_RETENU = "non_retenu", "non retenu"
    RETIRE = "retire", "retiré par le porteur"
    CLASSE = "classe", "classé sans suite"


class Qualite(models.TextChoices):
    """À quel titre un instructeur suit un projet."""

    CHEF_DE_FILE = "chef_de_file", "chef de file"
    ASSOCIE = "associe", "associé"


class ActeEnLot(models.TextChoices):
    """Ce qui se fait sur plusieurs projets à la fois."""

    AFFECTER = "affecter", "affecter"
    DECLARER_RECEVABLE = "declarer_recevable", "déclarer recevables"
    DEMANDER_UN_COMPLEMENT = "demander_un_complement", "demander un complément"
    PASSER = "passer", "passer à un collègue"


# Déposés et pas encore décidés : ce qui fait la charge d’un instructeur.
# La liste d’attente n’est pas une décision.
NON_DECIDES = frozenset({"depose", "incomplet", "complete", "recevable", "instruit", "presente", "liste_attente"})
# Ceux qu’un instructeur a encore à instruire : une fois présenté en comité, notes et avis ne changent plus.
A_INSTRUIRE = NON_DECIDES - {"presente", "liste_attente"}

# Ceux dont rien n’est encore voté : ni lettre, ni aide, ni convention, ni versement à chercher.
AVANT_LE_VOTE = (NON_DECIDES - {"liste_attente"}) | {"brouillon", "irrecevable"}

# Les états où le porteur écrit dans son projet.
MODIFIABLES = frozenset({EtatProjet.BROUILLON.value, EtatProjet.INCOMPLET.value})

# Les états où rien n’est encore noté ; ceux où l’on note ; ceux où la décision est prise : avant elle, rien de ce qui
# compare les projets ne sort (CRPA L311-2).
AVANT_LA_NOTATION = frozenset({"brouillon", "depose", "incomplet", "complete", "irrecevable"})
NOTABLES = frozenset({EtatProjet.RECEVABLE.value, EtatProjet.INSTRUIT.value})
DECIDES = frozenset({EtatProjet.RETENU.value, EtatProjet.NON_RETENU.value})
# Un appel ouvert au dépôt, ou dont les projets ne sont pas encore votés : ce que la file montre d’abord.
APPELS_EN_COURS = frozenset({"publie", "ouvert", "clos", "instruction", "arbitrage"})
# À partir de l’arbitrage, les notes d’un appel sont arrêtées.
NOTES_ARRETEES = frozenset({"arbitrage", "delibere", "execution", "solde", "archive"})


class SensDeLAvis(models.TextChoices):
    FAVORABLE = "favorable", "favorable"
    RESERVE = "reserve", "réservé"
    DEFAVORABLE = "defavorable", "défavorable"


TONS_DES_AVIS: dict[str, str] = {
    SensDeLAvis.FAVORABLE: "favorable",
    SensDeLAvis.RESERVE: "attente",
    SensDeLAvis.DEFAVORABLE: "defavorable",
}
# Les états où la recevabilité se contrôle : rien n’est encore décidé à son sujet.
CONTROLABLES = frozenset({EtatProjet.DEPOSE.value, EtatProjet.INCOMPLET.value, EtatProjet.COMPLETE.value})

# Ce que le porteur lit avant la décision : les avis qui comparent les projets ne se devinent pas (CRPA L311-2).
LIBELLES_PUBLICS: dict[str, str] = {
    EtatProjet.COMPLETE: "déposé, complété",
    EtatProjet.RECEVABLE: "en instruction",
    EtatProjet.INSTRUIT: "en instruction",
    EtatProjet.PRESENTE: "en instruction",
}

# Ce qui vient ensuite, dit au porteur. Les états de même libellé public disent la même chose.
_EN_INSTRUCTION = (
    "Le service étudie votre projet. Il peut vous écrire ici. La décision revient à l’assemblée départementale ; "
    "vous la recevrez après le vote."
)
SUITES: dict[str, str] = {
    EtatProjet.BROUILLON: "Complétez chaque étape, puis déposez avant la clôture.",
    EtatProjet.DEPOSE: "Le service vérifie que votre projet est complet. S’il manque une pièce, il la demandera ici.",
    EtatProjet.INCOMPLET: "Complétez le projet, puis rendez-le à l’étape « Vérification et dépôt ».",
    EtatProjet.COMPLETE: "Votre complément est reçu. Le service vérifie que le projet est complet.",
    EtatProjet.RECEVABLE: _EN_INSTRUCTION,
    EtatProjet.INSTRUIT: _EN_INSTRUCTION,
    EtatProjet.PRESENTE: _EN_INSTRUCTION,
    EtatProjet.IRRECEVABLE: "Le projet ne remplit pas les conditions de l’appel. Le service vous en écrit le motif.",
    EtatProjet.RETENU: "Votre projet est retenu. Convention, versements et bilans se suivent sur cette page.",
    EtatProjet.LISTE_ATTENTE: "Votre projet est sur liste d’attente : il sera retenu si des crédits se libèrent.",
    EtatProjet.NON_RETENU: "Votre projet n’est pas retenu. Vous pouvez en demander les motifs, et former un recours.",
    EtatProjet.RETIRE: "Vous avez retiré ce projet. Il reste lisible ; vous pouvez le copier.",
    EtatProjet.CLASSE: "Le projet est classé sans suite.",
}

# Ce que l’historique montre d’un projet : acte du journal → phrase. Les autres actes sont internes au service.
HISTOIRE_PUBLIQUE: dict[str, str] = {
    "creer_projet": "Projet commencé",
    "copier_projet": "Copié d’un autre projet",
    "deposer": "Projet déposé",
    "demander_une_piece": "Complément demandé par le service",
    "reprendre_sans_complement": "Demande de complément levée",
    "completer": "Complément rendu",
    "declarer_irrecevable": "Projet déclaré irrecevable",
    "rouvrir": "Examen du projet rouvert",
    "reprendre_pour_completer": "Projet repris, pour être complété",
    "retirer": "Projet retiré",
    "ecrire_un_message": "Message envoyé",
    "demander_les_motifs": "Motifs de la décision demandés",
    "communiquer_les_motifs": "Motifs de la décision communiqués",
}

# Le ton d’un état à l’écran, toujours écrit à côté. Les états de même libellé public ont le même ton.
TONS: dict[str, str] = {
    EtatProjet.DEPOSE: "attente",
    EtatProjet.INCOMPLET: "attente",
    EtatProjet.COMPLETE: "attente",
    EtatProjet.RECEVABLE: "information",
    EtatProjet.INSTRUIT: "information",
    EtatProjet.PRESENTE: "information",
    EtatProjet.RETENU: "favorable",
    EtatProjet.LISTE_ATTENTE: "attente",
    EtatProjet.NON_RETENU: "defavorable",
    EtatProjet.IRRECEVABLE: "defavorable",
}

_A, _P, _R = EtatAppel, EtatProjet, Role
_PILOTE = frozenset({_R.PILOTE.value})
_INSTRUCTION = frozenset({_R.INSTRUCTEUR.value, _R.PILOTE.value})
_PORTEUR = frozenset({_R.PORTEUR.value})
_HORLOGE: frozenset[str] = frozenset()  # à l’instant dit, sans personne


# Les actes dont le nom ne se lit pas tel quel.
_LIBELLES = {
    "depublier": "dépublier",
    "deliberer": "délibérer",
    "executer": "exécuter",
    "demander_une_piece": "demander une pièce",
    "completer": "compléter",
    "reprendre_sans_complement": "reprendre sans complément",
    "reprendre_pour_completer": "reprendre pour compléter",
    "declarer_recevable": "déclarer recevable",
    "declarer_irrecevable": "déclarer irrecevable",
    "reviser_l_avis": "réviser l’avis",
    "presenter": "présenter",
    "retirer_du_comite": "retirer du comité",
}


def _passage(
    acte: str, depuis: Sequence[EtatAppel | EtatProjet], vers: EtatAppel | EtatProjet, roles: frozenset[str]
) -> Passage:
    return Passage(acte, frozenset(e.value for e in depuis), vers.value, roles, _LIBELLES.get(acte, ""))


CYCLE_APPEL = CycleDeVie(
    nom="l’appel à projets",
    etats={str(v): str(libelle) for v, libelle in EtatAppel.choices},
    passages=(
        _passage("publier", [_A.BROUILLON], _A.PUBLIE, _PILOTE),
        _passage("depublier", [_A.PUBLIE], _A.BROUILLON, _PILOTE),
        _passage("ouvrir", [_A.PUBLIE], _A.OUVERT, _HORLOGE),
        _passage("clore", [_A.OUVERT], _A.CLOS, _HORLOGE),
        _passage("instruire", [_A.CLOS], _A.INSTRUCTION, _PILOTE),
        _passage("arbitrer", [_A.INSTRUCTION], _A.ARBITRAGE, _PILOTE),
        _passage("deliberer", [_A.ARBITRAGE], _A.DELIBERE, _PILOTE),
        _passage("executer", [_A.DELIBERE], _A.EXECUTION, _PILOTE),
        _passage("solder", [_A.EXECUTION], _A.SOLDE, _PILOTE),
        _passage("archiver", [_A.SOLDE], _A.ARCHIVE, _PILOTE),
    ),
)

_AVANT_DECISION = [etat for etat in EtatProjet if etat.value in NON_DECIDES]
CYCLE_PROJET = CycleDeVie(
    nom="le projet",
    etats={str(v): str(libelle) for v, libelle in EtatProjet.choices},
    passages=(
        _passage("deposer", [_P.BROUILLON], _P.DEPOSE, _PORTEUR),
        _passage("demander_une_piece", [_P.DEPOSE, _P.COMPLETE], _P.INCOMPLET, _INSTRUCTION),
        _passage("completer", [_P.INCOMPLET], _P.COMPLETE, _PORTEUR),
        _passage("reprendre_sans_complement", [_P.INCOMPLET], _P.DEPOSE, _INSTRUCTION),
        _passage("declarer_recevable", [_P.DEPOSE, _P.COMPLETE], _P.RECEVABLE, _INSTRUCTION),
        _passage("declarer_irrecevable", [_P.DEPOSE, _P.INCOMPLET, _P.COMPLETE], _P.IRRECEVABLE, _INSTRUCTION),
        _passage("rouvrir", [_P.IRRECEVABLE], _P.COMPLETE, _INSTRUCTION),
        _passage("reprendre_pour_completer", [_P.IRRECEVABLE], _P.INCOMPLET, _PORTEUR),
        _passage("rendre_un_avis", [_P.RECEVABLE], _P.INSTRUIT, _INSTRUCTION),
        _passage("reviser_l_avis", [_P.INSTRUIT], _P.INSTRUIT, _INSTRUCTION),
        _passage("presenter", [_P.INSTRUIT], _P.PRESENTE, _PILOTE),
        _passage("retirer_du_comite", [_P.PRESENTE], _P.INSTRUIT, _PILOTE),
        _passage("retenir", [_P.PRESENTE, _P.LISTE_ATTENTE], _P.RETENU, _PILOTE),
        _passage("mettre_en_attente", [_P.PRESENTE], _P.LISTE_ATTENTE, _PILOTE),
        _passage("ne_pas_retenir", [_P.PRESENTE, _P.LISTE_ATTENTE], _P.NON_RETENU, _PILOTE),
        _passage("retirer", [_P.BROUILLON, *_AVANT_DECISION], _P.RETIRE, _PORTEUR),
        _passage("classer_sans_suite", _AVANT_DECISION, _P.CLASSE, _PILOTE),
    ),
)
PASSAGES = tuple(passage.acte for passage in CYCLE_PROJET.passages)  # les actes qui changent un projet d’état
