"""Ce que la base refuse, quelle que soit la main qui écrit."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from financements.models import (
    Action,
    ContrepartieFse,
    CreditAnnuel,
    Dotation,
    Enveloppe,
    PartTranche,
    Rapport,
    Tranche,
)
from projets.models import Cofinancement, ExerciceProjet, PartProjet
from projets.states import EtatProjet
from tests.comptes.fabriques import OrganismeFactory, siret_d_essai
from tests.financements.fabriques import RapportFactory, action_votee, enveloppe_repartie
from tests.fixtures.contraintes import refuse
from tests.projets.fabriques import AppelFactory, AxeFactory, ProjetFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


def test_les_parts_d_un_projet_font_cent():
    projet = ProjetFactory(territoires={TerritoireFactory(): "60", TerritoireFactory(): "40"})
    assert refuse("parts_projet_font_100", lambda: projet.parts.first().delete())
    assert refuse("parts_projet_font_100", lambda: projet.parts.update(pourcentage=Decimal("50.01")))
    trop = PartProjet(projet=projet, territoire=TerritoireFactory(), pourcentage=1)
    assert refuse("parts_projet_font_100", trop.save)


def test_un_projet_demande_au_plus_son_cout():
    projet = ProjetFactory()
    trop = ExerciceProjet(projet=projet, annee=2030, cout=Decimal("10.00"), montant_demande=Decimal("10.01"))
    assert refuse("exercice_demande_au_plus_cout", trop.save)


def test_l_axe_d_un_projet_est_de_son_appel():
    assert refuse("projet_axe_de_son_appel", lambda: ProjetFactory(appel=AppelFactory(), axe=AxeFactory()))


def test_un_projet_depose_a_un_numero():
    assert refuse("projet_depose_numerote", lambda: ProjetFactory(numero=None, etat=EtatProjet.DEPOSE))
    assert ProjetFactory(numero=None, etat=EtatProjet.BROUILLON).numero is None


def test_le_fse_ne_figure_qu_une_fois():
    projet = ProjetFactory()
    for precision in ("une région", "une autre"):
        Cofinancement.objects.create(projet=projet, financeur="region", precision=precision, montant=1)
    Cofinancement.objects.create(projet=projet, financeur="fse", montant=1)
    encore = Cofinancement(projet=projet, financeur="fse", montant=2)
    assert refuse("cofinancement_fse_unique", encore.save)


def test_la_somme_des_cp_est_l_ae():
    appel = AppelFactory()
    enveloppe = Enveloppe(appel=appel, montant_ae=Decimal("10.00"))
    assert refuse("cp_egalent_ae", enveloppe.save)
    enveloppe_repartie(appel, {2016: "4.00", 2017: "6.00"}, {TerritoireFactory(): 1})
    assert refuse("cp_egalent_ae", lambda: CreditAnnuel.objects.filter(annee=2016).update(montant_cp="4.01"))
    assert refuse("cp_egalent_ae", lambda: Enveloppe.objects.update(montant_ae="9.99"))


def test_une_annee_ne_distribue_pas_plus_que_ses_cp():
    repartition = enveloppe_repartie(
        AppelFactory(), {2016: "100.00"}, {TerritoireFactory(): 2, TerritoireFactory(): 1}
    )
    trop = Dotation(repartition=repartition, territoire=TerritoireFactory(), annee=2016, poids=1, montant="0.01")
    assert refuse("dotations_dans_les_cp", trop.save)
    hors_annee = Dotation(repartition=repartition, territoire=TerritoireFactory(), annee=2017, poids=1, montant="0.01")
    assert refuse("dotations_dans_les_cp", hors_annee.save)


def test_les_parts_d_une_tranche_font_la_tranche():
    action = action_votee(parts={TerritoireFactory(): 50, TerritoireFactory(): 50})
    assert refuse("parts_egalent_tranche", lambda: PartTranche.objects.first().delete())
    assert refuse("parts_egalent_tranche", lambda: PartTranche.objects.update(montant="1.00"))
    assert refuse("parts_egalent_tranche", lambda: action.tranches.filter(annee=2016).update(montant="9999.99"))
    tranche = action.tranches.get(annee=2016)
    autre = action_votee().tranches.get(annee=2016)
    assert refuse("parts_egalent_tranche", lambda: PartTranche.objects.filter(tranche=tranche).update(tranche=autre))


def test_une_tranche_est_d_une_annee_de_l_appel_et_une_action_en_a_toujours_une():
    action = action_votee(montants={2016: "100.00"})
    assert refuse(
        "tranche_annee_de_l_appel", lambda: Tranche.objects.create(action=action, annee=2019, montant="1.00")
    )
    assert refuse("action_a_une_tranche", lambda: action.tranches.all().delete())
    projet = ProjetFactory(etat=EtatProjet.RETENU)
    assert refuse(
        "action_a_une_tranche", lambda: Action.objects.create(projet=projet, deliberation=action.deliberation)
    )


def test_les_cp_ne_baissent_pas_sous_les_dotations():
    appel = AppelFactory()
    enveloppe_repartie(appel, {2016: "60.00", 2017: "40.00"}, {TerritoireFactory(): 1})

    def deplacer_vers_2017():
        CreditAnnuel.objects.filter(annee=2016).update(montant_cp="59.99")
        CreditAnnuel.objects.filter(annee=2017).update(montant_cp="40.01")

    assert refuse("dotations_dans_les_cp", deplacer_vers_2017)


@pytest.mark.parametrize("acte", [lambda lignes: lignes.update(montant="1.00"), lambda lignes: lignes.delete()])
def test_une_dotation_ne_se_modifie_ni_ne_s_efface(acte):
    enveloppe_repartie(AppelFactory(), {2016: "100.00"}, {TerritoireFactory(): 1})
    with pytest.raises(ProgrammingError, match="Cannot update or delete rows"), transaction.atomic():
        acte(Dotation.objects.all())
    assert [d.montant for d in Dotation.objects.all()] == [Decimal("100.00")]


def test_l_aide_et_le_fse_ne_depassent_pas_le_cout():
    action = action_votee(montants={2016: "100.00"})  # coût : 200,00 €
    fse = ContrepartieFse(action=action, montant_fse=Decimal("100.01"))
    assert refuse("aide_au_plus_le_cout", fse.save)
    assert refuse("aide_au_plus_le_cout", lambda: ExerciceProjet.objects.update(cout="99.99", montant_demande="1.00"))
    assert refuse("aide_au_plus_le_cout", lambda: ExerciceProjet.objects.all().delete())
    ContrepartieFse.objects.create(action=action, montant_fse=Decimal("100.00"))
    assert refuse("aide_au_plus_le_cout", lambda: ContrepartieFse.objects.update(montant_fse="100.01"))
    assert refuse("contrepartie_au_plus_l_aide", lambda: ContrepartieFse.objects.update(montant_mobilise="100.01"))


@pytest.mark.parametrize(
    ("contrainte", "champs"),
    [
        ("organisme_siret_ou_rna", {"siret": None}),
        ("organisme_siret_14_chiffres", {"siret": "1234567890123"}),
        ("organisme_siret_14_chiffres", {"siret": "0" * 14}),
        ("organisme_rna_forme", {"rna": "X123456789"}),
    ],
)
def test_un_organisme_a_un_identifiant_de_bonne_forme(contrainte, champs):
    assert refuse(contrainte, lambda: OrganismeFactory(**champs))


def test_deux_organismes_n_ont_pas_le_meme_siret_mais_plusieurs_peuvent_n_avoir_qu_un_rna():
    OrganismeFactory(siret=None, rna="W2A1234567")
    OrganismeFactory(siret=None, rna="W591234567")
    OrganismeFactory(siret=siret_d_essai(1))
    with pytest.raises(IntegrityError, match="siret"), transaction.atomic():
        OrganismeFactory(siret=siret_d_essai(1))


def test_un_rapport_n_avance_qu_une_fois_pour_la_meme_cle():
    RapportFactory(cle="a")
    assert refuse("rapport_une_seule_production", lambda: RapportFactory(cle="a", etat="en_cours"))
    Rapport.objects.update(etat="termine")
    assert RapportFactory(cle="a").pk


def test_un_rapport_porte_sur_un_territoire_ou_un_axe():
    axe = AxeFactory()
    trop = {"appel": axe.appel, "axe": axe, "territoire": TerritoireFactory()}
    assert refuse("rapport_un_seul_perimetre", lambda: RapportFactory(**trop))
