"""L’accusé de réception : tout ce que le droit demande, lu dans le PDF lui-même."""

import hashlib
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from projets.actions.deposer import deposer
from projets.models import Recepisse
from projets.pdf.recepisse import composer_le_recepisse
from projets.rules.depot import attestations, reference, rejet_implicite_le
from projets.tasks.recepisse import produire_le_recepisse
from tests.projets.test_deposer import brouillon, verifie


@pytest.mark.parametrize(
    ("recu", "attendu"),
    [
        (date(2016, 4, 29), date(2016, 6, 29)),
        (date(2016, 12, 31), date(2017, 2, 28)),
        (date(2015, 12, 31), date(2016, 2, 29)),
        (date(2026, 11, 22), date(2027, 1, 22)),
        (date(2026, 7, 31), date(2026, 9, 30)),
    ],
)
def test_le_rejet_implicite_tombe_deux_mois_apres_la_reception(recu, attendu):
    assert rejet_implicite_le(recu) == attendu


@pytest.mark.parametrize(("numero", "attendu"), [(1, "AAP16-0001"), (988, "AAP16-0988"), (12345, "AAP16-12345")])
def test_la_reference_garde_quatre_chiffres_au_moins(numero, attendu):
    assert reference("AAP16", numero) == attendu


@pytest.mark.parametrize(
    ("est_association", "ouverture", "attendu"),
    [
        (True, date(2022, 1, 1), ["sincerite", "obligations", "charte", "pouvoir"]),
        (True, date(2022, 1, 2), ["sincerite", "obligations", "charte", "engagement_republicain", "pouvoir"]),
        (False, date(2026, 1, 1), ["sincerite", "obligations", "pouvoir"]),
    ],
)
def test_les_declarations_suivent_la_forme_et_la_date(est_association, ouverture, attendu):
    assert [a.code for a in attestations(est_association=est_association, ouverture=ouverture)] == attendu


def texte_de(octets: bytes) -> str:
    pages = PdfReader(BytesIO(octets)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.django_db
def test_le_pdf_dit_tout_ce_que_le_droit_demande():
    projet, responsable = brouillon()
    depot = deposer(auteur=responsable, projet=projet, verifie=verifie(projet))
    depot.contenu = {**depot.contenu, "depose_le": "2026-12-31T15:59:58.123456+00:00"}
    depot.projet.depose_le = datetime(2026, 12, 31, 15, 59, 58, tzinfo=UTC)
    octets = composer_le_recepisse(depot)
    texte = texte_de(octets)
    manquants = [
        attendu
        for attendu in (
            "AAP27-0001",
            "Garde d’enfants",
            "Direction de l’insertion, 1 rue d’Essai, 59000 Lille",
            "03 20 00 00 00",
            "insertion@exemple.fr",
            "31 décembre 2026 à 16:59:58",
            "28 février 2027",
            "rejetée",
            "tribunal administratif de Lille",
            "recours gracieux",
            "statuts.pdf",
            depot.empreinte,
        )
        if attendu not in texte
    ]
    assert manquants == []
    lecteur = PdfReader(BytesIO(octets))
    racine = lecteur.trailer["/Root"]
    assert (racine["/Lang"], racine["/MarkInfo"]["/Marked"], "/StructTreeRoot" in racine, lecteur.metadata.title) == (
        "fr", True, True, "Accusé de réception AAP27-0001",
    )  # fmt: skip


@pytest.mark.django_db
def test_la_tache_produit_le_recepisse_une_seule_fois():
    projet, responsable = brouillon()
    depot = deposer(auteur=responsable, projet=projet, verifie=verifie(projet))
    produire_le_recepisse(depot.pk)
    produire_le_recepisse(depot.pk)
    recepisse = Recepisse.objects.get()
    with recepisse.fichier.open("rb") as fichier:
        assert hashlib.sha256(fichier.read()).hexdigest() == recepisse.empreinte
