"""Les phrases du journal pour le comité."""

PHRASES_DU_COMITE: dict[str, str] = {
    "preparer_un_comite": "Comité préparé",
    "regler_un_comite": "Comité réglé",
    "ouvrir_un_comite": "Comité ouvert",
    "clore_un_comite": "Comité clos, sa séance photographiée",
    "noter_un_elu_present": "Élu noté présent",
    "retirer_un_elu": "Élu retiré des présents",
    "deporter_un_elu": "Déport d’un élu",
    "retirer_un_deport_d_elu": "Déport d’un élu retiré",
    "amender": "Amendement du comité",
    "justifier_un_ecart": "Écart à la note justifié",
    "demander_un_document": "Document du comité demandé",
}
