"""Les adresses du FSE d’une action, et du registre des aides de minimis."""

from django.urls import path

from financements.views.fse import de_minimis, operations, plafonds

_FSE = "financements/<slug:slug>/actions/<int:numero>/fse"

# Avant les adresses d’un appel, qui masqueraient le registre.
registre = [
    path("financements/de-minimis/", de_minimis.de_minimis, name="de_minimis"),
    path("financements/de-minimis/plafonds/", plafonds.plafonds, name="plafonds_de_minimis"),
    path("financements/de-minimis/exporter/<str:extension>/", de_minimis.exporter, name="exporter_de_minimis"),
    path("financements/de-minimis/<int:pk>/retirer/", de_minimis.retirer_une_aide, name="retirer_une_aide"),
]
adresses = [
    path(f"{_FSE}/", operations.fse, name="fse"),
    path(f"{_FSE}/operations/nouvelle/", operations.nouvelle_operation, name="nouvelle_operation_fse"),
    path(f"{_FSE}/operations/<int:pk>/", operations.operation, name="operation_fse"),
    path(f"{_FSE}/operations/<int:pk>/retirer/", operations.retirer, name="retirer_operation_fse"),
    path(f"{_FSE}/operations/<int:pk>/attester/", operations.attester, name="attester_fse"),
    path(f"{_FSE}/attestations/<int:pk>/", operations.attestation, name="attestation_fse"),
]
