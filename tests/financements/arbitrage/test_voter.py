"""Voter : des décisions figées, de chaque projet, dans les enveloppes."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.arbitrage.adopter import Signature, adopter, revenir_sur_l_adoption
from financements.actions.arbitrage.saisir import saisir
from financements.actions.vote.voter import Amendement, Vote, voter
from financements.chiffres.arbitrage.panneau import Panneau
from financements.models import Action, Decision, Deliberation, PartTranche
from financements.rules.saisie import SaisieRefusee
from financements.states import Choix
from projets.states import EtatAppel, EtatProjet
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.fabriques import ANNEES, petit_arbitrage
from tests.financements.arbitrage.pages import texte
from tests.financements.arbitrage.saisies import saisie
from tests.financements.arbitrage.votes import VOTE, adopter_les_propositions, etats, lu, votee


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
