"""Relancer : chaque relance une seule fois, à ses jours, aux bonnes personnes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from comptes.models import Avis, Courriel
from financements.actions.bilans.relancer import relancer_les_bilans
from financements.models import Bilan, RelanceDeBilan
from tests.comptes.fabriques import PersonneFactory
from tests.financements.bilans.scenes import JUIN, bilan_ouvert, deposer, responsable_de

pytestmark = pytest.mark.django_db


def le(jours):
    """Midi, autant de jours autour de l’échéance."""
    jour = JUIN + timedelta(days=jours)
    return datetime(jour.year, jour.month, jour.day, 12, tzinfo=UTC)


def test_quatre_relances_chacune_une_fois():
    bilan = bilan_ouvert()
    membre = responsable_de(bilan)
    faites = [relancer_les_bilans(le(jours)) for jours in (-31, -30, -30, -29, -7, -6, 0, 1, 2, 30, 31, 200)]
    assert faites == [0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0]
    courriels = Courriel.objects.filter(objet__contains="Bilan 2016").order_by("pk")
    assert [(c.destinataire, c.objet) for c in courriels] == [
        (membre.email, "[Mille actions] Bilan 2016 à rendre pour le 30/06/2017"),
        (membre.email, "[Mille actions] Bilan 2016 à rendre pour le 30/06/2017"),
        (membre.email, "[Mille actions] Bilan 2016 attendu depuis le 30/06/2017"),
        (membre.email, "[Mille actions] Bilan 2016 attendu depuis le 30/06/2017"),
    ]
    assert list(RelanceDeBilan.objects.order_by("pk").values_list("jours", "pour_le")) == [
        (jours, JUIN) for jours in (-30, -7, 1, 30)
    ]


def test_une_echeance_passee_depuis_des_annees_ne_relance_personne():
    responsable_de(bilan_ouvert())
    assert relancer_les_bilans(datetime(2026, 11, 26, tzinfo=UTC)) == 0


def test_un_bilan_rendu_n_est_pas_relance_et_un_bilan_a_corriger_l_est():
    bilan = bilan_ouvert()
    deposer(bilan, responsable_de(bilan))
    assert relancer_les_bilans(le(1)) == 0
    Bilan.objects.update(etat="a_corriger", correction="Le 64.")
    assert relancer_les_bilans(le(1)) == 1


def test_une_echeance_reculee_donne_droit_a_une_nouvelle_relance():
    responsable_de(bilan_ouvert())
    assert relancer_les_bilans(le(1)) == 1
    Bilan.objects.update(du_le=date(2017, 9, 30))
    assert relancer_les_bilans(le(93)) == 1


def test_un_courriel_liste_tous_les_bilans_d_une_personne():
    un, autre = bilan_ouvert(), bilan_ouvert()
    membre = responsable_de(un)
    autre.action.projet.organisme.adhesions.create(personne=membre)
    assert relancer_les_bilans(le(-7)) == 2
    (courriel,) = Courriel.objects.filter(destinataire=membre.email)
    assert courriel.objet == "[Mille actions] 2 bilans 2016 à rendre pour le 30/06/2017"
    assert all(bilan.action.projet.intitule in courriel.texte for bilan in (un, autre))


def test_les_agents_sont_alertes_une_fois_l_echeance_passee():
    bilan = bilan_ouvert()
    pilote, finances = PersonneFactory(pilote=True), PersonneFactory(finances=True)
    instructeur = PersonneFactory(instructeur=True)
    instructeur.territoires.add(bilan.action.projet.parts.get().territoire)
    PersonneFactory(instructeur=True)
    PersonneFactory(lecture=True)
    relancer_les_bilans(le(-7))
    assert not Avis.objects.filter(texte__contains="en retard").exists()
    relancer_les_bilans(le(1))
    avis = Avis.objects.filter(texte__contains="Un bilan est en retard")
    assert set(avis.values_list("personne", flat=True)) == {pilote.pk, finances.pk, instructeur.pk}
    slug = bilan.action.projet.appel.slug
    assert {a.lien for a in avis} == {f"/financements/{slug}/bilans/?etat=retard"}


def test_un_compte_ferme_ne_recoit_rien():
    bilan = bilan_ouvert()
    membre = responsable_de(bilan)
    membre.is_active = False
    membre.save()
    assert relancer_les_bilans(le(1)) == 1
    assert not Courriel.objects.exists()
