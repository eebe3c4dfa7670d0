"""Les phrases et les libellés du journal pour les bilans, le FSE et les aides de minimis."""

PHRASES_DES_BILANS: dict[str, str] = {
    "ouvrir_le_bilan": "Bilan ouvert",
    "deposer_le_bilan": "Bilan déposé",
    "demander_une_correction_du_bilan": "Correction du bilan demandée",
    "valider_le_bilan": "Bilan validé",
    "rouvrir_le_bilan": "Bilan rouvert",
    "relancer_le_bilan": "Organisme relancé",
    "joindre_au_bilan": "Document joint au bilan",
    "retirer_du_bilan": "Document retiré du bilan",
    "regler_les_bilans": "Bilans de l’appel réglés",
    "enregistrer_une_operation_du_fse": "Opération du FSE enregistrée",
    "retirer_une_operation_du_fse": "Opération du FSE retirée",
    "etablir_une_attestation_du_fse": "Attestation de cofinancement établie",
    "noter_une_aide_de_minimis": "Aide de minimis notée",
    "retirer_une_aide_de_minimis": "Aide de minimis retirée",
    "exporter_le_registre_de_minimis": "Registre de minimis exporté",
}
LIBELLES_DES_BILANS: dict[str, str] = {
    "du_le": "dû le",
    "jours": "jours autour de l’échéance",
    "seuil_pourcent": "écart à expliquer (%)",
    "seuil_montant": "écart à expliquer (€)",
    "indicateurs": "indicateurs",
    "taux": "taux",
    "siren": "SIREN",
    "regime": "régime",
    "accordee_le": "accordée le",
    "autorite": "autorité",
}
