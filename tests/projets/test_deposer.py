"""Déposer : un acte, un numéro, une copie que la base défend, et l’heure du serveur pour juge."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from comptes.actions.avis import grouper_les_avis
from comptes.models import Avis, Courriel
from comptes.states import RoleOrganisme
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.deposer import DepotTardif, completer, deposer
from projets.models import Depot, LigneBudget, PartProjet, Projet, Recepisse
from projets.rules.budget import BudgetVerifie, Cofinanceur, Ligne
from projets.rules.depot import DossierVerifie, empreinte
from projets.states import EtatAppel, EtatProjet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory, ResponsableFactory
from tests.projets.fabriques import AppelFactory, AxeFactory, ProlongationFactory
from tests.territoires.fabriques import TerritoireFactory

CONTENU = {
    "intitule": "Garde d’enfants",
    "appel": {
        "intitule": "Appel",
        "service": "Direction de l’insertion",
        "service_adresse": "1 rue d’Essai, 59000 Lille",
        "service_telephone": "03 20 00 00 00",
        "charge_du_dossier": "Claire Martin, chargée de mission",
        "contact": "insertion@exemple.fr",
        "tribunal": "tribunal administratif de Lille",
    },
    "organisme": {
        "nom": "Association",
        "siret": "73282932000074",
        "rna": "",
        "representant": "",
        "adresse": "1 rue d’Essai",
        "commune": "Lille",
    },
    "etapes": [],
    "budget": [],
    "attestations": [],
    "pieces": [],
}


def appel_ouvert(**champs):
    instant = timezone.now()
    return AppelFactory(
        **{
            "etat": EtatAppel.OUVERT,
            "annee_debut": 2027,
            "annee_fin": 2027,
            "prefixe": "AAP27",
            "ouvre_le": instant - timedelta(days=1),
            "ferme_le": instant + timedelta(days=1),
            **champs,
        }
    )


def brouillon(appel=None, **champs):
    """Un brouillon et le responsable qui peut le déposer."""
    axe = AxeFactory(appel=appel or appel_ouvert())
    adhesion = ResponsableFactory()
    projet = Projet.objects.create(
        axe=axe, appel=axe.appel, organisme=adhesion.organisme, intitule="Brouillon", **champs
    )
    return projet, adhesion.personne


def verifie(projet, *, territoire=None, **champs):
    territoire = territoire or TerritoireFactory()
    budget = BudgetVerifie(
        lignes=(
            Ligne(2027, "charge", "641", 2_000_000),
            Ligne(2027, "produit", "74dem", 1_200_000),
            Ligne(2027, "produit", "74fe", 800_000),
        ),
        exercices={2027: (2_000_000, 1_200_000)},
        cofinancements=(Cofinanceur("fse", "", 800_000, est_acquis=True),),
    )
    return DossierVerifie(
        **{
            "version": projet.version,
            "intitule": "Garde d’enfants",
            "axe": projet.axe_id,
            "allocataires": 24,
            "parts": {territoire.code: 10_000},
            "budget": budget,
            "contenu": CONTENU,
            **champs,
        }
    )


@pytest.mark.django_db
def test_le_depot_ecrit_tout_d_un_coup():
    projet, responsable = brouillon()
    territoire = TerritoireFactory()
    depot = deposer(auteur=responsable, projet=projet, verifie=verifie(projet, territoire=territoire))
    relu = Projet.objects.get(pk=projet.pk)
    assert (relu.etat, relu.numero, relu.depose_le, relu.intitule, relu.allocataires_prevus) == (
        "depose", 1, depot.depose_le, "Garde d’enfants", 24,
    )  # fmt: skip
    assert list(relu.parts.values_list("territoire", "pourcentage")) == [(territoire.pk, Decimal("100.00"))]
    assert list(relu.exercices.values_list("annee", "cout", "montant_demande")) == [
        (2027, Decimal("20000.00"), Decimal("12000.00"))
    ]
    assert list(relu.cofinancements.values_list("financeur", "montant", "est_acquis")) == [
        ("fse", Decimal("8000.00"), True)
    ]
    assert list(relu.lignes_budget.values_list("cote", "compte", "montant")) == [
        ("charge", "641", Decimal("20000.00")),
        ("produit", "74dem", Decimal("12000.00")),
        ("produit", "74fe", Decimal("8000.00")),
    ]
    attendu = {
        **CONTENU,
        "reference": "AAP27-0001",
        "depose_le": depot.depose_le.isoformat(),
        "depose_par": {"nom": str(responsable), "courriel": responsable.email},
    }
    assert (depot.version, depot.depose_par, depot.contenu) == (1, responsable, attendu)
    assert depot.empreinte == empreinte(Depot.objects.get().contenu)
    ligne = Journal.objects.get(acte="deposer")
    assert (ligne.auteur, ligne.apres) == (
        responsable,
        {"etat": "depose", "numero": 1, "version": 1, "empreinte": depot.empreinte},
    )


@pytest.mark.django_db
def test_la_base_refuse_de_changer_ou_d_effacer_ce_qui_est_depose():
    projet, responsable = brouillon()
    depot = deposer(auteur=responsable, projet=projet, verifie=verifie(projet))
    for geste in (
        lambda: Depot.objects.filter(pk=depot.pk).update(contenu={}),
        lambda: Depot.objects.filter(pk=depot.pk).delete(),
    ):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            geste()


@pytest.mark.django_db
def test_l_accuse_part_a_qui_depose_et_a_l_organisme():
    projet, responsable = brouillon()
    projet.organisme.courriel = "Bureau@asso.exemple.fr"
    projet.organisme.save()
    deposer(auteur=responsable, projet=projet, verifie=verifie(projet))
    assert sorted(Courriel.objects.values_list("destinataire", "objet")) == sorted(
        (adresse, "[Mille actions] Projet reçu : AAP27-0001, Garde d’enfants")
        for adresse in (responsable.email, "bureau@asso.exemple.fr")
    )


@pytest.mark.django_db
@pytest.mark.parametrize("etat", [e for e in EtatProjet if e not in {EtatProjet.BROUILLON}])
def test_seul_un_brouillon_se_depose(etat):
    projet, responsable = brouillon()
    Projet.objects.filter(pk=projet.pk).update(etat=etat, numero=7)
    with pytest.raises(PassageRefuse):
        deposer(auteur=responsable, projet=projet, verifie=verifie(projet))
    assert not Depot.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("etat", [e for e in EtatProjet if e not in {EtatProjet.INCOMPLET}])
def test_seul_un_projet_incomplet_se_complete(etat):
    projet, responsable = brouillon()
    Projet.objects.filter(pk=projet.pk).update(etat=etat, numero=7)
    with pytest.raises(PassageRefuse):
        completer(auteur=responsable, projet=projet, verifie=verifie(projet))
    assert not Depot.objects.exists()


@pytest.mark.django_db
def test_un_redacteur_ne_depose_pas():
    projet, _ = brouillon()
    redacteur = AdhesionFactory(organisme=projet.organisme, role=RoleOrganisme.REDACTEUR).personne
    with pytest.raises(PermissionDenied):
        deposer(auteur=redacteur, projet=projet, verifie=verifie(projet))


@pytest.mark.django_db
def test_ce_qui_a_change_depuis_la_verification_arrete_le_depot():
    projet, responsable = brouillon()
    ancien = verifie(projet)
    Projet.objects.filter(pk=projet.pk).update(version=projet.version + 1)
    with pytest.raises(PassageRefuse, match="Le projet a changé"):
        deposer(auteur=responsable, projet=projet, verifie=ancien)
    assert (Projet.objects.get().etat, PartProjet.objects.count()) == ("brouillon", 0)


@pytest.mark.django_db
def test_apres_la_cloture_rien_n_est_ecrit():
    projet, responsable = brouillon(appel_ouvert(ferme_le=timezone.now() - timedelta(seconds=1)))
    with pytest.raises(DepotTardif, match="Le dépôt est fermé"):
        deposer(auteur=responsable, projet=projet, verifie=verifie(projet))
    assert (Projet.objects.get().etat, LigneBudget.objects.count(), Courriel.objects.count()) == ("brouillon", 0, 0)


@pytest.mark.django_db
def test_une_prolongation_rouvre_pour_cet_organisme_seul():
    appel = appel_ouvert(ferme_le=timezone.now() - timedelta(seconds=1))
    (prolonge, responsable), (autre, autre_responsable) = brouillon(appel), brouillon(appel)
    ProlongationFactory(appel=appel, organisme=prolonge.organisme, jusqu_au=timezone.now() + timedelta(hours=1))
    deposer(auteur=responsable, projet=prolonge, verifie=verifie(prolonge))
    with pytest.raises(DepotTardif):
        deposer(auteur=autre_responsable, projet=autre, verifie=verifie(autre))


@pytest.mark.django_db(transaction=True)
def test_un_budget_qui_ne_s_equilibre_pas_est_refuse_par_la_base():
    projet, responsable = brouillon()
    faux = BudgetVerifie((Ligne(2027, "charge", "641", 100),), {2027: (100, 50)}, ())
    with pytest.raises(IntegrityError, match="ne sont pas égaux"):
        deposer(auteur=responsable, projet=projet, verifie=verifie(projet, budget=faux))
    assert Projet.objects.get().etat == "brouillon"


@pytest.mark.django_db
def test_un_complement_ajoute_une_version_et_garde_la_premiere():
    projet, responsable = brouillon()
    deposer(auteur=responsable, projet=projet, verifie=verifie(projet))
    Projet.objects.filter(pk=projet.pk).update(etat=EtatProjet.INCOMPLET)
    second = completer(auteur=responsable, projet=projet, verifie=verifie(projet, allocataires=30))
    relu = Projet.objects.get()
    assert (relu.etat, relu.numero, relu.allocataires_prevus) == ("complete", 1, 30)
    assert list(Depot.objects.values_list("version", flat=True)) == [1, 2]
    assert (second.contenu["reference"], relu.lignes_budget.count()) == ("AAP27-0001", 3)


@pytest.mark.django_db(transaction=True)
def test_vingt_depots_simultanes_donnent_vingt_numeros_de_suite():
    appel, territoire = appel_ouvert(), TerritoireFactory()
    projets = [brouillon(appel) for _ in range(20)]
    depart, echecs = threading.Barrier(5), []

    def client(siens):
        try:
            depart.wait()
            for projet, responsable in siens:
                deposer(auteur=responsable, projet=projet, verifie=verifie(projet, territoire=territoire))
        except Exception as echec:
            echecs.append(echec)
        finally:
            connection.close()

    fils = [threading.Thread(target=client, args=(projets[rang::5],)) for rang in range(5)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert echecs == []
    assert list(Projet.objects.order_by("numero").values_list("numero", flat=True)) == list(range(1, 21))
    assert Recepisse.objects.count() == Depot.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_deux_envois_du_meme_projet_ne_deposent_qu_une_fois():
    projet, responsable = brouillon()
    dossier, depart, refus = verifie(projet), threading.Barrier(2), []

    def client():
        try:
            depart.wait()
            deposer(auteur=responsable, projet=projet, verifie=dossier)
        except PassageRefuse as echec:
            refus.append(str(echec))
        finally:
            connection.close()

    fils = [threading.Thread(target=client) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert (len(refus), Depot.objects.count(), Courriel.objects.count()) == (1, 1, 1)


@pytest.mark.django_db
def test_un_depot_previent_les_instructeurs_du_territoire_une_fois_par_courriel_groupe():
    territoire = TerritoireFactory()
    instructeur, ailleurs = (PersonneFactory(instructeur=True) for _ in range(2))
    instructeur.territoires.add(territoire)
    ailleurs.territoires.add(TerritoireFactory())
    PersonneFactory(pilote=True)
    appel = appel_ouvert()
    for _ in range(2):
        projet, responsable = brouillon(appel)
        deposer(auteur=responsable, projet=projet, verifie=verifie(projet, territoire=territoire))
    (avis,) = Avis.objects.all()
    assert (avis.personne, avis.lien) == (instructeur, "/instruction/?portee=territoire&etat=depose&tri=-depose")
    assert avis.texte.startswith("De nouveaux projets sont déposés sur vos territoires, dont «\u00a0")
    grouper_les_avis()
    projet, responsable = brouillon(appel)
    deposer(auteur=responsable, projet=projet, verifie=verifie(projet, territoire=territoire))
    assert Avis.objects.filter(personne=instructeur).count() == 2
