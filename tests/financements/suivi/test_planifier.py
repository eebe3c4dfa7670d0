"""Les rapports planifiés : chaque échéance une fois, le rattrapage, l’échec, les destinataires, les écrans."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from comptes.models import Courriel
from comptes.states import Role
from config.socle.models import Journal
from config.socle.versions import VersionPerimee
from financements.actions.suivi.planifier import (
    Reglages,
    planifier_un_rapport,
    regler_la_planification,
    suivre_les_planifications,
)
from financements.chiffres import Perimetre
from financements.chiffres.rapports import avec_mesures
from financements.models import EcheanceDeRapport, PlanificationDeRapport, Rapport
from financements.rules.planification import MOIS, derniere_echeance, echeance_due, prochaine_echeance
from financements.states import SorteDeRapport
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import AppelFactory

JOURS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("frequence", "derniere", "prochaine"),
    [
        ("mensuelle", date(2026, 11, 1), date(2026, 12, 1)),
        ("trimestrielle", date(2026, 10, 1), date(2027, 1, 1)),
        ("annuelle", date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_les_echeances(frequence, derniere, prochaine):
    jour = date(2026, 11, 26)
    assert (derniere_echeance(frequence, jour), prochaine_echeance(frequence, jour)) == (derniere, prochaine)
    assert echeance_due(frequence, depuis=derniere, jour=jour) is None  # planifié ce jour-là : rien avant le suivant
    assert echeance_due(frequence, depuis=date(2025, 12, 31), jour=jour) == derniere


@given(JOURS, st.sampled_from(sorted(MOIS)))
def test_un_jour_est_toujours_entre_deux_echeances(jour, frequence):
    derniere, prochaine = derniere_echeance(frequence, jour), prochaine_echeance(frequence, jour)
    assert derniere <= jour < prochaine
    assert derniere_echeance(frequence, prochaine) == prochaine


def instant(jour):
    return datetime(jour.year, jour.month, jour.day, 9, tzinfo=UTC)


@pytest.fixture
def planification(db):
    """Mensuelle depuis le 15 janvier 2026, pour une personne des finances et un agent qui n’y a plus droit."""
    appel = AppelFactory(slug="essai")
    finances = PersonneFactory(role=Role.FINANCES, email="finances@exemple.fr")
    ancien = PersonneFactory(role=Role.INSTRUCTEUR, email="ancien@exemple.fr")
    creee = planifier_un_rapport(
        auteur=finances,
        reglages=Reglages(Perimetre.entier(appel), SorteDeRapport.PLURIANNUEL, "mensuelle", [finances, ancien]),
    )
    PlanificationDeRapport.objects.update(depuis_le=date(2026, 1, 15))
    creee.refresh_from_db()
    return creee


def finir(etat="termine"):
    Rapport.objects.filter(etat="en_attente").update(etat=etat, progression=100 if etat == "termine" else 0)


def echeances():
    return list(EcheanceDeRapport.objects.order_by("jour").values_list("jour", "essais", "rapport__etat"))


def test_chaque_echeance_se_produit_une_fois_et_s_annonce_une_fois(planification):
    suivre_les_planifications(instant(date(2026, 1, 31)))
    assert echeances() == []  # pas d’échéance depuis qu’il est planifié
    for _ in range(2):
        suivre_les_planifications(instant(date(2026, 2, 1)))
    assert echeances() == [(date(2026, 2, 1), 1, "en_attente")]
    assert Courriel.objects.count() == 0  # rien ne s’annonce avant d’être prêt
    finir()
    assert [un.est_planifie for un in avec_mesures(Rapport.objects.all())] == [True]
    for _ in range(2):
        suivre_les_planifications(instant(date(2026, 2, 1)))
    (courriel,) = Courriel.objects.all()
    assert (courriel.destinataire, f"/rapports/{Rapport.objects.get().pk}/" in courriel.texte) == (
        "finances@exemple.fr",
        True,
    )
    actes = Journal.objects.filter(acte="produire_un_rapport_planifie")
    assert [(acte.auteur, acte.apres["echeance"]) for acte in actes] == [(None, "2026-02-01")]


def test_apres_une_panne_seule_la_derniere_echeance_se_rattrape(planification):
    suivre_les_planifications(instant(date(2026, 5, 20)))
    assert [jour for jour, *_ in echeances()] == [date(2026, 5, 1)]


def test_un_rapport_qui_dit_deja_la_meme_chose_sert_a_l_echeance(planification):
    suivre_les_planifications(instant(date(2026, 2, 1)))
    finir()
    suivre_les_planifications(instant(date(2026, 3, 1)))
    assert (len(echeances()), Rapport.objects.count(), Courriel.objects.count()) == (2, 1, 2)


def test_un_echec_se_reprend_trois_fois_au_plus(planification):
    for _ in range(6):
        suivre_les_planifications(instant(date(2026, 2, 1)))
        finir("echoue")
    assert (echeances(), Courriel.objects.count()) == ([(date(2026, 2, 1), 3, "echoue")], 0)


def test_arretee_elle_ne_produit_rien_et_reprise_ne_rattrape_pas(planification):
    auteur = PersonneFactory(role=Role.PILOTE)
    reglages = Reglages(Perimetre.entier(planification.appel), SorteDeRapport.PLURIANNUEL, "mensuelle", [auteur])
    arretee = regler_la_planification(
        auteur=auteur, planification=planification, version=1, reglages=reglages, est_active=False
    )
    suivre_les_planifications(instant(date(2026, 2, 1)))
    assert (echeances(), arretee.prochaine_le) == ([], None)
    reprise = regler_la_planification(
        auteur=auteur, planification=planification, version=2, reglages=reglages, est_active=True
    )
    suivre_les_planifications(instant(reprise.depuis_le))
    assert echeances() == []
    with pytest.raises(VersionPerimee):
        regler_la_planification(
            auteur=auteur, planification=planification, version=2, reglages=reglages, est_active=True
        )
    acte = Journal.objects.filter(acte="regler_la_planification").order_by("pk").first()
    assert (acte.avant["est_active"], acte.apres["est_active"]) == (True, False)


@pytest.mark.parametrize("role", [Role.LECTURE, Role.ADMINISTRATEUR, Role.INSTRUCTEUR, Role.PORTEUR])
def test_seuls_le_pilote_et_les_finances_planifient(planification, role):
    auteur = PersonneFactory(role=role)
    reglages = Reglages(Perimetre.entier(planification.appel), SorteDeRapport.PLURIANNUEL, "annuelle", [auteur])
    with pytest.raises(PermissionDenied):
        planifier_un_rapport(auteur=auteur, reglages=reglages)
    with pytest.raises(PermissionDenied):
        regler_la_planification(
            auteur=auteur, planification=planification, version=1, reglages=reglages, est_active=True
        )
    assert PlanificationDeRapport.objects.count() == 1


def test_les_ecrans(planification, connecter, requetes):
    client = connecter(Role.PILOTE)
    moi = planification.creee_par
    saisie = {"appel": "essai", "sorte": "pluriannuel", "portee": "programme", "frequence": "annuelle"}
    refusee = client.post("/rapports/planifies/nouveau/", saisie)
    assert refusee.context["form"].errors == {"destinataires": ["Choisir au moins un destinataire."]}
    client.post("/rapports/planifies/nouveau/", {**saisie, "destinataires": [moi.pk]})
    nouvelle = PlanificationDeRapport.objects.latest("pk")
    assert (nouvelle.frequence, nouvelle.est_active, list(nouvelle.destinataires.all())) == ("annuelle", True, [moi])
    nombres = []
    for _ in range(2):
        with requetes() as prises:
            assert client.get("/rapports/planifies/").status_code == 200
        nombres.append(prises.nombre)
        PlanificationDeRapport.objects.create(appel=planification.appel)
    assert nombres[0] == nombres[1]
    reglee = {**saisie, "frequence": "trimestrielle", "destinataires": [moi.pk], "version": "1"}
    client.post(f"/rapports/planifies/{nouvelle.pk}/", reglee)
    nouvelle.refresh_from_db()
    assert (nouvelle.frequence, nouvelle.est_active, nouvelle.version) == ("trimestrielle", False, 2)
    perimee = client.post(f"/rapports/planifies/{nouvelle.pk}/", reglee)
    assert "Quelqu’un vient de régler" in perimee.content.decode()
