"""Qui entre où : les bilans annuels."""

TABLE = """
GET  /mes-projets/{projet}/bilan/2016/        302 302 403 403 403 403 403
GET  /mes-projets/{projet}/bilan/2017/        302 200 403 403 403 403 403
GET  /mes-projets/{autre_projet}/bilan/2016/ 302 404 403 403 403 403 403
GET  /mes-projets/{projet}/bilan/2016/resultats/ 302 200 403 403 403 403 403
POST /mes-projets/{projet}/bilan/2016/resultats/ 302 302 403 403 403 403 403
GET  /mes-projets/{autre_projet}/bilan/2016/finances/ 302 404 403 403 403 403 403
POST /mes-projets/{projet}/bilan/2016/finances/enregistrer/ 302 200 403 403 403 403 403
POST /mes-projets/{autre_projet}/bilan/2016/finances/enregistrer/ 302 404 403 403 403 403 403
GET  /mes-projets/{projet}/bilan/2016/pieces/ 302 200 403 403 403 403 403
GET  /mes-projets/{autre_projet}/bilan/2016/pieces/ 302 404 403 403 403 403 403
POST /mes-projets/{projet}/bilan/2016/pieces/joindre/ 302 422 403 403 403 403 403
POST /mes-projets/{autre_projet}/bilan/2016/pieces/joindre/ 302 404 403 403 403 403 403
POST /mes-projets/{projet}/bilan/2016/pieces/{piece_de_bilan}/retirer/ 302 302 403 403 403 403 403
POST /mes-projets/{autre_projet}/bilan/2016/pieces/{autre_piece}/retirer/ 302 404 403 403 403 403 403
GET  /mes-projets/{projet}/bilan/2016/verification/ 302 200 403 403 403 403 403
POST /mes-projets/{projet}/bilan/2016/verification/ 302 200 403 403 403 403 403
GET  /mes-projets/{autre_projet}/bilan/2016/verification/ 302 404 403 403 403 403 403
GET  /bilans/                                 302 403 302 302 302 302 302
GET  /bilans/{bilan_depose}/copies/1/         302 200 200 200 200 200 200
GET  /bilans/{bilan_d_autrui}/copies/1/       302 404 404 200 200 200 200
POST /bilans/{bilan_depose}/copies/1/produire/ 302 302 302 302 302 302 302
POST /bilans/{bilan_d_autrui}/copies/1/produire/ 302 404 404 302 302 302 302
GET  /bilans/{bilan_depose}/pieces/{piece_de_bilan}/ 302 200 200 200 200 200 200
GET  /bilans/{bilan_d_autrui}/pieces/{autre_piece}/ 302 404 404 200 200 200 200
GET  /financements/nord/bilans/               302 403 200 200 200 200 200
GET  /financements/absent/bilans/             302 403 404 404 404 404 404
GET  /financements/nord/bilans/1/2017/        302 403 200 200 200 200 200
GET  /financements/nord/bilans/9001/2017/        302 403 404 200 200 200 200
GET  /financements/nord/bilans/1/2017/correction/ 302 403 200 200 200 403 403
POST /financements/nord/bilans/1/2017/correction/ 302 403 200 200 200 403 403
GET  /financements/nord/bilans/9001/2017/correction/ 302 403 404 200 200 403 403
GET  /financements/nord/bilans/1/2017/valider/ 302 403 200 200 200 403 403
POST /financements/nord/bilans/1/2017/valider/ 302 403 200 200 200 403 403
GET  /financements/nord/bilans/9001/2017/valider/ 302 403 404 200 200 403 403
GET  /financements/nord/bilans/1/2017/rouvrir/ 302 403 403 302 302 403 403
POST /financements/nord/bilans/1/2017/rouvrir/ 302 403 403 200 200 403 403
GET  /financements/nord/bilans/reglages/      302 403 403 200 403 403 403
POST /financements/nord/bilans/reglages/      302 403 403 200 403 403 403
GET  /financements/absent/bilans/reglages/    302 403 403 404 403 403 403
POST /financements/nord/bilans/ouvrir/        302 403 403 302 403 403 403
POST /financements/absent/bilans/ouvrir/      302 403 403 404 403 403 403
"""
