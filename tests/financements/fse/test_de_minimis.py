"""Les aides de minimis : seuils datés, cumuls, dépassements, registre, export."""

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from config.socle.models import Journal
from financements.actions.fse.de_minimis import (
    exporter_le_registre_de_minimis,
    noter_une_aide_de_minimis,
    retirer_une_aide_de_minimis,
)
from financements.chiffres.de_minimis import AidesAEmporter
from financements.models import AideDeMinimis, SeuilDeMinimis
from financements.rules.de_minimis import Aide, Seuil, cumul, pire_cumul, seuil_du
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory
from tests.financements.execution.fabriques import programme

AVANT = Seuil("general", date(2014, 1, 1), date(2023, 12, 31), 20_000_000, est_glissant=False)
DEPUIS = Seuil("general", date(2024, 1, 1), None, 30_000_000, est_glissant=True)
SEUILS = [AVANT, DEPUIS]


def aide(jour, montant, regime="general"):
    return Aide(regime, jour, montant)


def test_le_seuil_est_celui_du_jour():
    assert seuil_du(SEUILS, "general", date(2023, 12, 31)) == AVANT
    assert seuil_du(SEUILS, "general", date(2024, 1, 1)) == DEPUIS
    assert seuil_du(SEUILS, "general", date(2013, 12, 31)) is None
    assert seuil_du(SEUILS, "sieg", date(2024, 1, 1)) is None


def test_jusqu_en_2023_le_cumul_porte_sur_trois_exercices():
    aides = [aide(date(2013, 12, 31), 1), aide(date(2014, 1, 1), 10), aide(date(2016, 12, 31), 100)]
    assert cumul(aides, SEUILS, "general", date(2016, 6, 1)).montant == 10
    assert cumul(aides, SEUILS, "general", date(2016, 12, 31)).montant == 110
    assert cumul(aides, SEUILS, "general", date(2017, 1, 1)).montant == 100


def test_depuis_2024_le_cumul_glisse_sur_trois_annees():
    aides = [aide(date(2022, 3, 10), 1), aide(date(2022, 3, 11), 10), aide(date(2025, 3, 10), 100)]
    assert cumul(aides, SEUILS, "general", date(2025, 3, 10)).montant == 110
    assert cumul(aides, SEUILS, "general", date(2025, 3, 11)).montant == 100
    assert DEPUIS.debut_de_periode(date(2028, 2, 29)) == date(2025, 3, 1)


def test_atteindre_le_plafond_est_permis_le_passer_se_voit_meme_apres():
    jour = date(2016, 5, 1)
    assert not cumul([aide(jour, 20_000_000)], SEUILS, "general", jour).est_depasse
    trop = [aide(jour, 20_000_000), aide(date(2017, 5, 1), 1)]
    pire = pire_cumul(trop, SEUILS, "general")
    assert (pire.jour, pire.est_depasse, pire.reste) == (date(2017, 5, 1), True, 0)
    assert cumul(trop, SEUILS, "general", date(2026, 1, 1)).montant == 0
    assert pire_cumul([], SEUILS, "general") is None


_JOURS = st.dates(date(2014, 1, 1), date(2030, 12, 31))


@given(st.lists(st.tuples(_JOURS, st.integers(1, 10**9)), max_size=12), _JOURS)
def test_le_cumul_est_la_somme_des_aides_de_sa_periode(tirees, jour):
    aides = [aide(j, m) for j, m in tirees]
    un = cumul(aides, SEUILS, "general", jour)
    assert un.montant == sum(m for j, m in tirees if un.du <= j <= jour)
    assert un.reste == max(0, un.plafond - un.montant)
    assert timedelta(days=730) <= jour - un.du <= timedelta(days=1096)


@given(st.lists(st.tuples(_JOURS, st.integers(1, 10**9)), min_size=1, max_size=12))
def test_le_pire_cumul_voit_tout_depassement(tirees):
    aides = [aide(j, m) for j, m in tirees]
    depasse = any(cumul(aides, SEUILS, "general", j).est_depasse for j, _ in tirees)
    assert pire_cumul(aides, SEUILS, "general").est_depasse == depasse


pytestmark = pytest.mark.django_db


def notee(**champs):
    valeurs = {
        "siren": "732829320",
        "regime": "general",
        "origine": "declaree",
        "autorite": "Région",
        "accordee_le": date(2025, 3, 10),
        "montant": Decimal("1000.00"),
        **champs,
    }
    return AideDeMinimis(**valeurs)


