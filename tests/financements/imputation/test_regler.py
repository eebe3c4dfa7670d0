"""Régler les imputations : effet, journal, mauvais rôle, mauvais état, conflit, et la base qui refuse seule."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.imputation.regler import (
    SaisieDImputation,
    ajouter_une_imputation,
    modifier_une_imputation,
    supprimer_une_imputation,
)
from financements.actions.imputer_la_demonstration import imputer_la_demonstration
from financements.chiffres.imputation import imputation_de, imputations_de_l_appel, manques, utilisees
from financements.models import Imputation, RattachementDImputation
from financements.rules.imputation import ImputationManquante
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory
from tests.financements.fabriques import ImputationFactory, action_votee
from tests.projets.fabriques import AppelFactory, AxeFactory, ProjetFactory

pytestmark = pytest.mark.django_db
SAISIE = SaisieDImputation(
    norme="M52",
    chapitre="9356",
    nature="6574",
    fonction="564",
    numero_ae="2016-INS",
    libelle="Associations",
    gestionnaire="DLES",
    premier_exercice=2016,
    dernier_exercice=2018,
    montant_autorise=Decimal("189361.00"),
    deja_contracte=Decimal("152361.00"),
    rattachements=[(1, "prive"), (2, "prive")],
)
EN_CLAIR = {
    "imputation": "9356-564 / 6574 / AE 2016-INS",
    "norme": "M52",
    "libelle": "Associations",
    "gestionnaire": "DLES",
    "exercices": "2016-2018",
    "montant_autorise": "189361.00",
    "deja_contracte": "152361.00",
    "rattachements": ["axe 1, personne de droit privé", "axe 2, personne de droit privé"],
}


@pytest.fixture
def appel():
    cree = AppelFactory(slug="nord")
    AxeFactory(appel=cree, numero=1)
    AxeFactory(appel=cree, numero=2)
    return cree


@pytest.fixture
def finances():
    return PersonneFactory(role="finances")


def test_ajouter_ecrit_la_ligne_ses_rattachements_et_le_journal(appel, finances):
    imputation = ajouter_une_imputation(auteur=finances, appel=appel, saisie=SAISIE)
    connection.check_constraints()
    assert (imputation.disponible, imputation.version) == (Decimal("37000.00"), 1)
    journal = Journal.objects.get(acte="ajouter_une_imputation")
    assert (journal.auteur, journal.avant, journal.apres) == (finances, None, EN_CLAIR)
    projet = ProjetFactory(appel=appel, axe=appel.axes.get(numero=2))
    assert imputation_de(projet, 2017) == imputation
    with pytest.raises(ImputationManquante, match="L’axe 2 n’a pas d’imputation en 2019"):
        imputation_de(projet, 2019)


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.PILOTE, Role.FINANCES}])
def test_les_autres_roles_ne_reglent_rien(appel, role):
    autre, imputation = PersonneFactory(role=role), ImputationFactory(appel=appel)
    with pytest.raises(PermissionDenied):
        ajouter_une_imputation(auteur=autre, appel=appel, saisie=SAISIE)
    with pytest.raises(PermissionDenied):
        modifier_une_imputation(auteur=autre, imputation=imputation, saisie=SAISIE, version=1)
    with pytest.raises(PermissionDenied):
        supprimer_une_imputation(auteur=autre, imputation=imputation)


def test_un_appel_archive_ne_change_plus(finances):
    archive = AppelFactory(etat="archive")
    imputation = ImputationFactory(appel=archive)
    with pytest.raises(PassageRefuse, match="archivé"):
        ajouter_une_imputation(auteur=finances, appel=archive, saisie=SAISIE)
    with pytest.raises(PassageRefuse, match="archivé"):
        modifier_une_imputation(auteur=finances, imputation=imputation, saisie=SAISIE, version=1)
    with pytest.raises(PassageRefuse, match="archivé"):
        supprimer_une_imputation(auteur=finances, imputation=imputation)
    assert not Journal.objects.filter(acte__contains="imputation").exists()


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"chapitre": "93.5"}, "chapitre", "Un chapitre est fait de 2 à 5 chiffres."),
        ({"nature": ""}, "nature", "Ce champ ne peut pas être vide."),
        ({"dernier_exercice": 2015}, "__all__", "Le dernier exercice suit le premier."),
        ({"montant_autorise": Decimal(-1)}, "__all__", "Des engagements ne sont pas négatifs."),
        ({"deja_contracte": Decimal(-1)}, "__all__", "Des engagements ne sont pas négatifs."),
        ({"rattachements": []}, "rattachements", "Rattachez-la à un axe et à une catégorie au moins."),
        ({"rattachements": [(9, "prive")]}, "rattachements", "Un axe ou une catégorie n’existe pas."),
        ({"rattachements": [(1, "lune")]}, "rattachements", "Un axe ou une catégorie n’existe pas."),
    ],
)
def test_une_mauvaise_saisie_dit_son_champ_et_n_ecrit_rien(appel, finances, champs, champ, phrase):
    with pytest.raises(ValidationError) as refus:
        ajouter_une_imputation(auteur=finances, appel=appel, saisie=replace(SAISIE, **champs))
    assert refus.value.message_dict[champ] == [phrase]
    assert not Imputation.objects.exists()


def test_un_exercice_n_a_qu_une_imputation_et_la_suivante_prend_la_suite(appel, finances):
    premiere = ajouter_une_imputation(auteur=finances, appel=appel, saisie=SAISIE)
    suite = replace(SAISIE, norme="M57", nature="65748", premier_exercice=2018, rattachements=[(1, "prive")])
    with pytest.raises(ValidationError) as refus:
        ajouter_une_imputation(auteur=finances, appel=appel, saisie=suite)
    assert refus.value.message_dict == {
        "rattachements": [
            "Un exercice n’a qu’une imputation\u00a0: l’axe 1 a déjà «\u00a09356-564 / 6574 / AE 2016-INS\u00a0» "
            "(2016-2018) pour\u00a0: personne de droit privé."
        ]
    }
    modifier_une_imputation(
        auteur=finances, imputation=premiere, saisie=replace(SAISIE, dernier_exercice=2017), version=1
    )
    seconde = ajouter_une_imputation(auteur=finances, appel=appel, saisie=suite)
    connection.check_constraints()
    connues = imputations_de_l_appel(appel)
    trouvees = [connues.de(axe=1, forme_juridique="association", exercice=an) for an in (2017, 2018)]
    assert trouvees == [premiere, seconde]
    assert connues.chercher(axe=2, forme_juridique="association", exercice=2018) is None


def test_la_base_refuse_seule_deux_imputations_et_l_axe_d_un_autre_appel(appel):
    axe = appel.axes.get(numero=1)
    liens = [
        RattachementDImputation(imputation=ImputationFactory(appel=appel), axe=axe, categorie="prive")
        for _ in range(2)
    ]
    with pytest.raises(IntegrityError, match="L’axe 1 a deux imputations du même exercice"):
        ecrire(liens)
    with pytest.raises(IntegrityError, match="aux axes de son appel"):
        ecrire([RattachementDImputation(imputation=ImputationFactory(), axe=axe, categorie="prive")])


@transaction.atomic
def ecrire(liens: list[RattachementDImputation]) -> None:
    """Sans passer par l’acte ; les contraintes différées se jugent tout de suite."""
    RattachementDImputation.objects.bulk_create(liens)
    connection.check_constraints()


def test_une_version_perimee_n_ecrase_rien(appel, finances):
    imputation = ajouter_une_imputation(auteur=finances, appel=appel, saisie=SAISIE)
    modifiee = replace(SAISIE, libelle="Autre")
    modifier_une_imputation(auteur=finances, imputation=imputation, saisie=modifiee, version=1)
    with pytest.raises(VersionPerimee):
        modifier_une_imputation(auteur=finances, imputation=imputation, saisie=SAISIE, version=1)
    imputation.refresh_from_db()
    assert (imputation.libelle, imputation.version) == ("Autre", 2)
    journal = Journal.objects.get(acte="modifier_une_imputation")
    assert (journal.avant, journal.apres) == (EN_CLAIR, {**EN_CLAIR, "libelle": "Autre"})


def test_utilisee_par_une_action_votee_son_code_reste_et_elle_ne_se_supprime_plus(appel, finances):
    imputation = ajouter_une_imputation(auteur=finances, appel=appel, saisie=SAISIE)
    libre = ajouter_une_imputation(
        auteur=finances, appel=appel, saisie=replace(SAISIE, nature="65737", rattachements=[(1, "ccas")])
    )
    action_votee(axe=appel.axes.get(numero=1))
    assert utilisees(appel) == {imputation.pk}
    with pytest.raises(ValidationError) as refus:
        modifier_une_imputation(
            auteur=finances, imputation=imputation, saisie=replace(SAISIE, nature="65748"), version=1
        )
    assert list(refus.value.message_dict) == ["nature"]
    with pytest.raises(PassageRefuse, match="ne se supprime plus"):
        supprimer_une_imputation(auteur=finances, imputation=imputation)
    plus = replace(SAISIE, montant_autorise=Decimal("200000.00"))
    modifier_une_imputation(auteur=finances, imputation=imputation, saisie=plus, version=1)
    supprimer_une_imputation(auteur=finances, imputation=libre)
    assert list(Imputation.objects.values_list("pk", "montant_autorise")) == [(imputation.pk, Decimal("200000.00"))]
    assert Journal.objects.get(acte="supprimer_une_imputation").avant["imputation"] == "9356-564 / 65737 / AE 2016-INS"


def test_ce_qui_manque_pour_imputer_est_dit_une_fois(appel, finances):
    for forme in ("ccas", "association", "association"):
        ProjetFactory(
            appel=appel,
            axe=appel.axes.get(numero=1),
            etat="instruit",
            organisme=OrganismeFactory(forme_juridique=forme),
        )
    ajouter_une_imputation(auteur=finances, appel=appel, saisie=replace(SAISIE, dernier_exercice=2017))
    assert manques(appel) == [
        "L’axe 1 n’a pas d’imputation en 2016 pour\u00a0: CCAS ou CIAS.",
        "L’axe 1 n’a pas d’imputation en 2017 pour\u00a0: CCAS ou CIAS.",
        "L’axe 1 n’a pas d’imputation en 2018 pour\u00a0: CCAS ou CIAS.",
        "L’axe 1 n’a pas d’imputation en 2018 pour\u00a0: personne de droit privé.",
    ]


@pytest.mark.parametrize(("debut", "nombre", "normes"), [(2016, 8, {"M52"}), (2027, 12, {"M57"})])
def test_la_demonstration_impute_chaque_appel_une_fois(debut, nombre, normes):
    fictif = AppelFactory(annee_debut=debut, annee_fin=debut + 2, est_fictif=True)
    AxeFactory(appel=fictif, numero=1)
    AxeFactory(appel=fictif, numero=2, volet="social")
    ProjetFactory(appel=fictif, axe=fictif.axes.get(numero=1), etat="instruit", budget={debut: ("9000", "4000.01")})
    imputer_la_demonstration()
    imputer_la_demonstration()
    connection.check_constraints()
    lignes = Imputation.objects.filter(appel=fictif)
    assert (lignes.count(), set(lignes.values_list("norme", flat=True)), manques(fictif)) == (nombre, normes, [])
    assert list(lignes.exclude(montant_autorise=0).values_list("montant_autorise", "deja_contracte")) == [
        (Decimal("6000.00"), Decimal("1000.00"))
    ]
