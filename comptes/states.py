"""Les rôles des personnes et leur place dans un organisme : des données."""

from django.db import models


class Role(models.TextChoices):
    PORTEUR = "porteur", "porteur de projet"
    INSTRUCTEUR = "instructeur", "instructeur"
    PILOTE = "pilote", "pilote du programme"
    FINANCES = "finances", "service financier"
    LECTURE = "lecture", "lecture (élu, direction)"
    ADMINISTRATEUR = "administrateur", "administrateur"


class RoleOrganisme(models.TextChoices):
    RESPONSABLE = "responsable", "responsable"
    REDACTEUR = "redacteur", "rédacteur"


class EtatDemande(models.TextChoices):
    EN_ATTENTE = "en_attente", "en attente"
    ACCEPTEE = "acceptee", "acceptée"
    REFUSEE = "refusee", "refusée"
    RETIREE = "retiree", "retirée"


class EtatInvitation(models.TextChoices):
    ENVOYEE = "envoyee", "envoyée"
    ACCEPTEE = "acceptee", "acceptée"
    REVOQUEE = "revoquee", "révoquée"


class FormeJuridique(models.TextChoices):
    ASSOCIATION = "association", "association"
    CCAS = "ccas", "CCAS ou CIAS"
    SIAE = "siae", "structure d’insertion par l’activité économique"
    EPCI = "epci", "intercommunalité"
    COMMUNE = "commune", "commune"
    GIP = "gip", "groupement d’intérêt public"
    ENTREPRISE = "entreprise", "entreprise ou coopérative"
    AUTRE = "autre", "autre"


# Les personnes publiques : leurs ressources le sont déjà.
PUBLIQUES = frozenset({FormeJuridique.CCAS, FormeJuridique.EPCI, FormeJuridique.COMMUNE, FormeJuridique.GIP})


class EtatCourriel(models.TextChoices):
    A_ENVOYER = "a_envoyer", "à envoyer"
    ENVOYE = "envoye", "envoyé"
    ECHOUE = "echoue", "échoué"


class NatureDeDocument(models.TextChoices):
    """Ce qu’un organisme joint le plus souvent (Cerfa 12156, pièces à joindre)."""

    STATUTS = "statuts", "statuts"
    DIRIGEANTS = "dirigeants", "liste des dirigeants"
    COMPTES = "comptes", "comptes annuels"
    RIB = "rib", "relevé d’identité bancaire"
    RAPPORT_ACTIVITE = "activite", "rapport d’activité"
    COMMISSAIRE = "commissaire", "rapport du commissaire aux comptes"
    POUVOIR = "pouvoir", "pouvoir donné au signataire"
    AGREMENT = "agrement", "agrément ou conventionnement"
    DELIBERATION = "deliberation", "délibération"
    AUTRE = "autre", "autre document"


class EtatDocument(models.TextChoices):
    """Ce que l’examen a dit d’un document. « Non analysé » : contrôlé, mais l’antivirus était éteint."""

    EN_ANALYSE = "en_analyse", "en cours de contrôle"
    NON_ANALYSE = "non_analyse", "reçu, non analysé"
    SAIN = "sain", "sain"
    INFECTE = "infecte", "infecté"
    REFUSE = "refuse", "refusé"


# Ceux que l’on joint, télécharge et dépose ; ceux dont l’antivirus peut encore dire quelque chose ; les écartés, dont
# le fichier est effacé.
UTILISABLES = frozenset({EtatDocument.SAIN.value, EtatDocument.NON_ANALYSE.value})
A_ANALYSER = frozenset({EtatDocument.EN_ANALYSE.value, EtatDocument.NON_ANALYSE.value})
ECARTES = frozenset({EtatDocument.INFECTE.value, EtatDocument.REFUSE.value})
TONS_DES_DOCUMENTS: dict[str, str] = {
    EtatDocument.EN_ANALYSE: "attente",
    EtatDocument.SAIN: "favorable",
    EtatDocument.INFECTE: "defavorable",
    EtatDocument.REFUSE: "defavorable",
}

AGENTS = frozenset({Role.INSTRUCTEUR, Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})
