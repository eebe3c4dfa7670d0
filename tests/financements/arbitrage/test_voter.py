"""Voter, dater, notifier : des décisions figées, et rien de dit avant l’exécutoire."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes.models import Courriel
from comptes.states import Role
from config.socle.execution import demander_l_annulation, executer
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from config.socle.versions import VersionPerimee
from financements.actions.arbitrage.adopter import Signature, adopter, revenir_sur_l_adoption
from financements.actions.arbitrage.saisir import saisir
from financements.actions.vote.executoire import (
    dater_la_deliberation,
    demander_l_envoi,
    envoyer_les_notifications,
)
from financements.actions.vote.voter import Amendement, Vote, voter
from financements.chiffres.arbitrage.panneau import Panneau
from financements.chiffres.deliberation import a_notifier
from financements.models import Action, Decision, Deliberation, EnvoiDesNotifications, Notification, PartTranche
from financements.rules.depassements import Limites, depassements
from financements.rules.saisie import SaisieRefusee
from financements.states import Choix, Organe
from projets.actions.classer import classer_sans_suite
from projets.actions.retirer import retirer_projet
from projets.states import EtatAppel, EtatProjet
from tests.comptes.fabriques import PersonneFactory, ResponsableFactory
from tests.financements.arbitrage.fabriques import ANNEES, petit_arbitrage
from tests.financements.arbitrage.pages import texte
from tests.financements.arbitrage.saisies import saisie
from tests.financements.execution.fabriques import regle

VOTE = Vote("DLES/2016/131", date(2016, 6, 13), 70, 4, 8, deports="Mme X\nM. Y")


def adopter_les_propositions(monde):
    return adopter(auteur=monde.pilote, scenario=monde.scenario())


def votee(monde, **champs) -> Deliberation:
    adopter_les_propositions(monde)
    return voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE, **champs)


def executoire(monde, deliberation: Deliberation) -> Deliberation:
    return dater_la_deliberation(
        auteur=monde.pilote,
        deliberation=deliberation,
        transmise_le=date(2016, 6, 20),
        publiee_le=date(2016, 6, 22),
        version=deliberation.version,
    )


def envoyer(deliberation: Deliberation, pilote) -> EnvoiDesNotifications:
    envoi = demander_l_envoi(auteur=pilote, deliberation=deliberation)
    with executer(EnvoiDesNotifications, envoi.pk) as en_main:
        assert en_main is not None
        envoyer_les_notifications(*en_main)
    envoi.refresh_from_db()
    return envoi


def etats(monde) -> dict[int, tuple[str, bool]]:
    for projet in monde.projets.values():
        projet.refresh_from_db()
    return {numero: (projet.etat, projet.decision_reservee) for numero, projet in monde.projets.items()}


def test_le_vote_decide_de_chaque_projet_et_fige_les_montants(monde):
    deliberation = votee(monde)
    assert etats(monde) == {
        1: (EtatProjet.RETENU, True),
        2: (EtatProjet.LISTE_ATTENTE, True),
        3: (EtatProjet.RETENU, True),
        4: (EtatProjet.NON_RETENU, True),
        5: (EtatProjet.NON_RETENU, True),
    }
    monde.appel.refresh_from_db()
    assert monde.appel.etat == EtatAppel.DELIBERE
    parts = PartTranche.objects.order_by("tranche__action__projet__numero", "tranche__annee", "territoire__code")
    assert list(
        parts.values_list("tranche__action__projet__numero", "tranche__annee", "territoire__code", "montant")
    ) == [
        *[(1, annee, "VAL", Decimal("9000.00")) for annee in ANNEES],
        *[
            (3, annee, code, montant)
            for annee in ANNEES
            for code, montant in (("DOU", Decimal("66.68")), ("VAL", Decimal("33.33")))
        ],
    ]
    assert set(Action.objects.values_list("deliberation", flat=True)) == {deliberation.pk}
    with pytest.raises(IntegrityError, match="ne change pas"), transaction.atomic():
        Decision.objects.update(sens=Choix.RETENU)
    assert Journal.objects.get(acte="voter_les_propositions").apres == {
        "reference": "DLES/2016/131",
        "organe": "assemblee",
        "voix": "70 pour, 4 contre, 8 abstentions",
        "projets": 2,
        "montant": "27300.03",
        "amendements": 0,
        "deports": "Mme X\nM. Y",
    }
    actes = Journal.objects.filter(objet_type="projets.Projet").order_by("acte").values_list("acte", flat=True)
    assert list(actes) == ["mettre_en_attente", *["ne_pas_retenir"] * 2, *["retenir"] * 2]


def test_la_seance_amende_dans_les_enveloppes(monde):
    amendements = [
        Amendement(monde.projets[2].pk, Choix.RETENU, {2016: 1_000_00}, "Besoin du territoire."),
        Amendement(monde.projets[1].pk, Choix.ATTENTE, {}, "Vote de la séance."),
    ]
    votee(monde, amendements=amendements)
    assert etats(monde)[2] == (EtatProjet.RETENU, True)
    assert etats(monde)[1] == (EtatProjet.LISTE_ATTENTE, True)
    assert sorted(Decision.objects.filter(amende=True).values_list("projet__numero", "motif")) == [
        (1, "Vote de la séance."),
        (2, "Besoin du territoire."),
    ]
    action = Action.objects.get(projet=monde.projets[2])
    assert dict(action.tranches.values_list("annee", "montant")) == {
        2016: Decimal("1000.00"),
        2017: Decimal("4000.00"),
        2018: Decimal("4000.00"),
    }


@pytest.mark.parametrize(
    ("numero", "montants", "motif", "refus"),
    [
        (4, {}, "Motif.", (PassageRefuse, "Retenus sans montant")),
        (2, {2016: 6_000_01}, "Motif.", (SaisieRefusee, "dépasse ce que le projet demande")),
        (2, {2016: 1_00}, " ", (PassageRefuse, "a un motif")),
    ],
)
def test_un_amendement_impossible_ne_vote_rien(monde, numero, montants, motif, refus):
    adopter_les_propositions(monde)
    amendement = Amendement(monde.projets[numero].pk, Choix.RETENU, montants, motif)
    erreur, message = refus
    with pytest.raises(erreur, match=message):
        voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE, amendements=[amendement])
    assert not Deliberation.objects.filter(reference=VOTE.reference).exists()
    assert not Action.objects.exists()
    assert {etat for etat, _ in etats(monde).values()} == {EtatProjet.INSTRUIT}


def test_un_amendement_qui_depasse_une_enveloppe_est_refuse(db):
    monde = petit_arbitrage(cp="16000.00")
    scenario = monde.scenario()
    saisies = [saisie(monde, scenario, 2, Choix.ATTENTE, dict.fromkeys(ANNEES, 6_000_00))]
    saisir(auteur=monde.pilote, scenario=scenario, saisies=saisies)
    adopter(auteur=monde.pilote, scenario=scenario)
    amendements = [
        Amendement(monde.projets[2].pk, Choix.RETENU, {}, "Motif."),
        Amendement(monde.projets[4].pk, Choix.RETENU, dict.fromkeys(ANNEES, 5_000_00), "Motif."),
    ]
    with pytest.raises(PassageRefuse, match="dépasse 6\u00a0fois une enveloppe, d’abord territoire DOU, 2016"):
        voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE, amendements=amendements)


def test_voter_par_chaque_role_et_sans_scenario_adopte(monde):
    with pytest.raises(PassageRefuse, match="Aucun scénario n’est adopté"):
        voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE)
    adopter_les_propositions(monde)
    for role in Role:
        if role != Role.PILOTE:
            with pytest.raises(PermissionDenied):
                voter(auteur=PersonneFactory(role=role), appel=monde.appel, vote=VOTE)
    with pytest.raises(ValidationError, match="voix pour l’emportent"):
        voter(auteur=monde.pilote, appel=monde.appel, vote=Vote("R", date(2016, 6, 13), 3, 3, 0))
    voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE)
    with pytest.raises(PassageRefuse):
        voter(auteur=monde.pilote, appel=monde.appel, vote=Vote("S", date(2016, 6, 13), 3, 1, 0))


def test_l_organisme_ne_lit_rien_avant_la_notification(monde, connecter):
    projet = monde.projets[1]
    porteur = ResponsableFactory(organisme=projet.organisme).personne
    deliberation = votee(monde)
    page = connecter(porteur).get(f"/mes-projets/{projet.pk}/")
    assert "en instruction" in texte(page)
    assert "Votre projet est retenu" not in texte(page)
    with pytest.raises(PassageRefuse, match="avant que la délibération"):
        demander_l_envoi(auteur=monde.pilote, deliberation=deliberation)
    decision = Decision.objects.get(projet=projet)
    with pytest.raises(IntegrityError, match="exécutoire"), transaction.atomic():
        Notification.objects.create(decision=decision, contenu={}, notifiee_par=monde.pilote)
    executoire(monde, deliberation)
    envoi = envoyer(deliberation, monde.pilote)
    assert (envoi.etat, envoi.notifiees) == (EtatTravail.TERMINE, 5)
    page = connecter(monde.pilote).get(f"/financements/arbitrage/deliberations/{deliberation.pk}/?sens=recommande")
    assert f"5 décisions notifiées, dont {page.context['recommandes']} à envoyer en recommandé" in texte(page)
    assert len(page.context["page"]) == page.context["recommandes"] == envoi.en_recommande
    assert page.context["form"] is None  # notifiées, les dates ne s’offrent plus
    assert "Votre projet est retenu." in texte(connecter(porteur).get(f"/mes-projets/{projet.pk}/"))
    assert {reserve for _, reserve in etats(monde).values()} == {False}
    courriel = Courriel.objects.get(destinataire=porteur.email)
    assert "27\u202f000,00\u00a0€" in courriel.texte
    assert "deux mois" in courriel.texte
    with pytest.raises(PassageRefuse, match="Toutes les décisions sont notifiées"):
        demander_l_envoi(auteur=monde.pilote, deliberation=deliberation)
    with pytest.raises(PassageRefuse, match="ne changent plus"):
        executoire(monde, Deliberation.objects.get(pk=deliberation.pk))


def test_entre_le_vote_et_la_notification_aucun_projet_ne_se_retire_ni_ne_dit_son_sort(monde, connecter):
    votee(monde)
    dites = set()
    for numero in (1, 2, 4):  # retenu, en liste d’attente, non retenu
        projet = monde.projets[numero]
        porteur = ResponsableFactory(organisme=projet.organisme).personne
        with pytest.raises(PassageRefuse) as refus:
            retirer_projet(auteur=porteur, projet=projet, motif="Un autre financeur.")
        with pytest.raises(PassageRefuse, match="ne change plus avant la notification"):
            classer_sans_suite(auteur=monde.pilote, projet=projet, motif="Sans objet.")
        client = connecter(porteur)
        contexte = client.get(f"/mes-projets/{projet.pk}/").context
        page = client.get(f"/mes-projets/{projet.pk}/retirer/", follow=True)
        dites.add((str(refus.value), contexte["peut_retirer"], contexte["rejet_le"], "ne change plus" in texte(page)))
    assert dites == {
        (
            "L’assemblée s’est prononcée sur ce projet\u00a0: il ne change plus avant la notification.",
            False,
            None,
            True,
        )
    }


def test_un_envoi_repris_ne_repete_rien(monde, monkeypatch):
    deliberation = executoire(monde, votee(monde))
    monkeypatch.setattr("financements.actions.vote.executoire.PAR_LOT", 2)
    envoyer(deliberation, monde.pilote)
    courriels = Courriel.objects.count()
    assert (Notification.objects.count(), list(a_notifier(deliberation))) == (5, [])
    envoi = EnvoiDesNotifications.objects.get()
    EnvoiDesNotifications.objects.filter(pk=envoi.pk).update(etat=EtatTravail.EN_ATTENTE, progression=0)
    with executer(EnvoiDesNotifications, envoi.pk) as en_main:
        assert en_main is not None
        envoyer_les_notifications(*en_main)
    assert (Notification.objects.count(), Courriel.objects.count()) == (5, courriels)


def test_dater_par_chaque_role_et_dans_l_ordre(monde):
    deliberation = votee(monde)
    for role in Role:
        if role not in {Role.PILOTE, Role.FINANCES}:
            personne = PersonneFactory(role=role)
            with pytest.raises(PermissionDenied):
                dater_la_deliberation(
                    auteur=personne, deliberation=deliberation, transmise_le=None, publiee_le=None, version=1
                )
            with pytest.raises(PermissionDenied):
                demander_l_envoi(auteur=personne, deliberation=deliberation)
    with pytest.raises(ValidationError, match="suivent l’adoption"):
        dater_la_deliberation(
            auteur=monde.pilote,
            deliberation=deliberation,
            transmise_le=date(2016, 6, 12),
            publiee_le=None,
            version=1,
        )
    executoire(monde, deliberation)
    with pytest.raises(VersionPerimee):
        executoire(monde, deliberation)
    lue = Deliberation.objects.get(pk=deliberation.pk)
    assert lue.executoire_le == date(2016, 6, 22)
    assert not lue.est_executoire(date(2016, 6, 21))


def test_la_derogation_vaut_jusqu_au_montant_signe_que_la_seance_amende_ou_non(db):
    monde = petit_arbitrage(cp="10000.00")  # le Valenciennois a 6 000 € par an, le scénario y prend 9 033,33 €
    scenario = monde.scenario()
    adopter(
        auteur=monde.pilote,
        scenario=scenario,
        signature=Signature("Usine fermée.", "Fonds.", Panneau(scenario).depassements),
    )
    plus = Amendement(monde.projets[1].pk, Choix.RETENU, {2016: 9_000_01}, "Un centime de plus.")
    with pytest.raises(PassageRefuse, match="dépasse 1\u00a0fois une enveloppe, d’abord territoire VAL, 2016"):
        voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE, amendements=[plus])
    ailleurs = Amendement(monde.projets[2].pk, Choix.RETENU, dict.fromkeys(ANNEES, 5_000_00), "Hors dérogation.")
    with pytest.raises(PassageRefuse, match="d’abord territoire DOU, 2016"):
        voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE, amendements=[ailleurs])
    moins = Amendement(monde.projets[1].pk, Choix.RETENU, {2016: 8_999_99}, "Un centime de moins.")
    voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE, amendements=[moins])
    assert Action.objects.get(projet=monde.projets[1]).tranches.get(annee=2016).montant == Decimal("8999.99")


def lu(client) -> dict[str, str]:
    """Ce que la page du vote renvoie du scénario qu’elle montre."""
    return {"lu": client.get("/arbitrage/arbitrage/voter/").context["scenario"].marque}


def test_a_l_ecran_voter_dater_notifier(monde, connecter, requetes):
    adopter_les_propositions(monde)
    client = connecter(monde.pilote)
    envoi = lu(client) | {"reference": "D1", "organe": "assemblee", "pour": 1, "contre": 2, "abstentions": 0}
    envoi["adoptee_le"] = (timezone.localdate() + timedelta(days=1)).isoformat()
    page = client.post("/arbitrage/arbitrage/voter/", envoi)
    assert "Cette date est à venir" in texte(page)
    assert "voix pour l’emportent" in texte(page)
    envoi |= {"adoptee_le": "2016-06-13", "pour": 70}
    assert len(client.get("/arbitrage/arbitrage/voter/?amendements=15").context["lignes"]) == 15
    page = client.post("/arbitrage/arbitrage/voter/", envoi | {"a0-numero": 99, "a0-choix": "retenu"})
    assert "Aucun projet n° 99" in texte(page)
    assert "Dites pourquoi" in texte(page)
    amende = {"a0-numero": " aap16-0002 ", "a0-choix": "retenu", "a0-motif": "Besoin.", "a0-montant_2016": "1 000"}
    page = client.post("/arbitrage/arbitrage/voter/", envoi | amende, follow=True)
    assert "Rien n’est notifié aux organismes." in texte(page)
    deliberation = Deliberation.objects.get(reference="D1")
    assert (deliberation.organe, deliberation.pour) == (Organe.ASSEMBLEE, 70)
    assert dict(Action.objects.get(projet__numero=2).tranches.values_list("annee", "montant")) == {
        2016: Decimal("1000.00"),
        2017: Decimal("4000.00"),
        2018: Decimal("4000.00"),
    }
    adresse = f"/financements/arbitrage/deliberations/{deliberation.pk}/"
    assert [d.projet.numero for d in client.get(f"{adresse}?sens=retenu").context["page"]] == [1, 2, 3]
    dates = {"transmise_le": "2016-06-01", "publiee_le": "2016-06-20", "version": 1}
    assert "Il faut un jour entre le 13/06/2016 et aujourd’hui." in texte(client.post(f"{adresse}dates/", dates))
    assert client.post(f"{adresse}dates/", dates | {"transmise_le": "2016-06-20"}).url == adresse
    assert "Cette page a changé depuis" in texte(
        client.post(f"{adresse}dates/", dates | {"transmise_le": "2016-06-21"})
    )
    assert "exécutoire depuis le 20 juin 2016" in texte(client.get(adresse))
    with requetes() as toutes:
        client.get(adresse)
    with requetes() as trois:
        client.get(f"{adresse}?sens=retenu")
    assert toutes.nombre == trois.nombre <= 15


def test_notifier_dit_comment_se_paiera_ce_qui_s_engage_et_la_page_se_recharge_une_fois_fini(monde, connecter):
    deliberation = executoire(monde, votee(monde))
    client = connecter(monde.pilote)
    assert "se paiera en une fois, faute de règle de versement" in texte(client.get(deliberation.get_absolute_url()))
    reglee = regle(monde.appel)
    assert "se paiera par la règle" in texte(client.get(deliberation.get_absolute_url()))
    assert "dont la règle est déjà choisie" not in texte(client.get(deliberation.get_absolute_url()))
    Action.objects.filter(projet=monde.projets[1]).update(regle_de_versement=reglee)
    assert "Sauf 1 action, dont la règle est déjà choisie." in texte(client.get(deliberation.get_absolute_url()))
    envoi = demander_l_envoi(auteur=monde.pilote, deliberation=deliberation)
    assert "HX-Refresh" not in client.get(envoi.adresse_de_l_avancement())
    demander_l_annulation(modele=EnvoiDesNotifications, pk=envoi.pk, auteur=monde.pilote)
    assert client.get(envoi.adresse_de_l_avancement())["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("amendements", "dit"),
    [
        ({"a0-numero": 2, "a0-motif": "Besoin."}, "Choisissez ce que la séance décide"),
        ({"a0-choix": "retenu", "a0-motif": "Besoin."}, "Donnez le numéro du projet"),
        ({"a0-choix": "retenu", "a0-montant_2016": "1 000"}, "Donnez le numéro du projet"),
        (
            {f"a{rang}-{nom}": valeur for rang in (0, 1) for nom, valeur in
             (("numero", 2), ("choix", "attente"), ("motif", "Besoin."))},
            "Un projet est amendé deux fois",
        ),
    ],
)  # fmt: skip
def test_un_amendement_a_moitie_rempli_se_dit_et_ne_vote_rien(monde, connecter, amendements, dit):
    adopter_les_propositions(monde)
    envoi = {"reference": "D1", "adoptee_le": "2016-06-13", "organe": "assemblee"}
    client = connecter(monde.pilote)
    envoi |= {
        "pour": 2,
        "contre": 1,
        "abstentions": 0,
        "lu": client.get("/arbitrage/arbitrage/voter/").context["scenario"].marque,
    }
    assert dit in texte(client.post("/arbitrage/arbitrage/voter/", envoi | amendements))
    page = client.post("/arbitrage/arbitrage/voter/", envoi | {"pour": 40_000})
    assert list(page.context["form"].errors) == ["pour"]
    assert not Decision.objects.exists()


def test_on_ne_vote_que_les_propositions_que_l_on_a_lues(monde, connecter):
    client, adopte = connecter(monde.pilote), adopter_les_propositions(monde)
    montre = lu(client)
    revenir_sur_l_adoption(auteur=monde.pilote, scenario=adopte, motif="Séance reportée.")
    adopter(auteur=monde.pilote, scenario=adopte)
    with pytest.raises(VersionPerimee):
        voter(auteur=monde.pilote, appel=monde.appel, vote=VOTE, **montre)
    envoi = {"reference": "D1", "adoptee_le": "2016-06-13", "organe": "assemblee", "pour": 2, "contre": 1}
    page = client.post("/arbitrage/arbitrage/voter/", envoi | {"abstentions": 0} | montre)
    assert "ont changé depuis que la page est ouverte" in texte(page)
    assert not Deliberation.objects.filter(scenario__isnull=False).exists()


def test_les_depassements_d_une_selection():
    cellules = {("A", 2016, 1): 60, ("B", 2016, 1): 40, ("A", 2016, 2): 50, ("C", 2017, 2): 10}
    limites = Limites({("A", 2016): 109, ("B", 2016): 40}, {(1, 2016): 99}, {2016: 150})
    assert depassements(cellules, limites) == [
        ("territoire", "A", 2016, 1),
        ("territoire", "C", 2017, 10),
        ("axe", 1, 2016, 1),
        ("année", 2017, 2017, 10),
    ]