def emporter(auteur, choisies=None):
    fichier, choisies = io.BytesIO(), choisies or AidesAEmporter(AideDeMinimis.objects.select_related("organisme"))
    exporter_le_registre_de_minimis(auteur=auteur, choisies=choisies, recherche="", extension="csv", fichier=fichier)


def test_les_seuils_et_leurs_textes_sont_en_base():
    lus = SeuilDeMinimis.objects.values_list("regime", "du", "au", "plafond", "est_glissant")
    assert list(lus) == [
        ("general", date(2014, 1, 1), date(2023, 12, 31), Decimal(200_000), False),
        ("general", date(2024, 1, 1), None, Decimal(300_000), True),
        ("sieg", date(2012, 4, 29), date(2023, 12, 31), Decimal(500_000), False),
        ("sieg", date(2024, 1, 1), None, Decimal(750_000), True),
    ]
    assert all(seuil.source.startswith("Règlement") for seuil in SeuilDeMinimis.objects.all())


def test_noter_rattache_l_organisme_connu_et_laisse_une_trace():
    organisme = OrganismeFactory(siret="73282932000074")
    auteur = PersonneFactory(finances=True)
    aide_notee = noter_une_aide_de_minimis(auteur=auteur, aide=notee())
    assert (aide_notee.organisme, aide_notee.saisie_par) == (organisme, auteur)
    retirer_une_aide_de_minimis(auteur=auteur, aide=aide_notee)
    assert not AideDeMinimis.objects.exists()
    assert list(Journal.objects.order_by("pk").values_list("acte", flat=True)) == [
        "noter_une_aide_de_minimis",
        "retirer_une_aide_de_minimis",
    ]


@pytest.mark.parametrize("role", ["instructeur", "lecture", "administrateur", "porteur"])
def test_seuls_le_pilote_et_les_finances_tiennent_le_registre(role):
    autre = PersonneFactory(role=role)
    with pytest.raises(PermissionDenied):
        noter_une_aide_de_minimis(auteur=autre, aide=notee())
    ecrite = notee()
    ecrite.save()
    with pytest.raises(PermissionDenied):
        retirer_une_aide_de_minimis(auteur=autre, aide=ecrite)
    with pytest.raises(PermissionDenied):
        emporter(autre)
    assert AideDeMinimis.objects.count() == 1


@pytest.mark.parametrize(
    "faux",
    [
        {"siren": "12345"},
        {"montant": Decimal(0)},
        {"regime": "autre"},
        {"autorite": ""},
        {"accordee_le": date(2062, 1, 1)},
    ],
)
def test_une_aide_fausse_est_refusee(faux):
    with pytest.raises(ValidationError):
        noter_une_aide_de_minimis(auteur=PersonneFactory(pilote=True), aide=notee(**faux))


def test_le_registre_alerte(connecter):
    for montant in ("150000.00", "160000.00"):
        notee(montant=Decimal(montant), reference="=1+1").save()
    notee(siren="552081317", regime="sieg").save()
    client = connecter("finances")
    page = client.get("/financements/de-minimis/")
    assert [(li.siren, bool(li.depasse)) for li in page.context["page"]] == [("552081317", False), ("732829320", True)]
    assert "310\u202f000,00\xa0€" in page.content.decode()
    trouve = client.get("/financements/de-minimis/?q=552 081 317")
    assert [li.siren for li in trouve.context["page"]] == ["552081317"]


