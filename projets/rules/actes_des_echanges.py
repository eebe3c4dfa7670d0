"""Le journal des fichiers qui sortent et qui reviennent : ses phrases, ses libellés. Lu par `rules.actes`."""

PHRASES: dict[str, str] = {
    "mettre_en_ligne": "Données ouvertes mises en ligne",
    "preparer_les_donnees_ouvertes": "Données ouvertes préparées",
    "exporter_les_decisions": "Actions votées exportées",
    "ajouter_un_profil": "Profil d’échange ajouté",
    "modifier_un_profil": "Profil d’échange modifié",
    "supprimer_un_profil": "Profil d’échange supprimé",
    "importer_l_execution": "Retour d’exécution importé",
    "deposer_un_retour": "Retour d’exécution déposé",
    "constater_l_execution": "Exécution constatée au retour du comptable",
    "envoyer_au_progiciel": "Fichier préparé pour le progiciel financier",
    "exporter_une_annexe": "Annexe du compte administratif exportée",
    "declarer_un_produit": "Produit d’un organisme saisi",
}
LIBELLES: dict[str, str] = {
    "annexe": "annexe",
    "produit": "produit",
    "adresse": "adresse",
    "en_ligne_le": "en ligne le",
    "perimetre": "périmètre",
    "profil": "profil",
    "deja_connues": "lignes déjà connues",
    "fichier": "fichier",
    "simulation": "simulation",
    "numero_de_mandat": "n° de mandat",
    "numero_de_bordereau": "n° de bordereau",
    "mandate_le": "mandaté le",
    "paye_le": "payé le",
    "emis_le": "émis le",
    "recouvre_le": "recouvré le",
    "colonnes": "colonnes",
}
