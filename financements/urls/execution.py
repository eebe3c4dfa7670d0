"""Les adresses de l’exécution : sous `/financements/<slug>/versements/`, sous une action, et le portail."""

from django.urls import path

from financements.views.execution import action, affectations, file, lettres, portail, regles, versement

adresses = [
    path("", file.versements, name="versements"),
    path("liquider/", file.liquider_les_prets, name="liquider_les_prets"),
    path("credits/", affectations.credits_affectes, name="credits_affectes"),
    path("credits/affecter/", affectations.affecter, name="affecter_les_credits"),
    path("credits/engager/", affectations.engager, name="engager_les_actions"),
    path("credits/clore/<int:exercice>/", affectations.clore, name="clore_un_exercice"),
    path("regles/", regles.regles, name="regles_de_versement"),
    path("regles/nouvelle/", regles.nouvelle_regle, name="nouvelle_regle"),
    path("regles/<int:pk>/", regles.regle, name="regle_de_versement"),
    path("regles/<int:pk>/par-defaut/", regles.par_defaut, name="regle_par_defaut"),
    path("regles/<int:pk>/supprimer/", regles.supprimer, name="supprimer_regle"),
    path("<int:pk>/", versement.versement, name="versement"),
    path("<int:pk>/decompte/", versement.telecharger_le_decompte, name="decompte_du_versement"),
    path("<int:pk>/liquider/", versement.liquider_le_versement, name="liquider_le_versement"),
    path("<int:pk>/constater/", versement.constater_un_retour, name="constater_un_retour"),
    path("<int:pk>/annuler/", versement.annuler_la_liquidation, name="annuler_la_liquidation"),
    path("<int:pk>/pieces/<int:piece>/", versement.lire_la_piece, name="lire_la_piece"),
    path("<int:pk>/pieces/<int:piece>/verifier/", versement.verifier_la_piece, name="verifier_la_piece"),
    path("<int:pk>/pieces/<int:piece>/refuser/", versement.refuser_la_piece, name="refuser_la_piece"),
]
adresses_d_une_action = [
    path("", action.execution, name="execution_de_l_action"),
    path("engager/", action.engager, name="engager_l_action"),
    path("regle/", action.choisir_la_regle, name="choisir_la_regle"),
    path("reprendre/", action.reprendre_les_versements, name="reprendre_les_versements"),
    path("soldes/<int:annee>/", action.solder, name="arreter_le_solde"),
    path("procedures/ouvrir/", action.ouvrir_une_procedure, name="ouvrir_une_procedure"),
    path("procedures/<int:pk>/", action.procedure, name="procedure"),
    path("procedures/<int:pk>/remise/", lettres.noter, name="noter_la_remise"),
    path("procedures/<int:pk>/lettre/", lettres.lettre_d_ouverture, name="lettre_d_ouverture"),
    path("procedures/<int:pk>/decision/", lettres.lettre_de_decision, name="lettre_de_decision"),
    path("titres/<int:pk>/", action.titre, name="titre"),
]
adresses_du_portail = [
    path("<int:projet>/", portail.mes_versements, name="mes_versements"),
    path("<int:projet>/pieces/<int:piece>/", portail.deposer, name="deposer_piece_de_versement"),
    path("<int:projet>/procedures/<int:pk>/", portail.repondre, name="repondre_a_la_procedure"),
]