def test_le_registre_s_emporte_filtre_compte_et_laisse_sa_trace(connecter):
    for montant in ("150000.00", "160000.00"):
        notee(montant=Decimal(montant), reference="=1+1").save()
    notee(siren="552081317", regime="sieg").save()
    client = connecter("finances")
    page = client.get("/financements/de-minimis/").content.decode()
    assert 'name="annonce" value="3"' in page
    assert 'name="montant" value="311000.00"' in page

    def recu(extension, nom, **envoi):
        reponse = client.post(f"/financements/de-minimis/exporter/{extension}/", envoi)
        entier = f"registre-de-minimis-{timezone.localdate():%Y-%m-%d}-{nom}.{extension}"
        assert reponse["Content-Disposition"] == f'attachment; filename="{entier}"'
        return b"".join(reponse.streaming_content)

    lignes = recu("csv", "3-lignes", annonce="3", montant="311000.00").decode("utf-8-sig").splitlines()
    assert lignes[1:3] == [
        "552081317;;service d’intérêt économique général;déclarée par l’organisme;Région;;10/03/2025;1000,00",
        "732829320;;général;déclarée par l’organisme;Région;'=1+1;10/03/2025;150000,00",
    ]
    assert len(recu("csv", "1-ligne", q="552 081 317", annonce="1").decode("utf-8-sig").splitlines()) == 2
    feuille = openpyxl.load_workbook(io.BytesIO(recu("xlsx", "3-lignes")))["De minimis"]
    assert (feuille["H3"].value, feuille["H5"].value) == (150000, "=SUM(H2:H4)")
    ods = CalamineWorkbook.from_filelike(io.BytesIO(recu("ods", "3-lignes"))).get_sheet_by_index(0).to_python()
    assert (ods[4][0], ods[4][7]) == ("Total", 311000)
    traces = (
        Journal.objects.filter(acte="exporter_le_registre_de_minimis").order_by("pk").values_list("apres", flat=True)
    )
    assert list(traces)[:2] == [
        {"format": "csv", "lignes": 3, "montant": "311000.00", "filtres": {"recherche": ""}},
        {"format": "csv", "lignes": 1, "montant": "1000.00", "filtres": {"recherche": "552 081 317"}},
    ]


def test_un_registre_qui_change_se_redemande(connecter):
    notee().save()
    client = connecter("pilote")
    for annonce in ({"annonce": "2"}, {"montant": "999.00"}):
        reponse = client.post("/financements/de-minimis/exporter/csv/", annonce | {"q": "732"})
        assert (reponse.status_code, reponse["Location"]) == (302, "/financements/de-minimis/?q=732")
    choisies = AidesAEmporter(AideDeMinimis.objects.select_related("organisme"))
    assert choisies.compte == (1, Decimal("1000.00"))
    notee().save()
    with pytest.raises(ExportIncomplet):
        emporter(PersonneFactory(pilote=True), choisies)
    assert not Journal.objects.exists()


def test_noter_par_l_ecran_garde_une_saisie_fausse(connecter):
    client = connecter("pilote")
    envoi = {
        "siren": "732 829 320",
        "regime": "general",
        "origine": "departement",
        "autorite": "Département",
        "reference": "",
        "accordee_le": "2025-03-10",
        "montant": "1 000,50",
    }
    faux = client.post("/financements/de-minimis/", envoi | {"montant": "mille"})
    assert 'value="mille"' in faux.content.decode()
    assert client.post("/financements/de-minimis/", envoi).status_code == 302
    assert AideDeMinimis.objects.get().montant == Decimal("1000.50")
    client.post(f"/financements/de-minimis/{AideDeMinimis.objects.get().pk}/retirer/")
    assert not AideDeMinimis.objects.exists()


def test_l_aide_d_une_action_se_note_depuis_sa_page_une_fois(connecter):
    (action,) = programme(organisme__siret="73282932000074")
    action.deliberation.refresh_from_db()
    client = connecter("finances")
    page = f"/financements/{action.projet.appel.slug}/actions/{action.projet.numero}/"
    adresse = f"/financements/de-minimis/?action={action.pk}"
    assert f"{adresse}#titre-noter" in client.get(page).text
    assert f"{adresse}#titre-noter" not in connecter("lecture").get(page).text
    client = connecter("finances")
    form = client.get(adresse).context["form"]
    rempli = {nom: form[nom].value() for nom in form.fields}
    assert rempli == {
        "siren": "732829320",
        "regime": "",
        "origine": "departement",
        "autorite": "Département du Nord",
        "reference": action.deliberation.reference,
        "accordee_le": action.deliberation.adoptee_le,
        "montant": "30\u202f000,00",
    }
    envoi = {**rempli, "regime": "general", "accordee_le": "2016-06-13"}
    faux = client.post(adresse, envoi | {"siren": "552081317"})
    assert "n’est pas celui de l’organisme qui porte l’action" in faux.text
    assert client.post(adresse, envoi).status_code == 302
    aide_notee = AideDeMinimis.objects.get()
    assert (aide_notee.action, aide_notee.montant) == (action, Decimal("30000.00"))
    assert "Notée de minimis" in client.get(page).text
    with pytest.raises(IntegrityError, match="est_la_notre"), transaction.atomic():
        AideDeMinimis.objects.update(origine="declaree")
    for inconnue in ("0", "x", "9" * 30):
        assert client.get(f"/financements/de-minimis/?action={inconnue}").status_code == 404
