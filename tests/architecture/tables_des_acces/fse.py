"""Qui entre où : le FSE et le registre de minimis."""

TABLE = """
GET  /financements/nord/actions/1/fse/        302 403 403 200 200 200 200
GET  /financements/nord/actions/999/fse/      302 403 403 404 404 404 404
GET  /financements/nord/actions/1/fse/operations/nouvelle/ 302 403 403 200 200 403 403
POST /financements/nord/actions/1/fse/operations/nouvelle/ 302 403 403 200 200 403 403
GET  /financements/nord/actions/9001/fse/operations/{operation_fse}/ 302 403 403 200 200 403 403
GET  /financements/nord/actions/1/fse/operations/{operation_fse}/ 302 403 403 404 404 403 403
POST /financements/nord/actions/9001/fse/operations/{operation_fse}/attester/ 302 403 403 302 302 403 403
POST /financements/nord/actions/9001/fse/operations/{operation_fse}/retirer/ 302 403 403 302 302 403 403
GET  /financements/nord/actions/9001/fse/attestations/999/ 302 403 403 404 404 404 404
GET  /financements/de-minimis/                302 403 403 200 200 200 200
POST /financements/de-minimis/                302 403 403 200 200 403 403
GET  /financements/de-minimis/plafonds/       302 403 403 200 200 200 200
POST /financements/de-minimis/plafonds/       302 403 403 200 403 403 403
POST /financements/de-minimis/exporter/xlsx/  302 403 403 200 200 403 403
POST /financements/de-minimis/exporter/pdf/   302 403 403 404 404 403 403
POST /financements/de-minimis/{aide_de_minimis}/retirer/ 302 403 403 302 302 403 403
"""
