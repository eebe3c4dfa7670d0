"""L’accusé de réception : tout ce que le droit demande, lu dans le PDF lui-même."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from config.celery import FILE_DE_FOND, app, client_de_la_file
from config.socle.messages_en_file import messages_en_attente
from projets.actions.deposer import completer, deposer
from projets.models import DemandeDeComplement, Depot, Projet, Recepisse
from projets.models.depot import accuse_du_depot
from projets.pdf.recepisse import composer_le_recepisse
from projets.planning import GRACE, rattraper_les_recepisses
from projets.rules.depot import Suspension, reference, rejet_implicite_le
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


MAI = date(2016, 5, 10)


@pytest.mark.parametrize(
    ("suspensions", "attendu"),
    [
        ([Suspension(MAI, date(2016, 5, 20))], date(2016, 7, 9)),  # pas encore répondu : tout le délai imparti
        ([Suspension(MAI, date(2016, 5, 20), date(2016, 5, 13))], date(2016, 7, 2)),  # répondu avant : trois jours
        ([Suspension(MAI, date(2016, 5, 20), date(2016, 6, 1))], date(2016, 7, 9)),  # répondu après : l’échéance
        ([Suspension(date(2016, 6, 30), date(2016, 7, 20))], date(2016, 6, 29)),  # demandé trop tard
        (
            [
                Suspension(MAI, date(2016, 5, 20), MAI + timedelta(days=4)),
                Suspension(date(2016, 7, 2), date(2016, 7, 5)),
            ],
            date(2016, 7, 6),  # la première a reculé le terme : la seconde compte
        ),
    ],
)
def test_un_complement_demande_suspend_le_delai_de_rejet(suspensions, attendu):
    assert rejet_implicite_le(date(2016, 4, 29), suspensions) == attendu


@pytest.mark.django_db
def test_l_accuse_du_complement_compte_la_suspension_et_celui_du_depot_ne_change_pas():
    projet, responsable = brouillon()
    premier = deposer(auteur=responsable, projet=projet, verifie=verifie(projet))
    relu = Projet.objects.get()
    sans = accuse_du_depot(premier).rejet_le
    demandee = premier.depose_le - timedelta(days=4)  # la demande est vieille de quatre jours au complément
    Projet.objects.update(etat="incomplet", depose_le=premier.depose_le - timedelta(days=5))
    DemandeDeComplement.objects.create(
        projet=relu, texte="RIB", echeance=timezone.localdate() + timedelta(days=9), demandee_par=responsable,
        demandee_le=demandee,
    )  # fmt: skip
    second = completer(auteur=responsable, projet=relu, verifie=verifie(relu))
    lus = [accuse_du_depot(Depot.objects.get(pk=depot.pk)).rejet_le for depot in (premier, second)]
    base = rejet_implicite_le(timezone.localdate(premier.depose_le) - timedelta(days=5))
    assert (lus, sans) == ([base, base + timedelta(days=4)], rejet_implicite_le(timezone.localdate(premier.depose_le)))
    assert "tient compte du temps laissé" in texte_de(composer_le_recepisse(second))


@pytest.mark.parametrize(("numero", "attendu"), [(1, "AAP16-0001"), (988, "AAP16-0988"), (12345, "AAP16-12345")])
def test_la_reference_garde_quatre_chiffres_au_moins(numero, attendu):
    assert reference("AAP16", numero) == attendu


def texte_de(octets: bytes) -> str:
    pages = PdfReader(BytesIO(octets)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.django_db
def test_le_pdf_dit_tout_ce_que_le_droit_demande():
    projet, responsable = brouillon()
    depot = deposer(auteur=responsable, projet=projet, verifie=verifie(projet))
    statuts = {"piece": "Statuts", "nom": "statuts.pdf", "octets": 1234, "empreinte": "a" * 64}
    depot.contenu = {**depot.contenu, "depose_le": "2026-12-31T15:59:58.123456+00:00", "pieces": [statuts]}
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
            "Dossier suivi par Claire Martin, chargée de mission",
            "31 décembre 2026 à 16:59:58",
            "28 février 2027",
            "rejetée",
            "tribunal administratif de Lille",
            "recours gracieux",
            "Pièces manquantes : aucune de celles que l’appel rend obligatoires.",
            "fixe un délai pour la fournir",
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


@pytest.mark.django_db
def test_un_recepisse_que_personne_n_a_produit_se_rattrape_une_seule_fois_et_sans_expirer(file_muette):
    projet, responsable = brouillon()
    depot = deposer(auteur=responsable, projet=projet, verifie=verifie(projet))
    rattraper_les_recepisses(depot.depose_le + GRACE - timedelta(seconds=1))
    assert messages_en_attente() == []  # la file a encore le temps
    for minutes in (0, 1, 90):  # la file a une heure et demie d’avance : il y garde sa place, seul
        rattraper_les_recepisses(depot.depose_le + GRACE + timedelta(minutes=minutes))
    assert messages_en_attente() == [("projets.rattraper_un_recepisse", [depot.pk])]
    with client_de_la_file(app.conf.broker_url) as client:
        (message,) = client.lrange(FILE_DE_FOND, 0, -1)
    assert json.loads(message)["headers"]["expires"] is None
    file_muette()
    rattraper_les_recepisses(depot.depose_le + GRACE)
    assert Recepisse.objects.get().depot == depot


@pytest.mark.django_db
@pytest.mark.usefixtures("file_muette")
def test_un_recepisse_dont_le_premier_message_attend_encore_n_est_pas_redemande():
    projet, responsable = brouillon()
    depot = deposer(auteur=responsable, projet=projet, verifie=verifie(projet))
    produire_le_recepisse.delay(depot.pk)
    rattraper_les_recepisses(depot.depose_le + timedelta(hours=1))
    assert messages_en_attente() == [("projets.produire_le_recepisse", [depot.pk])]
