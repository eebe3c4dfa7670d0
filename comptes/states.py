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


class EtatCourriel(models.TextChoices):
    A_ENVOYER = "a_envoyer", "à envoyer"
    ENVOYE = "envoye", "envoyé"
    ECHOUE = "echoue", "échoué"


AGENTS = frozenset({Role.INSTRUCTEUR, Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})
