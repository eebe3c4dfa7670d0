"""Les adresses des comités d’un appel, sous `/arbitrage/<slug>/comites/`."""

from django.urls import path

from financements.views.comites import cloture, documents, preparation, seance

adresses = [
    path("", preparation.comites, name="comites"),
    path("nouveau/", preparation.nouveau, name="nouveau_comite"),
    path("<int:pk>/", preparation.comite, name="comite"),
    path("<int:pk>/regler/", preparation.regler, name="regler_comite"),
    path("<int:pk>/ouvrir/", preparation.ouvrir, name="ouvrir_comite"),
    path("<int:pk>/elus/", preparation.noter_un_elu, name="noter_elu"),
    path("<int:pk>/elus/<int:elu>/retirer/", preparation.retirer_elu, name="retirer_elu"),
    path("<int:pk>/seance/", seance.seance, name="seance"),
    path("<int:pk>/avancer/", seance.avancer, name="avancer_la_seance"),
    path("<int:pk>/amender/", seance.amender_le_point, name="amender"),
    path("<int:pk>/deports/", seance.deporter, name="deporter_elu"),
    path("<int:pk>/deports/<int:deport>/retirer/", seance.retirer_deport, name="retirer_deport"),
    path("<int:pk>/projection/", seance.projection, name="projection"),
    path("<int:pk>/ecarts/", cloture.ecarts, name="ecarts_du_comite"),
    path("<int:pk>/clore/", cloture.clore, name="clore_comite"),
    path("<int:pk>/compte-rendu/", cloture.compte_rendu, name="compte_rendu"),
    path("<int:pk>/documents/", documents.documents, name="documents_du_comite"),
    path("<int:pk>/documents/<int:document>/", documents.avancement, name="avancement_du_document"),
    path("<int:pk>/documents/<int:document>/annuler/", documents.annuler, name="annuler_document"),
    path("<int:pk>/documents/<int:document>/relancer/", documents.relancer, name="relancer_document"),
    path("<int:pk>/documents/<int:document>/telecharger/", documents.telecharger, name="document_du_comite"),
]
