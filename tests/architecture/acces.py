"""Qui entre où : la table attendue ; `monde` donne les objets sur lesquels elle se vérifie.

Une ligne par méthode et par adresse. Une adresse nouvelle doit y entrer, sinon l’essai échoue. « {…} » : un objet de
`monde`. Colonnes : anonyme, porteur, instructeur, pilote, finances, lecture, administrateur. Un 302 de l’anonyme est
un renvoi vers la connexion, sauf mention « public » (une page publique qui, elle-même, renvoie ailleurs).
"""

import re
from dataclasses import dataclass

from django.http import HttpResponseBase
from django.urls import resolve

ROLES = ("porteur", "instructeur", "pilote", "finances", "lecture", "administrateur")
QUI = ("anonyme", *ROLES)

TABLE = """
GET  /sante/                                  503 503 503 503 503 503 503
GET  /accessibilite/                          200 200 200 200 200 200 200
GET  /connexion/                              200 302 302 302 302 302 302
GET  /deconnexion/                            302 200 200 200 200 200 200 public
GET  /compte-ferme/                           200 200 200 200 200 200 200
GET  /inscription/                            200 302 302 302 302 302 302
GET  /inscription/confirmer/                  200 200 200 200 200 200 200
GET  /inscription/confirmer/faux:cle/         200 200 200 200 200 200 200
GET  /courriels/                              302 200 403 403 403 403 200
GET  /courriels/{courriel}/                   302 200 403 403 403 403 200
GET  /courriels/{courriel_d_autrui}/          302 404 403 403 403 403 200
GET  /mon-organisme/                          302 302 403 403 403 403 403
GET  /mon-organisme/rejoindre/                302 200 403 403 403 403 403
GET  /mon-organisme/creer/                    302 200 403 403 403 403 403
GET  /organismes/{organisme}/                 302 200 200 200 200 200 200
GET  /organismes/{organisme_d_autrui}/        302 404 200 200 200 200 200
GET  /organismes/{organisme}/modifier/        302 200 403 403 403 403 403
GET  /organismes/{organisme_d_autrui}/modifier/ 302 404 403 403 403 403 403
GET  /organismes/{organisme}/comptes-bancaires/ajouter/ 302 403 403 403 403 403 403
GET  /organismes/{organisme_d_autrui}/comptes-bancaires/ajouter/ 302 404 403 403 403 403 403
GET  /organismes/{organisme}/documents/       302 200 403 403 403 403 403
GET  /organismes/{organisme_d_autrui}/documents/ 302 404 403 403 403 403 403
GET  /organismes/{organisme}/documents/ajouter/ 302 200 403 403 403 403 403
POST /organismes/{organisme}/documents/ajouter/ 302 200 403 403 403 403 403
POST /organismes/{organisme_d_autrui}/documents/ajouter/ 302 404 403 403 403 403 403
GET  /documents/{document}/                   302 200 403 403 403 403 403
POST /documents/{document_d_autrui}/          302 404 403 403 403 403 403
GET  /documents/{document}/telecharger/       302 200 403 403 403 403 403
GET  /documents/{document_d_autrui}/telecharger/ 302 404 403 403 403 403 403
POST /documents/{document}/archiver/          302 302 403 403 403 403 403
POST /documents/{document_d_autrui}/archiver/ 302 404 403 403 403 403 403
POST /documents/{document}/reprendre/         302 302 403 403 403 403 403
POST /documents/{document_d_autrui}/reprendre/ 302 404 403 403 403 403 403
GET  /documents/{document}/supprimer/         302 200 403 403 403 403 403
POST /documents/{document_d_autrui}/supprimer/ 302 404 403 403 403 403 403
POST /comptes-bancaires/{compte_bancaire}/archiver/ 302 403 403 403 403 403 403
POST /comptes-bancaires/{compte_bancaire}/reprendre/ 302 403 403 403 403 403 403
POST /comptes-bancaires/{compte_d_autrui}/archiver/ 302 404 403 403 403 403 403
POST /organismes/{organisme}/demander/        302 200 403 403 403 403 403
GET  /organismes/{organisme}/personnes/       302 200 403 403 403 403 403
GET  /organismes/{organisme_d_autrui}/personnes/ 302 404 403 403 403 403 403
GET  /organismes/{organisme}/inviter/         302 403 403 403 403 403 403
GET  /organismes/{organisme_d_autrui}/inviter/ 302 404 403 403 403 403 403
GET  /organismes/{organisme}/quitter/         302 200 403 403 403 403 403
GET  /organismes/{organisme_d_autrui}/quitter/ 302 404 403 403 403 403 403
POST /adhesions/{adhesion}/role/              302 302 403 403 403 403 403
POST /adhesions/{adhesion_d_autrui}/role/     302 404 403 403 403 403 403
GET  /adhesions/{adhesion}/retirer/           302 403 403 403 403 403 403
GET  /adhesions/{adhesion_d_autrui}/retirer/  302 404 403 403 403 403 403
GET  /demandes-d-entree/                      302 403 403 200 403 403 200
POST /demandes-d-entree/{demande_d_autrui}/accepter/ 302 404 403 302 403 403 302
POST /demandes-d-entree/{demande}/accepter/   302 404 403 404 403 403 404
POST /demandes-d-entree/{demande}/refuser/    302 404 403 404 403 403 404
POST /demandes-d-entree/{demande_d_autrui}/retirer/ 302 404 403 403 403 403 403
GET  /invitation/faux/                        404 404 404 404 404 404 404
POST /invitations/{invitation}/revoquer/      302 403 403 403 403 403 403
POST /invitations/{invitation_d_autrui}/revoquer/ 302 404 403 403 403 403 403
GET  /mon-compte/                             302 200 200 200 200 200 200
GET  /mot-de-passe/                           302 200 200 200 200 200 200
GET  /mot-de-passe/oublie/                    200 200 200 200 200 200 200
GET  /mot-de-passe/oublie/envoye/             200 200 200 200 200 200 200
GET  /mot-de-passe/oublie/change/             200 200 200 200 200 200 200
GET  /mot-de-passe/oublie/1-faux/             200 200 200 200 200 200 200
GET  /appels/                                 200 200 200 200 200 200 200
GET  /appels/nord/                            200 200 200 200 200 200 200
GET  /appels/brouillon/                       404 404 404 404 404 404 404
GET  /aide/                                   200 200 200 200 200 200 200
GET  /appels/nouveau/                         302 403 403 200 403 403 403
POST /appels/nouveau/                         302 403 403 200 403 403 403
GET  /appels/nord/copier/                     302 403 403 200 403 403 403
POST /appels/nord/copier/                     302 403 403 200 403 403 403
GET  /appels/nord/reglement/                  404 404 404 404 404 404 404
GET  /appels/nord/modeles/1/                  404 404 404 404 404 404 404
GET  /appels/absent/reglages/                 302 403 403 404 403 403 404
GET  /appels/brouillon/reglages/              302 403 403 200 403 403 200
GET  /appels/nord/reglages/                   302 403 403 200 403 403 200
GET  /appels/nord/reglages/presentation/      302 403 403 200 403 403 403
POST /appels/nord/reglages/presentation/      302 403 403 200 403 403 403
GET  /appels/nord/reglages/reglement/         302 403 403 200 403 403 403
POST /appels/nord/reglages/reglement/         302 403 403 200 403 403 403
GET  /appels/nord/reglages/apercu/            302 403 403 200 403 403 200
POST /appels/nord/reglages/publier/           302 403 403 302 403 403 403
GET  /appels/nord/reglages/publier/           302 405 405 405 405 405 405
POST /appels/nord/reglages/depublier/         302 403 403 302 403 403 403
GET  /appels/nord/reglages/prolongations/     302 403 403 200 403 403 200
POST /appels/nord/reglages/prolongations/     302 403 403 200 403 403 403
POST /appels/nord/reglages/prolongations/1/retirer/ 302 403 403 404 403 403 403
GET  /appels/nord/reglages/axes/              302 403 403 200 403 403 200
GET  /appels/nord/reglages/pieces/            302 403 403 200 403 403 200
GET  /appels/nord/reglages/questions/         302 403 403 200 403 403 200
GET  /appels/nord/reglages/criteres/          302 403 403 200 403 403 200
GET  /appels/nord/reglages/inconnue/          302 403 403 404 403 403 404
GET  /appels/nord/reglages/axes/ajouter/      302 403 403 200 403 403 403
POST /appels/nord/reglages/axes/ajouter/      302 403 403 200 403 403 403
GET  /appels/nord/reglages/axes/{axe}/        302 403 403 200 403 403 403
POST /appels/nord/reglages/axes/{axe}/        302 403 403 200 403 403 403
GET  /appels/brouillon/reglages/axes/{axe}/   302 403 403 404 403 403 403
POST /appels/nord/reglages/axes/{axe}/deplacer/ 302 403 403 302 403 403 403
GET  /appels/nord/reglages/axes/{axe}/supprimer/ 302 403 403 200 403 403 403
POST /appels/nord/reglages/axes/{axe}/supprimer/ 302 403 403 302 403 403 403
GET  /mes-projets/                            302 200 403 403 403 403 403
GET  /mes-projets/nouveau/                    302 200 403 403 403 403 403
POST /mes-projets/nouveau/                    302 200 403 403 403 403 403
GET  /mes-projets/{brouillon}/organisme/      302 200 403 403 403 403 403
GET  /mes-projets/{brouillon}/action/         302 200 403 403 403 403 403
POST /mes-projets/{brouillon}/action/         302 302 403 403 403 403 403
GET  /mes-projets/{brouillon}/publics/        302 200 403 403 403 403 403
GET  /mes-projets/{brouillon}/budget/         302 200 403 403 403 403 403
GET  /mes-projets/{brouillon}/verification/   302 200 403 403 403 403 403
GET  /mes-projets/{brouillon}/inconnue/       302 404 403 403 403 403 403
POST /mes-projets/{brouillon}/action/enregistrer/ 302 200 403 403 403 403 403
GET  /mes-projets/{brouillon}/action/enregistrer/ 302 405 405 405 405 405 405
GET  /mes-projets/{projet}/action/            302 302 403 403 403 403 403
POST /mes-projets/{projet}/action/enregistrer/ 302 409 403 403 403 403 403
GET  /mes-projets/{projet_d_autrui}/action/   302 404 403 403 403 403 403
POST /mes-projets/{projet_d_autrui}/action/   302 404 403 403 403 403 403
POST /mes-projets/{projet_d_autrui}/action/enregistrer/ 302 404 403 403 403 403 403
GET  /mes-projets/{projet}/                   302 200 403 403 403 403 403
GET  /mes-projets/{projet_d_autrui}/          302 404 403 403 403 403 403
GET  /mes-projets/{projet}/verification/      302 302 403 403 403 403 403
GET  /mes-projets/{projet_d_autrui}/verification/ 302 404 403 403 403 403 403
GET  /mes-projets/{projet}/imprimer/          302 200 200 200 403 403 403
GET  /mes-projets/{projet_d_autrui}/imprimer/ 302 404 404 200 403 403 403
GET  /mes-projets/{projet}/copier/            302 200 403 403 403 403 403
GET  /mes-projets/{projet_d_autrui}/copier/   302 404 403 403 403 403 403
GET  /mes-projets/{projet}/retirer/           302 403 403 403 403 403 403
GET  /mes-projets/{projet_d_autrui}/retirer/  302 404 403 403 403 403 403
POST /mes-projets/{projet}/reprendre/         302 403 403 403 403 403 403
POST /mes-projets/{projet_d_autrui}/reprendre/ 302 404 403 403 403 403 403
GET  /projets/{projet}/                       302 302 302 302 403 403 403
GET  /projets/{projet_d_autrui}/              302 404 404 302 403 403 403
POST /projets/{projet}/messages/              302 200 200 200 403 403 403
POST /projets/{projet_d_autrui}/messages/     302 404 404 200 403 403 403
GET  /projets/{projet}/recepisse/1/           302 200 200 200 403 403 403
GET  /projets/{projet_d_autrui}/recepisse/1/  302 404 404 404 403 403 403
GET  /projets/{projet}/depots/2/pieces/0/     302 200 200 200 403 403 403
GET  /projets/{projet}/depots/2/pieces/1/     302 404 404 404 403 403 403
GET  /projets/{projet_d_autrui}/depots/1/pieces/0/ 302 404 404 200 403 403 403
POST /instruction/{projet}/notes/             302 403 200 200 403 403 403
POST /instruction/{projet_d_autrui}/notes/    302 403 404 200 403 403 403
POST /notes/{note}/retirer/                   302 403 403 403 403 403 403
POST /notes/{note_d_autrui}/retirer/          302 403 404 403 403 403 403
GET  /instruction/{projet}/recevabilite/      302 403 200 200 403 403 403
GET  /instruction/{projet_d_autrui}/recevabilite/ 302 403 404 200 403 403 403
POST /instruction/{projet}/recevabilite/      302 403 200 200 403 403 403
POST /instruction/{projet}/recevable/         302 403 302 302 403 403 403
POST /instruction/{projet_d_autrui}/recevable/ 302 403 404 302 403 403 403
GET  /instruction/{projet}/irrecevable/       302 403 302 302 403 403 403
GET  /instruction/{projet_d_autrui}/irrecevable/ 302 403 404 200 403 403 403
POST /instruction/{projet_d_autrui}/irrecevable/ 302 403 404 200 403 403 403
GET  /instruction/{projet}/rouvrir/           302 403 302 302 403 403 403
GET  /instruction/{projet_d_autrui}/rouvrir/  302 403 404 302 403 403 403
GET  /instruction/{projet}/complement/lever/  302 403 302 302 403 403 403
GET  /instruction/{projet_d_autrui}/complement/lever/ 302 403 404 302 403 403 403
GET  /projets/{projet}/irrecevabilite/{irrecevabilite}/ 302 200 200 200 403 403 403
GET  /projets/{projet_d_autrui}/irrecevabilite/{irrecevabilite_d_autrui}/ 302 404 404 200 403 403 403
GET  /appels/nord/reglages/recevabilite/      302 403 403 200 403 403 200
GET  /instruction/{projet}/complement/        302 403 302 302 403 403 403
GET  /instruction/{projet_d_autrui}/complement/ 302 403 404 200 403 403 403
GET  /mes-projets/{projet}/pieces/            302 302 403 403 403 403 403
GET  /mes-projets/{projet_d_autrui}/pieces/   302 404 403 403 403 403 403
POST /mes-projets/{projet}/pieces/envoyer/    302 302 403 403 403 403 403
POST /mes-projets/{projet_d_autrui}/pieces/envoyer/ 302 404 403 403 403 403 403
POST /mes-projets/{projet}/pieces/joindre/    302 302 403 403 403 403 403
POST /mes-projets/{projet_d_autrui}/pieces/joindre/ 302 404 403 403 403 403 403
POST /pieces/{piece}/retirer/                 302 302 403 403 403 403 403
POST /pieces/{piece_d_autrui}/retirer/        302 404 403 403 403 403 403
GET  /pieces/{piece}/telecharger/             302 200 403 403 403 403 403
GET  /pieces/{piece_d_autrui}/telecharger/    302 404 403 403 403 403 403
GET  /instruction/{projet}/classement/        302 403 403 302 403 403 403
POST /instruction/{projet}/classement/        302 403 403 200 403 403 403
GET  /instruction/{projet_d_autrui}/classement/ 302 403 403 200 403 403 403
POST /instruction/{projet}/presence/          302 403 200 200 403 403 403
GET  /instruction/{projet}/presence/          302 405 405 405 405 405 405
POST /instruction/{projet_d_autrui}/presence/ 302 403 404 200 403 403 403
GET  /instruction/                            302 403 200 200 403 403 403
GET  /instruction/{projet}/                   302 403 200 200 403 403 403
GET  /instruction/{projet_d_autrui}/          302 403 404 200 403 403 403
GET  /instruction/suivi/                      302 403 200 200 403 403 403
GET  /instruction/suivi/export/               302 403 200 200 403 403 403
POST /instruction/suivi/export.csv            302 403 200 200 403 403 403
GET  /instruction/suivi/export.csv            302 405 405 405 405 405 405
POST /instruction/suivi/export.xlsx           302 403 200 200 403 403 403
GET  /instruction/suivi/export.xlsx           302 405 405 405 405 405 405
GET  /instruction/{projet}/journal/           302 403 200 200 403 403 200
GET  /instruction/{projet_d_autrui}/journal/  302 403 404 200 403 403 200
GET  /instruction/{projet}/journal/export.csv 302 403 200 200 403 403 200
GET  /instruction/{projet_d_autrui}/journal/export.csv 302 403 404 200 403 403 200
GET  /instruction/{projet}/journal/pdf/       302 405 405 405 405 405 405
POST /instruction/{projet}/journal/pdf/       302 403 302 302 403 403 302
POST /instruction/{projet_d_autrui}/journal/pdf/ 302 403 404 302 403 403 302
GET  /instruction/{projet}/journal/pdf/{export_du_journal}/ 302 403 200 404 403 403 404
GET  /instruction/notations/                  302 403 403 200 403 403 403
GET  /instruction/appels/nord/presenter/      302 403 403 200 403 403 403
POST /instruction/appels/nord/presenter/      302 403 403 200 403 403 403
GET  /instruction/appels/brouillon/presenter/ 302 403 403 404 403 403 403
GET  /instruction/{projet}/notation/          302 403 200 200 403 403 403
GET  /instruction/{projet_d_autrui}/notation/ 302 403 404 200 403 403 403
POST /instruction/{projet}/notation/          302 403 200 403 403 403 403
POST /instruction/{projet_d_autrui}/notation/ 302 403 404 403 403 403 403
POST /instruction/{projet}/notation/reprendre/ 302 403 302 403 403 403 403
POST /instruction/{projet_d_autrui}/notation/reprendre/ 302 403 404 403 403 403 403
GET  /instruction/{projet}/avis/              302 403 200 200 403 403 403
GET  /instruction/{projet_d_autrui}/avis/     302 403 404 200 403 403 403
POST /instruction/{projet}/avis/              302 403 200 200 403 403 403
POST /instruction/{projet_d_autrui}/avis/     302 403 404 200 403 403 403
POST /instruction/{projet}/avis/associe/      302 403 403 403 403 403 403
POST /instruction/{projet_d_autrui}/avis/associe/ 302 403 404 403 403 403 403
GET  /instruction/{projet}/avis/demander/     302 403 200 200 403 403 403
GET  /instruction/{projet_d_autrui}/avis/demander/ 302 403 404 200 403 403 403
POST /instruction/{projet}/avis/demander/     302 403 200 200 403 403 403
POST /instruction/{projet}/presenter/         302 403 403 302 403 403 403
GET  /instruction/{projet}/comite/retirer/    302 403 403 302 403 403 403
POST /instruction/{projet}/comite/retirer/    302 403 403 200 403 403 403
POST /instruction/{projet}/motifs/            302 403 302 302 403 403 403
POST /instruction/{projet_d_autrui}/motifs/   302 403 404 302 403 403 403
POST /instruction/avis-exterieurs/{avis_externe}/relancer/ 302 403 302 302 403 403 403
POST /instruction/avis-exterieurs/{avis_externe_d_autrui}/relancer/ 302 403 404 302 403 403 403
POST /instruction/avis-exterieurs/{avis_externe}/retirer/ 302 403 302 302 403 403 403
POST /instruction/avis-exterieurs/{avis_externe_d_autrui}/retirer/ 302 403 404 302 403 403 403
GET  /avis/{jeton}/                           200 200 200 200 200 200 200
GET  /avis/faux/                              404 404 404 404 404 404 404
GET  /avis/{jeton}/documents/1/               404 404 404 404 404 404 404
POST /mes-projets/{projet}/motifs/            302 302 403 403 403 403 403
POST /mes-projets/{projet_d_autrui}/motifs/   302 404 403 403 403 403 403
POST /instruction/                            302 405 405 405 405 405 405
POST /instruction/filtrer/                    302 403 302 302 403 403 403
POST /instruction/colonnes/                   302 403 302 302 403 403 403
GET  /instruction/vues/                       302 403 200 200 403 403 403
POST /instruction/vues/                       302 403 200 200 403 403 403
POST /instruction/vues/{vue}/renommer/        302 403 302 404 403 403 403
POST /instruction/vues/{vue}/supprimer/       302 403 302 404 403 403 403
POST /instruction/lots/                       302 403 302 302 403 403 403
GET  /instruction/lots/{lot}/                 302 403 200 200 403 403 403
GET  /instruction/lots/{lot_d_autrui}/        302 403 404 200 403 403 403
GET  /instruction/lots/{lot}/avancement/      302 403 200 200 403 403 403
GET  /instruction/lots/{lot_d_autrui}/avancement/ 302 403 404 200 403 403 403
GET  /instruction/affectations/               302 403 403 200 403 403 403
GET  /instruction/affectations/repartir/      302 403 403 200 403 403 403
POST /instruction/affectations/repartir/      302 403 403 200 403 403 403
GET  /instruction/absences/                   302 403 200 200 403 403 403
POST /instruction/absences/                   302 403 200 200 403 403 403
POST /instruction/absences/{absence}/terminer/ 302 403 302 302 403 403 403
POST /instruction/absences/{absence_d_autrui}/terminer/ 302 403 404 302 403 403 403
GET  /instruction/passation/                  302 403 200 200 403 403 403
POST /instruction/passation/                  302 403 200 200 403 403 403
POST /instruction/{projet}/prendre/           302 403 302 302 403 403 403
POST /instruction/{projet_d_autrui}/prendre/  302 403 404 302 403 403 403
GET  /instruction/{projet}/confier/           302 403 200 200 403 403 403
GET  /instruction/{projet_d_autrui}/confier/  302 403 404 200 403 403 403
GET  /instruction/{projet}/deport/            302 403 200 200 403 403 403
GET  /instruction/{projet_d_autrui}/deport/   302 403 404 200 403 403 403
GET  /affectations/{affectation}/retirer/     302 403 200 200 403 403 403
GET  /affectations/{affectation_d_autrui}/retirer/ 302 403 404 200 403 403 403
GET  /deports/{deport_d_autrui}/lever/        302 403 403 200 403 403 403
POST /deports/{deport_du_pilote}/lever/       302 403 403 404 403 403 403
GET  /                                        200 200 200 200 200 200 200
GET  /arbitrage/nord/                         302 403 403 200 403 403 403
GET  /arbitrage/absent/                       302 403 403 404 403 403 403
GET  /arbitrage/nord/ouvrir/                  302 403 403 302 403 403 403
POST /arbitrage/nord/ouvrir/                  302 403 403 302 403 403 403
GET  /arbitrage/nord/voter/                   302 403 403 302 403 403 403
POST /arbitrage/nord/voter/                   302 403 403 302 403 403 403
GET  /financements/nord/deliberations/        302 403 403 200 200 200 200
GET  /financements/nord/deliberations/{deliberation}/ 302 403 403 200 200 200 200
GET  /financements/nord/deliberations/{deliberation_d_un_autre_appel}/ 302 403 403 404 404 404 404
POST /financements/nord/deliberations/{deliberation}/dates/ 302 403 403 200 200 403 403
POST /financements/nord/deliberations/{deliberation}/notifier/ 302 403 403 302 302 403 403
GET  /financements/nord/deliberations/{deliberation}/envois/{envoi}/ 302 403 403 200 200 200 200
GET  /financements/nord/deliberations/{deliberation_d_un_autre_appel}/envois/{envoi}/ 302 403 403 404 404 404 404
POST /financements/nord/deliberations/{deliberation}/envois/{envoi}/annuler/ 302 403 403 302 302 403 403
GET  /arbitrage/nord/comparer/                302 403 403 200 403 403 403
GET  /arbitrage/nord/scenarios/               302 403 403 200 403 403 403
GET  /arbitrage/absent/scenarios/             302 403 403 404 403 403 403
GET  /arbitrage/nord/scenarios/nouveau/       302 403 403 200 403 403 403
POST /arbitrage/nord/scenarios/nouveau/       302 403 403 200 403 403 403
GET  /arbitrage/nord/scenarios/{scenario}/    302 403 403 200 403 403 403
GET  /arbitrage/nord/scenarios/{scenario_d_autrui}/ 302 403 403 404 403 403 403
GET  /arbitrage/brouillon/scenarios/{scenario}/ 302 403 403 404 403 403 403
POST /arbitrage/nord/scenarios/{scenario}/saisir/ 302 403 403 302 403 403 403
POST /arbitrage/nord/scenarios/{scenario_d_autrui}/saisir/ 302 403 403 404 403 403 403
POST /arbitrage/nord/scenarios/{scenario}/lot/ 302 403 403 302 403 403 403
POST /arbitrage/nord/scenarios/{scenario_d_autrui}/lot/ 302 403 403 404 403 403 403
POST /arbitrage/nord/scenarios/{scenario}/annuler/ 302 403 403 302 403 403 403
POST /arbitrage/nord/scenarios/{scenario_d_autrui}/annuler/ 302 403 403 404 403 403 403
POST /arbitrage/nord/scenarios/{scenario}/retablir/ 302 403 403 302 403 403 403
POST /arbitrage/nord/scenarios/{scenario_d_autrui}/retablir/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/scenarios/{scenario}/reglages/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/scenarios/{scenario_partage}/reglages/ 302 403 403 403 403 403 403
GET  /arbitrage/nord/scenarios/{scenario_d_autrui}/reglages/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/scenarios/{scenario}/adopter/ 302 403 403 200 403 403 403
POST /arbitrage/nord/scenarios/{scenario}/adopter/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/scenarios/{scenario_d_autrui}/adopter/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/scenarios/{scenario}/revenir/ 302 403 403 302 403 403 403
GET  /arbitrage/nord/scenarios/{scenario_d_autrui}/revenir/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/scenarios/{scenario}/supprimer/ 302 403 403 200 403 403 403
POST /arbitrage/nord/scenarios/{scenario_partage}/supprimer/ 302 403 403 403 403 403 403
POST /arbitrage/nord/scenarios/{scenario_d_autrui}/supprimer/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/calculs/                 302 403 403 200 403 403 403
GET  /arbitrage/absent/calculs/               302 403 403 404 403 403 403
GET  /arbitrage/nord/calculs/nouveau/         302 403 403 200 403 403 403
POST /arbitrage/nord/calculs/nouveau/         302 403 403 200 403 403 403
GET  /arbitrage/nord/calculs/{calcul}/        302 403 403 200 403 403 403
GET  /arbitrage/nord/calculs/{calcul_d_autrui}/ 302 403 403 404 403 403 403
GET  /arbitrage/brouillon/calculs/{calcul}/   302 403 403 404 403 403 403
GET  /arbitrage/nord/calculs/{calcul}/avancement/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/calculs/{calcul_d_autrui}/avancement/ 302 403 403 404 403 403 403
POST /arbitrage/nord/calculs/{calcul}/annuler/ 302 403 403 302 403 403 403
POST /arbitrage/nord/calculs/{calcul_partage}/annuler/ 302 403 403 403 403 403 403
POST /arbitrage/nord/calculs/{calcul_d_autrui}/annuler/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/ 302 403 403 200 403 403 403
GET  /arbitrage/absent/comites/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/nouveau/ 302 403 403 200 403 403 403
POST /arbitrage/nord/comites/nouveau/ 302 403 403 200 403 403 403
GET  /arbitrage/absent/comites/nouveau/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/{comite}/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/comites/{comite_d_autrui}/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/{comite}/regler/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/comites/{comite_d_autrui}/regler/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/{comite}/ouvrir/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/comites/{comite_d_autrui}/ouvrir/ 302 403 403 404 403 403 403
POST /arbitrage/nord/comites/{comite}/elus/ 302 403 403 200 403 403 403
POST /arbitrage/nord/comites/{comite_d_autrui}/elus/ 302 403 403 404 403 403 403
POST /arbitrage/nord/comites/{comite}/elus/{elu}/retirer/ 302 403 403 302 403 403 403
POST /arbitrage/nord/comites/{comite_d_autrui}/elus/{elu}/retirer/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/{comite}/documents/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/comites/{comite_d_autrui}/documents/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/{comite}/documents/{document_du_comite}/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/comites/{comite_d_autrui}/documents/{document_du_comite}/ 302 403 403 404 403 403 403
POST /arbitrage/nord/comites/{comite}/documents/{document_du_comite}/annuler/ 302 403 403 302 403 403 403
POST /arbitrage/nord/comites/{comite_d_autrui}/documents/{document_du_comite}/annuler/ 302 403 403 404 403 403 403
POST /arbitrage/nord/comites/{comite}/documents/{document_du_comite}/relancer/ 302 403 403 302 403 403 403
POST /arbitrage/nord/comites/{comite_d_autrui}/documents/{document_du_comite}/relancer/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/{comite}/documents/{document_du_comite}/telecharger/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/{comite_d_autrui}/documents/{document_du_comite}/telecharger/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/{comite_en_seance}/seance/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/comites/{comite_d_autrui}/seance/ 302 403 403 404 403 403 403
POST /arbitrage/nord/comites/{comite_en_seance}/avancer/ 302 403 403 302 403 403 403
POST /arbitrage/nord/comites/{comite_d_autrui}/avancer/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/{comite_en_seance}/projection/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/comites/{comite_d_autrui}/projection/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/{comite_en_seance}/ecarts/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/comites/{comite_d_autrui}/ecarts/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/{comite_en_seance}/clore/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/comites/{comite_d_autrui}/clore/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/comites/{comite_en_seance}/compte-rendu/ 302 403 403 200 403 403 403
GET  /arbitrage/nord/comites/{comite_d_autrui}/compte-rendu/ 302 403 403 404 403 403 403
POST /arbitrage/nord/comites/{comite_en_seance}/amender/ 302 403 403 404 403 403 403
POST /arbitrage/nord/comites/{comite_d_autrui}/amender/ 302 403 403 404 403 403 403
POST /arbitrage/nord/comites/{comite_en_seance}/deports/ 302 403 403 404 403 403 403
POST /arbitrage/nord/comites/{comite_d_autrui}/deports/ 302 403 403 404 403 403 403
POST /arbitrage/nord/comites/{comite_en_seance}/deports/{deport_d_elu}/retirer/ 302 403 403 302 403 403 403
POST /arbitrage/nord/comites/{comite_d_autrui}/deports/{deport_d_elu}/retirer/ 302 403 403 404 403 403 403
GET  /arbitrage/brouillon/comites/{comite}/ 302 403 403 404 403 403 403
GET  /arbitrage/nord/enveloppes/              302 403 403 200 403 403 403
GET  /arbitrage/absent/enveloppes/            302 403 403 404 403 403 403
GET  /arbitrage/nord/enveloppes/voter/        302 403 403 302 403 403 403
POST /arbitrage/nord/enveloppes/voter/        302 403 403 302 403 403 403
GET  /arbitrage/ouvert/enveloppes/voter/      302 403 403 200 403 403 403
GET  /arbitrage/nord/enveloppes/reviser/      302 403 403 200 403 403 403
POST /arbitrage/nord/enveloppes/reviser/      302 403 403 200 403 403 403
GET  /arbitrage/nord/enveloppes/repartir/     302 403 403 200 403 403 403
POST /arbitrage/nord/enveloppes/repartir/     302 403 403 200 403 403 403
GET  /arbitrage/nord/enveloppes/reliquats/    302 403 403 200 403 403 403
POST /arbitrage/nord/enveloppes/reliquats/    302 403 403 200 403 403 403
GET  /arbitrage/nord/enveloppes/equite/       302 403 403 200 403 403 403
GET  /arbitrage/nord/enveloppes/reference/    302 403 403 200 403 403 403
POST /arbitrage/nord/enveloppes/reference/    302 403 403 200 403 403 403
GET  /financements/                           302 403 403 302 302 302 302
GET  /financements/nord/                      302 403 403 200 200 200 200
GET  /financements/nord/repartitions/         302 403 403 200 200 200 200
GET  /financements/nord/repartitions/1/       302 403 403 200 200 200 200
GET  /financements/nord/repartitions/9/       302 403 403 404 404 404 404
GET  /financements/nord/actions/              302 403 403 200 200 200 200
GET  /financements/nord/actions/exporter/     302 403 403 200 200 403 403
GET  /financements/absent/actions/exporter/   302 403 403 404 404 403 403
GET  /financements/nord/actions/exporter/xlsx/ 302 405 405 405 405 405 405
POST /financements/nord/actions/exporter/xlsx/ 302 403 403 200 200 403 403
POST /financements/nord/actions/exporter/ods/ 302 403 403 200 200 403 403
POST /financements/nord/actions/exporter/csv/ 302 403 403 200 200 403 403
POST /financements/nord/actions/exporter/scdl/ 302 403 403 404 404 403 403
POST /financements/absent/actions/exporter/csv/ 302 403 403 404 404 403 403
GET  /financements/nord/actions/1/            302 403 403 200 200 200 200
GET  /financements/nord/actions/999/          302 403 403 404 404 404 404
GET  /financements/nord/territoires/VAL/      302 403 403 200 200 200 200
GET  /financements/nord/territoires/XXX/      302 403 403 404 404 404 404
GET  /financements/imports/                   302 403 403 302 403 403 302
GET  /financements/nord/imports/              302 403 403 200 403 403 200
POST /financements/nord/imports/              302 403 403 200 403 403 404
GET  /financements/absent/imports/            302 403 403 404 403 403 404
GET  /financements/nord/imports/modele/xlsx/  302 403 403 200 403 403 200
GET  /financements/nord/imports/modele/exe/   302 403 403 404 403 403 404
GET  /financements/nord/imports/{import}/     302 403 403 200 403 403 200
GET  /financements/nord/imports/999/          302 403 403 404 403 403 404
GET  /financements/nord/imports/{import}/avancement/ 302 403 403 200 403 403 200
GET  /financements/nord/imports/{import}/erreurs/    302 403 403 404 403 403 404
GET  /financements/nord/imports/{import}/annuler/    302 405 405 405 405 405 405
POST /financements/nord/imports/{import}/annuler/    302 403 403 302 403 403 403
POST /financements/nord/imports/{import}/relancer/   302 403 403 302 403 403 403
POST /financements/nord/imports/{import}/importer/   302 403 403 302 403 403 403
GET  /financements/effectifs/                 302 403 403 200 403 403 200
GET  /financements/effectifs/importer/        302 403 403 200 403 403 403
POST /financements/effectifs/importer/        302 403 403 200 403 403 403
GET  /financements/effectifs/{releve}/        302 403 403 200 403 403 200
GET  /financements/effectifs/999/             302 403 403 404 403 403 404
GET  /rapports/                               302 403 403 200 200 200 200
GET  /rapports/demander/                      302 403 403 200 200 403 403
POST /rapports/demander/                      302 403 403 200 200 403 403
GET  /rapports/{rapport}/                     302 403 403 200 200 200 200
GET  /rapports/999/                           302 403 403 404 404 404 404
GET  /rapports/{rapport}/avancement/          302 403 403 200 200 200 200
GET  /rapports/{rapport}/volumes/1/           302 403 403 404 404 404 404
GET  /rapports/{rapport}/a-jour/              302 405 405 405 405 405 405
POST /rapports/{rapport}/a-jour/              302 403 403 302 302 403 403
GET  /rapports/{rapport}/relancer/            302 405 405 405 405 405 405
POST /rapports/{rapport}/relancer/            302 403 403 302 404 403 403
GET  /rapports/{rapport}/annuler/             302 405 405 405 405 405 405
POST /rapports/{rapport}/annuler/             302 403 403 302 404 404 404
"""


@dataclass(frozen=True)
class Ligne:
    """Une ligne de la table. `codes` : dans l’ordre de `QUI`."""

    methode: str
    exemple: str
    codes: tuple[int, ...]
    est_public: bool

    @property
    def cle(self) -> str:
        """« GET /appels/nord/ »."""
        return f"{self.methode} {self.exemple}"

    @property
    def motif(self) -> str:
        """Le motif d’adresse dont l’exemple relève."""
        return resolve(re.sub(r"{\w+}", "1", self.exemple)).route


def lignes() -> list[Ligne]:
    """La table, lue."""
    resultat = []
    for texte in TABLE.strip().splitlines():
        methode, exemple, *codes = texte.split()
        est_public = codes[-1] == "public" or codes[0] != "302"
        resultat.append(Ligne(methode, exemple, tuple(map(int, codes[: len(QUI)])), est_public))
    return resultat


def lire_le_fichier(reponse: HttpResponseBase) -> None:
    """Un fichier téléchargé n’est refermé qu’une fois lu jusqu’au bout."""
    for _ in getattr(reponse, "streaming_content", ()):
        pass
