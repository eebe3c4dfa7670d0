"""La procédure contradictoire : avertir, attendre, décider, et ce que la décision change."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from comptes.models import Avis, Courriel
from config.socle.transitions import PassageRefuse
from financements.actions.execution.liquider import LiquidationRefusee, liquider
from financements.actions.execution.procedures import (
    Grief,
    abandonner,
    decider,
    engager_une_procedure,
    lever_la_suspension,
    observer,
)
from financements.actions.execution.titres import annuler_un_titre, emettre_un_titre, recouvrer_un_titre
from financements.models import MouvementDEngagement, ProcedureContradictoire, TitreDeRecette, Tranche, Versement
from financements.states.execution import SorteDeProcedure
from tests.comptes.fabriques import PersonneFactory, ResponsableFactory
from tests.financements.execution.fabriques import du, engagees, payer

pytestmark = pytest.mark.django_db
D = Decimal
S = SorteDeProcedure


def finances():
    return PersonneFactory(role="finances")


def engagee(action, sorte=S.SUSPENSION, montant=None, annee=None, **options):
    grief = Grief(sorte, "L’action n’est plus menée.", D(montant) if montant else None, annee, **options)
    return engager_une_procedure(auteur=finances(), action=action, grief=grief)


def entendue(action, *options, **champs):
    """La procédure, une fois l’organisme entendu."""
    procedure = engagee(action, *options, **champs)
    porteur = ResponsableFactory(organisme=action.projet.organisme).personne
    return observer(auteur=porteur, procedure=procedure, observations="Nous reprenons en mars.")


def decidee(procedure, montant=None, decision="Vu les articles L121-1 et L242-2."):
    return decider(
        auteur=finances(),
        procedure=procedure,
        decision=decision,
        montant_retenu=D(montant) if montant else None,
        version=procedure.version,
    )


def test_engager_une_procedure_avertit_l_organisme_et_bloque_la_liquidation():
    (action,) = engagees(organisme__courriel="contact@asso.fr")
    responsable = ResponsableFactory(organisme=action.projet.organisme).personne
    procedure = engagee(action)
    assert (procedure.etat, procedure.repondre_avant) == ("engagee", timezone.localdate() + timedelta(days=15))
    courriels = Courriel.objects.filter(cle__startswith="procedure-").order_by("pk")
    assert [courriel.destinataire for courriel in courriels] == ["contact@asso.fr", responsable.email]
    assert "L121-1" in courriels[0].texte
    with pytest.raises(LiquidationRefusee, match="suspension des versements"):
        liquider(auteur=None, versement=du(action), version=1)
    with pytest.raises(PassageRefuse, match="déjà en cours"):
        engagee(action)


def test_on_n_engage_pas_une_procedure_sans_motif_sans_delai_ni_au_dela_de_l_enjeu():
    (action,) = engagees()
    with pytest.raises(ValidationError, match="au moins 15"):
        engagee(action, delai=14)
    with pytest.raises(ValidationError, match="ce qui est reproché"):
        engager_une_procedure(auteur=finances(), action=action, grief=Grief(S.SUSPENSION, " "))
    with pytest.raises(ValidationError, match="montant en jeu, au plus 10"):
        engagee(action, S.REDUCTION, "10000.01", 2016)
    with pytest.raises(ValidationError, match="montant en jeu, au plus 0"):
        engagee(action, S.REVERSEMENT, "1.00")
    for role in ("porteur", "instructeur", "lecture", "administrateur"):
        with pytest.raises(PermissionDenied):
            engager_une_procedure(auteur=PersonneFactory(role=role), action=action, grief=Grief(S.SUSPENSION, "M"))
    Versement.objects.filter(action=action).update(etat="suspendu", motif="Déjà.")
    with pytest.raises(PassageRefuse, match="à suspendre"):
        engagee(action)
    assert not ProcedureContradictoire.objects.exists()


def test_la_decision_attend_les_observations_ou_la_fin_du_delai():
    (action,) = engagees(organisme__courriel="contact@asso.fr")
    procedure = engagee(action)
    with pytest.raises(PassageRefuse, match="la décision les attend"):
        decidee(procedure)
    champs = {"etat": "decidee", "decision": "Non.", "decidee_le": timezone.localdate()}
    with pytest.raises(IntegrityError, match="apres_le_contradictoire"), transaction.atomic():
        ProcedureContradictoire.objects.filter(pk=procedure.pk).update(**champs)
    depuis = timezone.localdate() - timedelta(days=16)
    ProcedureContradictoire.objects.update(engagee_le=depuis, repondre_avant=depuis + timedelta(days=15))
    assert decidee(procedure).etat == "decidee"


def test_l_organisme_repond_une_fois_et_un_autre_pas():
    (action,) = engagees()
    procedure = entendue(action)
    assert (procedure.etat, procedure.observations) == ("observee", "Nous reprenons en mars.")
    avis = Avis.objects.get(lien__contains="/procedures/")  # qui l’a engagée sait que la décision n’attend plus
    assert (avis.personne, "La décision peut se prendre" in avis.texte) == (procedure.engagee_par, True)
    porteur = procedure.observations_par
    with pytest.raises(PassageRefuse):
        observer(auteur=porteur, procedure=procedure, observations="Encore.")
    for autre in (ResponsableFactory().personne, finances()):
        with pytest.raises(PermissionDenied):
            observer(auteur=autre, procedure=procedure, observations="Je passe.")


def test_une_suspension_suspend_ce_qui_est_prevu_jusqu_a_sa_levee():
    (action,) = engagees()
    payer(action)
    decidee(entendue(action))
    etats = Versement.objects.filter(action=action).order_by("annee", "rang").values_list("etat", flat=True)
    assert list(etats) == ["paye", *["suspendu"] * 5]
    with pytest.raises(ValidationError):
        lever_la_suspension(auteur=finances(), action=action, motif=" ")
    assert lever_la_suspension(auteur=finances(), action=action, motif="Reprise.") == 5
    with pytest.raises(PassageRefuse, match="n’est suspendu"):
        lever_la_suspension(auteur=finances(), action=action, motif="Reprise.")


def engages(action):
    return MouvementDEngagement.objects.filter(action=action).aggregate(s=Sum("montant"))["s"]


def test_une_reduction_ote_d_abord_ce_qui_n_est_pas_verse():
    (action,) = engagees()
    payer(action)
    decidee(entendue(action, S.REDUCTION, "3000.00", 2016), "2000.00")
    assert Tranche.objects.get(action=action, annee=2016).montant == D("8000.00")
    assert (engages(action), TitreDeRecette.objects.count()) == (D("28000.00"), 0)
    assert du(action, rang=2).etat == "annule"


def test_un_retrait_total_ramene_l_aide_a_ce_qui_est_verse_et_le_reprend_par_un_titre():
    (action,) = engagees()
    payer(action)
    procedure = decidee(entendue(action, S.RETRAIT, "30000.00"), "30000.00")
    tranches = Tranche.objects.filter(action=action).order_by("annee")
    assert list(tranches.values_list("montant", flat=True)) == [D("8000.00"), D("0.00"), D("0.00")]
    assert engages(action) == D("8000.00")
    titre = TitreDeRecette.objects.get()
    assert (titre.montant, titre.procedure, titre.etat) == (D("8000.00"), procedure, "a_emettre")
    comptable, jour = finances(), timezone.localdate()
    with pytest.raises(ValidationError, match="numéro du titre"):
        emettre_un_titre(auteur=comptable, titre=titre, numero=" ", emis_le=jour, version=1)
    demain = jour + timedelta(days=1)
    with pytest.raises(ValidationError, match="pas encore venu"):
        emettre_un_titre(auteur=comptable, titre=titre, numero="T-1", emis_le=demain, version=1)
    with pytest.raises(PermissionDenied):
        annuler_un_titre(auteur=PersonneFactory(role="pilote"), titre=titre, version=1)
    titre = emettre_un_titre(auteur=comptable, titre=titre, numero="T-1", emis_le=jour, version=1)
    with pytest.raises(ValidationError, match="pas avant"):
        recouvrer_un_titre(auteur=comptable, titre=titre, recouvre_le=jour - timedelta(days=1), version=2)
    with pytest.raises(ValidationError, match="pas encore venu"):
        recouvrer_un_titre(auteur=comptable, titre=titre, recouvre_le=demain, version=2)
    titre = recouvrer_un_titre(auteur=comptable, titre=titre, recouvre_le=jour, version=2)
    assert titre.etat == "recouvre"
    with pytest.raises(PassageRefuse):
        annuler_un_titre(auteur=comptable, titre=titre, version=3)


def test_on_ne_reprend_que_ce_qui_est_mandate():
    (action,) = engagees()
    liquider(auteur=None, versement=du(action), version=1)
    procedure = entendue(action, S.RETRAIT, "30000.00")
    with pytest.raises(PassageRefuse, match="annulez d’abord les liquidations"):
        decidee(procedure, "30000.00")
    procedure.refresh_from_db()
    assert (procedure.etat, engages(action)) == ("observee", D("30000.00"))


def test_une_decision_se_motive_et_ne_retient_pas_plus_que_l_enjeu():
    (action,) = engagees()
    procedure = entendue(action, S.REDUCTION, "1000.00", 2018)
    for montant, decision in (("1000.01", "Vu."), (None, "Vu."), ("1000.00", " ")):
        with pytest.raises(ValidationError):
            decidee(procedure, montant, decision)
    abandonner(auteur=finances(), procedure=procedure, motif="Justifié.", version=procedure.version)
    procedure.refresh_from_db()
    with pytest.raises(PassageRefuse):
        decidee(procedure, "1000.00")
    with pytest.raises(IntegrityError, match="ne change plus"), transaction.atomic():
        ProcedureContradictoire.objects.update(motif="Autre.")
