"""Les échanges avec le progiciel financier : formats et colonnes, des données.

Chaque site a son dossier d’interface : tout se règle. Les montants sont en euros, les dates du calendrier.
"""

from collections.abc import Mapping

from django.db import models

from config.socle.ecriture import Genre


class SorteDeProfil(models.TextChoices):
    ENGAGEMENTS = "engagements", "engagements à envoyer"
    LIQUIDATIONS = "liquidations", "liquidations à mandater"
    RETOUR = "retour", "retour d’exécution"


class Separateur(models.TextChoices):
    POINT_VIRGULE = ";", "point-virgule"
    VIRGULE = ",", "virgule"
    TABULATION = "\t", "tabulation"
    BARRE = "|", "barre verticale"


class Encodage(models.TextChoices):
    UTF8 = "utf-8", "UTF-8"
    UTF8_MARQUE = "utf-8-sig", "UTF-8 avec marque"
    CP1252 = "cp1252", "Windows-1252"
    LATIN9 = "iso8859-15", "ISO 8859-15"


class FormatDeDate(models.TextChoices):
    FRANCAIS = "%d/%m/%Y", "31/12/2016"
    ISO = "%Y-%m-%d", "2016-12-31"
    COLLE = "%Y%m%d", "20161231"


class FormatDeMontant(models.TextChoices):
    VIRGULE = "virgule", "1234,56"
    POINT = "point", "1234.56"
    CENTIMES = "centimes", "123456 (centimes)"


class StatutDExecution(models.TextChoices):
    """Ce que le comptable dit d’un mandat ou d’un titre."""

    EMIS = "emis", "émis"
    REJETE = "rejete", "rejeté"
    PAYE = "paye", "payé"
    ANNULE = "annule", "annulé"


Colonnes = Mapping[str, tuple[str, Genre]]
_TIERS: Colonnes = {
    "code_tiers": ("Code du tiers (SIRET, à défaut RNA)", Genre.TEXTE),
    "siret": ("SIRET", Genre.TEXTE),
    "rna": ("Numéro RNA", Genre.TEXTE),
    "raison_sociale": ("Raison sociale", Genre.TEXTE),
    "iban": ("IBAN", Genre.TEXTE),
    "bic": ("BIC", Genre.TEXTE),
    "titulaire": ("Titulaire du compte", Genre.TEXTE),
}
_BUDGET: Colonnes = {
    "budget": ("Budget", Genre.TEXTE),
    "gestionnaire": ("Service gestionnaire", Genre.TEXTE),
    "numero_ae": ("N° d’autorisation d’engagement", Genre.TEXTE),
    "chapitre": ("Chapitre", Genre.TEXTE),
    "nature": ("Nature comptable", Genre.TEXTE),
    "fonction": ("Fonction", Genre.TEXTE),
}
_ACTES: Colonnes = {
    "deliberation": ("N° de la délibération", Genre.TEXTE),
    "date_deliberation": ("Date de la délibération", Genre.JOUR),
    "convention": ("N° de la convention", Genre.TEXTE),
    "objet": ("Objet", Genre.TEXTE),
    "appel": ("Appel à projets", Genre.TEXTE),
    "numero_action": ("N° de l’action", Genre.ENTIER),
    "axe": ("N° de l’axe", Genre.ENTIER),
}
COLONNES: Mapping[SorteDeProfil, Colonnes] = {
    SorteDeProfil.ENGAGEMENTS: {
        "id_externe": ("Identifiant de l’engagement", Genre.TEXTE),
        "exercice": ("Exercice", Genre.ENTIER),
        **_BUDGET,
        **_TIERS,
        **_ACTES,
        "montant_total": ("Engagé sur tous les exercices", Genre.MONTANT),
        "montant": ("Engagé sur l’exercice", Genre.MONTANT),
        "numero_engagement": ("N° d’engagement du progiciel, s’il est connu", Genre.TEXTE),
    },
    SorteDeProfil.LIQUIDATIONS: {
        "id_externe": ("Identifiant du versement", Genre.TEXTE),
        "id_engagement": ("Identifiant de l’engagement", Genre.TEXTE),
        "numero_engagement": ("N° d’engagement du progiciel, s’il est connu", Genre.TEXTE),
        "exercice": ("Exercice", Genre.ENTIER),
        **_BUDGET,
        **_TIERS,
        **_ACTES,
        "annee": ("Année de la tranche", Genre.ENTIER),
        "rang": ("N° du versement", Genre.ENTIER),
        "sorte": ("Nature du versement (avance, acompte, solde)", Genre.TEXTE),
        "montant": ("Montant", Genre.MONTANT),
        "cumul_avant": ("Déjà liquidé avant", Genre.MONTANT),
        "cumul_apres": ("Liquidé après", Genre.MONTANT),
        "service_fait_le": ("Date de service fait", Genre.JOUR),
        "liquide_le": ("Date de liquidation", Genre.JOUR),
        "pieces": ("Pièces (nom et empreinte)", Genre.TEXTE),
    },
    SorteDeProfil.RETOUR: {
        "id_externe": ("Identifiant du versement, du titre ou de l’engagement", Genre.TEXTE),
        "numero_engagement": ("N° d’engagement du progiciel", Genre.TEXTE),
        "numero_mandat": ("N° du mandat ou du titre", Genre.TEXTE),
        "numero_bordereau": ("N° du bordereau", Genre.TEXTE),
        "date_emission": ("Date d’émission", Genre.JOUR),
        "date_paiement": ("Date de paiement", Genre.JOUR),
        "montant": ("Montant", Genre.MONTANT),
        "statut": ("Statut : émis, rejeté, payé, annulé", Genre.TEXTE),
        "motif": ("Motif du rejet ou de l’annulation", Genre.TEXTE),
    },
}
IMPUTATION = ("gestionnaire", "numero_ae", "chapitre", "nature", "fonction")
EXPORTEES = (SorteDeProfil.ENGAGEMENTS, SorteDeProfil.LIQUIDATIONS)
