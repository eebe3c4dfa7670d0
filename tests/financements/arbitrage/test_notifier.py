"""Dater et notifier : rien de dit avant l’exécutoire, et chaque envoi une seule fois."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes.models import Courriel
from comptes.states import Role
from config.socle.execution import demander_l_annulation, executer
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from config.socle.versions import VersionPerimee
from financements.actions.vote.executoire import (
    dater_la_deliberation,
    demander_l_envoi,
    envoyer_les_notifications,
)
from financements.chiffres.deliberation import a_notifier
from financements.models import Action, Decision, Deliberation, EnvoiDesNotifications, Notification
from financements.states import Organe
from projets.actions.classer import classer_sans_suite
from projets.actions.retirer import retirer_projet
from tests.comptes.fabriques import PersonneFactory, ResponsableFactory
from tests.financements.arbitrage.pages import texte
from tests.financements.arbitrage.votes import adopter_les_propositions, envoyer, etats, executoire, lu, votee
from tests.financements.execution.fabriques import regle


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
