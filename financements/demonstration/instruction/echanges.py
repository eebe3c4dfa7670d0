"""Ce que le porteur d’essai et le service s’écrivent, et l’avis que le service attend au-dehors. Des données."""

from projets.states import EtatProjet

# Par état du projet : (est du porteur, texte), dans l’ordre.
MESSAGES: dict[str, tuple[tuple[bool, str], ...]] = {
    EtatProjet.INCOMPLET: (
        (
            True,
            "Nous attendons la signature du commissaire aux comptes : pouvons-nous joindre les comptes provisoires ?",
        ),
        (False, "Oui, joignez les comptes provisoires avec une attestation du président ; les définitifs suivront."),
    ),
    EtatProjet.RECEVABLE: (
        (False, "Votre projet s’étudie. Pouvez-vous nous dire combien de séances sont prévues par personne ?"),
        (True, "Douze séances de deux heures, sur six mois, par groupes de huit."),
    ),
}
AVIS_DEMANDE = {
    "nom": "Camille Exemple, mission locale",
    "email": "mission.locale@exemple.fr",
    "question": "Ce projet double-t-il une action que vous menez déjà ? Quels jeunes pourriez-vous y orienter ?",
}
JOURS_POUR_L_AVIS = 12
