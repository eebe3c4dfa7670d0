"""Les fichiers qu’attend le progiciel financier de la démonstration, et ses opérations du FSE. Des données."""

from financements.states.echanges import COLONNES, Encodage, SorteDeProfil

# Nom, fichier, colonnes (clé → en-tête du progiciel ; None : toutes, sous leur clé), encodage.
PROFILS: tuple[tuple[str, SorteDeProfil, dict[str, str] | None, Encodage], ...] = (
    (
        "Engagements, progiciel financier",
        SorteDeProfil.ENGAGEMENTS,
        {
            "id_externe": "REF_EXTERNE",
            "exercice": "EXERCICE",
            "chapitre": "CHAPITRE",
            "nature": "NATURE",
            "fonction": "FONCTION",
            "numero_ae": "AE",
            "code_tiers": "TIERS",
            "raison_sociale": "RAISON_SOCIALE",
            "deliberation": "ACTE",
            "objet": "LIBELLE",
            "montant": "MONTANT",
        },
        Encodage.CP1252,
    ),
    ("Liquidations, progiciel financier", SorteDeProfil.LIQUIDATIONS, None, Encodage.UTF8),
    ("Retour d’exécution", SorteDeProfil.RETOUR, None, Encodage.UTF8),
)
OPERATIONS_DU_FSE = 3  # actions dont l’opération est enregistrée ; la première a son attestation
TAUX_DU_FSE = 50  # %


def colonnes_de(sorte: SorteDeProfil, voulues: dict[str, str] | None) -> list[list[str]]:
    """[clé, en-tête] de chaque colonne du fichier, dans l’ordre."""
    return [[cle, entete] for cle, entete in (voulues or {cle: cle for cle in COLONNES[sorte]}).items()]
