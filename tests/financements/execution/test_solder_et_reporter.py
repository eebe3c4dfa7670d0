"""Le solde d’après le bilan, la clôture d’un exercice : l’argent se déplace au centime, Σ CP = AE toujours."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Sum
from django.utils import timezone

from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.execution.reporter import reporter_l_exercice
from financements.actions.execution.solder import arreter_le_solde
from financements.chiffres.execution.liquidation import cp_libres
from financements.chiffres.execution.report import exercices_a_clore, previsualiser_le_report
from financements.models import MouvementDEngagement, ReportDeCredits, Versement
from financements.states.execution import EtatBilan, EtatConvention, EtatVersement
from tests.comptes.fabriques import PersonneFactory
from tests.financements.execution.fabriques import bilan, convention, du, engagees, payer, titre

pytestmark = pytest.mark.django_db
D = Decimal


def valide(action, cout="20000.00", annee=2016):
    return bilan(action, annee=annee, etat=EtatBilan.VALIDE, cout_reel=D(cout))


def engages(action):
    lignes = MouvementDEngagement.objects.filter(action=action).order_by()
    return dict(lignes.values_list("exercice").annotate(Sum("montant")))


def test_un_cout_reel_tenu_laisse_le_solde_entier():
    (action,) = engagees()
    payer(action)
    arrete = arreter_le_solde(auteur=PersonneFactory(role="instructeur"), bilan=valide(action))
    assert (arrete.attribue, arrete.du, arrete.verse, arrete.solde, arrete.taux) == (
        D("10000.00"),
        D("10000.00"),
        D("8000.00"),
        D("2000.00"),
        D("50"),
    )
    assert (du(action, rang=2).montant, du(action, rang=2).etat) == (D("2000.00"), "prevu")
    assert engages(action)[2017] == D("10000.00")


def test_un_cout_moindre_degage_le_reste():
    (action,) = engagees()
    payer(action)
    arrete = arreter_le_solde(auteur=None, bilan=valide(action, "17000.01"))
    assert (arrete.du, arrete.solde) == (D("8500.01"), D("500.01"))
    assert du(action, rang=2).montant == D("500.01")
    assert engages(action) == {2016: D("8000.00"), 2017: D("8500.01"), 2018: D("10000.00"), 2019: D("2000.00")}


def test_un_trop_verse_annule_le_solde_et_attend_une_procedure():
    (action,) = engagees()
    payer(action)
    arrete = arreter_le_solde(auteur=None, bilan=valide(action, "10000.00"))
    assert (arrete.du, arrete.trop_verse) == (D("5000.00"), D("3000.00"))
    assert (du(action, rang=2).montant, du(action, rang=2).etat) == (D("0.00"), "annule")
    assert engages(action)[2017] == D("8000.00")


def test_le_taux_ecrit_dans_la_convention_l_emporte():
    (action,) = engagees()
    payer(action)
    convention(action, EtatConvention.SIGNEE, taux=D("45.00"))
    assert arreter_le_solde(auteur=None, bilan=valide(action)).du == D("9000.00")


def test_un_bilan_rouvert_et_valide_de_nouveau_rearrete_le_solde():
    (action,) = engagees()
    payer(action)
    un = valide(action, "17000.00")
    arreter_le_solde(auteur=None, bilan=un)
    un.cout_reel, un.valide_le = D("18000.00"), timezone.now()
    un.save()
    arrete = arreter_le_solde(auteur=None, bilan=un)
    assert (arrete.solde, du(action, rang=2).montant) == (D("1000.00"), D("1000.00"))


def test_un_solde_ne_s_arrete_ni_sans_bilan_ni_sans_engagement_ni_apres_un_titre_ni_sans_droit():
    une, autre = engagees(2)
    payer(une)
    with pytest.raises(PassageRefuse, match="d’après un bilan validé"):
        arreter_le_solde(auteur=None, bilan=bilan(autre, etat=EtatBilan.DEPOSE))
    un = valide(une)
    for role in ("porteur", "lecture", "administrateur"):
        with pytest.raises(PermissionDenied):
            arreter_le_solde(auteur=PersonneFactory(role=role), bilan=un)
    titre(une, "1.00", annee=2016)
    with pytest.raises(PassageRefuse, match="titre de recette existe déjà"):
        arreter_le_solde(auteur=None, bilan=un)


def reporter(action, montant, exercice=2016, auteur=None, motif="Clôture", **options):
    appel = action.projet.appel
    return reporter_l_exercice(
        auteur=auteur, appel=appel, exercice=exercice, montant=D(montant), motif=motif, **options
    )


def test_clore_un_exercice_reporte_ce_qui_n_est_pas_liquide_et_les_credits():
    une, autre = engagees(2, cp="20000.00")
    payer(une)
    Versement.objects.filter(pk=du(autre).pk).update(etat=EtatVersement.REJETE, motif="RIB.")
    vue = previsualiser_le_report(une.projet.appel, 2016)
    assert (vue.versements, vue.actions, vue.engages, vue.libres, vue.manque) == (1, 1, 800_000, 1_200_000, 0)
    reporter(une, "12000.00", auteur=PersonneFactory(role="finances"), marque_lue=vue.marque)
    assert (du(autre).exercice, du(autre).etat, du(une).exercice) == (2017, "prevu", 2016)
    assert engages(autre) == {2016: D("0.00"), 2017: D("18000.00"), 2018: D("10000.00"), 2019: D("2000.00")}
    assert engages(une)[2016] == D("8000.00")
    assert list(ReportDeCredits.objects.values_list("de", "vers", "montant")) == [(2016, 2017, D("12000.00"))]
    assert cp_libres(une.projet.appel) == {2016: 0, 2017: 3_200_000, 2018: 2_000_000}
    assert exercices_a_clore(une.projet.appel, 2018) == [(2017, None)]
    with pytest.raises(PassageRefuse, match="Rien n’est à reporter de 2016"):
        reporter(une, "0.00")


def test_les_exercices_se_closent_dans_l_ordre_et_des_credits_libres_n_obligent_personne():
    (action,) = engagees(cp="20000.00")
    appel = action.projet.appel
    assert exercices_a_clore(appel, 2019) == [(2016, None), (2017, 2016), (2018, 2016)]
    with pytest.raises(PassageRefuse, match="Clôturez d’abord 2016"):
        reporter(action, "10000.00", exercice=2017)
    payer(action)  # il n’y a plus que des crédits libres en 2016
    assert exercices_a_clore(appel, 2019) == [(2016, None), (2017, None), (2018, 2017)]
    reporter(action, "10000.00", exercice=2017)
    assert exercices_a_clore(appel, 2019) == [(2016, None), (2017, None), (2018, None)]


def test_seul_ce_qui_est_liquide_et_pas_mandate_est_a_rattacher():
    une, autre = engagees(2)
    payer(une)
    liquide = du(autre)
    Versement.objects.filter(pk=liquide.pk).update(etat=EtatVersement.LIQUIDE)
    assert previsualiser_le_report(une.projet.appel, 2016).en_attente == 800_000


def test_un_report_ne_depasse_ni_les_credits_ni_ne_laisse_d_engagement_sans_credits():
    (action,) = engagees(cp="10000.00")
    with pytest.raises(ValidationError, match="Il faut un montant entre 8"):
        reporter(action, "10000.01")
    with pytest.raises(ValidationError, match="Il faut un montant entre 8"):
        reporter(action, "7999.99")
    with pytest.raises(ValidationError, match="pourquoi ces crédits glissent"):
        reporter(action, "8000.00", motif=" ")
    enveloppe = action.projet.appel.enveloppe
    ReportDeCredits.objects.create(enveloppe=enveloppe, de=2016, vers=2018, montant=D("2000.01"), motif="Essai")
    with pytest.raises(PassageRefuse, match="Il manque 0,01\u00a0€ de crédits de 2016"):
        reporter(action, "8000.00")


def test_un_exercice_en_cours_ne_se_reporte_pas_et_une_previsualisation_perimee_non_plus():
    (action,) = engagees()
    with pytest.raises(PassageRefuse, match="n’est pas fini"):
        reporter(action, "0.00", exercice=timezone.localdate().year)
    with pytest.raises(VersionPerimee):
        reporter(action, "8000.00", marque_lue="autre")
    for role in ("porteur", "instructeur", "lecture", "administrateur"):
        with pytest.raises(PermissionDenied):
            reporter(action, "8000.00", auteur=PersonneFactory(role=role))
