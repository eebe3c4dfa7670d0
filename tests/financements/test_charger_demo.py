"""`manage.py charger_demo` : la base donne les chiffres publiés, chargée une fois ou deux."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F, Sum
from django.utils import timezone

from comptes.demonstration import INSTRUCTEURS_D_ESSAI
from comptes.models import Adhesion, Organisme, Personne
from config.socle.models import Journal
from financements.actions.charger_demonstration import SLUG, Bilan, charger_demonstration
from financements.actions.importer_programme import importer_programme
from financements.chiffres.exports.progiciel import EnvoiAuProgiciel
from financements.chiffres.perimetre import Perimetre
from financements.demonstration.appel_suivant import SLUG_SUIVANT
from financements.demonstration.arbitrage.reglages import SLUG_EN_ARBITRAGE
from financements.demonstration.fichier import ecrire_csv
from financements.demonstration.generer import generer_programme
from financements.demonstration.instruction.reglages import SLUG_EN_INSTRUCTION
from financements.exports.progiciel import ecrire_l_envoi
from financements.models import (
    Action,
    AttestationFse,
    ContrepartieFse,
    Convention,
    CreditAnnuel,
    Dotation,
    Enveloppe,
    ModeleDeConvention,
    MouvementDEngagement,
    Notification,
    OperationFse,
    PartTranche,
    ProcedureContradictoire,
    ProfilDExport,
    Recommande,
    SoldeArrete,
    TitreDeRecette,
    Tranche,
    Versement,
)
from financements.states.echanges import SorteDeProfil
from projets.actions.repartir import proposer
from projets.chiffres.notation import notation_des_projets
from projets.chiffres.suivi import appels_suivis
from projets.forms.dossier.dossier import Dossier
from projets.models import AppelAProjets, Axe, ExerciceProjet, Projet, PropositionAnnuelle
from projets.models.echanges import en_retard
from projets.permissions import depot_est_possible
from territoires.models import Commune, Effectif, Territoire

PUBLIES = {
    1: (38, Decimal("7320000.00")),
    2: (91, Decimal("6580000.00")),
    3: (115, Decimal("15190000.00")),
    4: (219, Decimal("14760000.00")),
    5: (525, Decimal("30430000.00")),
}
TOTAL = Decimal("74280000.00")


@pytest.fixture(scope="module")
def bilan(django_db_setup: None, django_db_blocker) -> Iterator[Bilan]:
    """La démonstration chargée une fois pour tout le module, défaite à la fin."""
    with django_db_blocker.unblock(), transaction.atomic():
        bilan = charger_demonstration()
        connection.check_constraints()  # les contraintes différées, comme à la validation
        yield bilan
        transaction.set_rollback(True)


@pytest.fixture
def demonstration(bilan: Bilan, db: None) -> Bilan:
    return bilan


def photographie() -> dict[str, object]:
    modeles = (Action, Adhesion, Axe, Commune, Dotation, Effectif, Journal, Organisme, Personne, Projet, Tranche)
    return {modele.__name__: sorted(modele.objects.values_list("pk", flat=True)) for modele in modeles} | {
        "parts": list(PartTranche.objects.order_by("pk").values_list("pk", "montant"))
    }


def test_la_base_donne_les_nombres_et_totaux_publies(demonstration: Bilan) -> None:
    axes = Axe.objects.filter(appel__slug=SLUG).annotate(
        actions=Count("projets__action", distinct=True), total=Sum("projets__action__tranches__montant")
    )
    assert {axe.numero: (axe.actions, axe.total) for axe in axes} == PUBLIES
    assert (demonstration.actions, demonstration.total) == (988, TOTAL)
    assert PartTranche.objects.aggregate(somme=Sum("montant"))["somme"] == TOTAL


def test_les_axes_donnent_59_et_41_pour_cent(demonstration: Bilan) -> None:
    def part(annees: list[int]) -> int:
        lignes = Tranche.objects.filter(annee__in=annees).values_list("action__projet__axe__volet")
        volets = dict(lignes.annotate(somme=Sum("montant")).order_by())
        return round(100 * volets["professionnel"] / sum(volets.values()))

    assert [part(annees) for annees in ([2017], [2018], [2016, 2017, 2018])] == [59, 59, 59]


def test_l_enveloppe_est_la_somme_des_tranches_et_le_prorata_la_distribue_toute(demonstration: Bilan) -> None:
    par_annee = dict(Tranche.objects.values_list("annee").annotate(somme=Sum("montant")).order_by())
    assert Enveloppe.objects.get(appel__slug=SLUG).montant_ae == TOTAL == sum(par_annee.values())
    credits_annuels = CreditAnnuel.objects.filter(enveloppe__appel__slug=SLUG)
    assert dict(credits_annuels.values_list("annee", "montant_cp")) == par_annee
    dotations = Dotation.objects.filter(repartition__enveloppe__appel__slug=SLUG)
    assert dict(dotations.values_list("annee").annotate(somme=Sum("montant")).order_by()) == par_annee
    assert Effectif.objects.aggregate(somme=Sum("nombre"))["somme"] == 115_386


def test_territoires_communes_et_organismes_sont_la(demonstration: Bilan) -> None:
    assert (Territoire.objects.count(), Commune.objects.count()) == (8, 648)
    organismes = Organisme.objects.filter(projets__isnull=False).distinct()
    assert organismes.count() == Organisme.objects.count()
    assert demonstration.organismes == organismes.filter(projets__appel__slug=SLUG).count()
    assert 380 <= demonstration.organismes <= 420
    assert organismes.filter(commune__isnull=True).count() == 0
    assert set(Territoire.objects.filter(parts__isnull=True)) == set()


def test_iod_aci_fse_et_couts_suivent_le_fichier(demonstration: Bilan) -> None:
    dispositifs = Projet.objects.filter(appel__slug=SLUG, sous_type__in=["IOD", "ACI"]).values_list(
        "sous_type", "axe__numero"
    )
    assert sorted(dispositifs.annotate(nombre=Count("pk")).order_by()) == [("ACI", 3, 115), ("IOD", 1, 19)]
    assert ContrepartieFse.objects.count() > 80
    couts = ExerciceProjet.objects.filter(projet__appel__slug=SLUG).aggregate(somme=Sum("cout"))["somme"]
    assert couts >= TOTAL + ContrepartieFse.objects.aggregate(somme=Sum("montant_fse"))["somme"]


def test_la_couche_de_chiffres_dit_la_meme_chose(demonstration: Bilan) -> None:
    perimetre = Perimetre.entier(AppelAProjets.objects.get(slug=SLUG))
    assert perimetre.parts().aggregate(somme=Sum("montant"))["somme"] == TOTAL


def test_l_appel_dit_ce_qu_il_demandait_et_comment_il_notait(demonstration: Bilan) -> None:
    appel = AppelAProjets.objects.get(slug=SLUG)
    assert list(appel.criteres.order_by("ordre").values_list("poids", flat=True)) == [25, 20, 20, 10, 10, 15]
    assert (appel.pieces.count(), appel.questions.count()) == (7, 8)
    assert appel.pieces.get(axe__numero=3).intitule == "Convention d’atelier et chantier d’insertion"


def test_un_compte_par_role_avec_son_perimetre(demonstration: Bilan) -> None:
    correspondants = Personne.objects.filter(email__endswith="@organisme.exemple.fr")  # ils reçoivent des lettres
    assert {(un.role, un.has_usable_password()) for un in correspondants} == {("porteur", False)}
    personnes = {personne.email: personne for personne in Personne.objects.difference(correspondants)}
    assert {email: str(personne.role) for email, personne in personnes.items()} == {
        "porteur@exemple.fr": "porteur",
        "instructeur@exemple.fr": "instructeur",
        "pilote@exemple.fr": "pilote",
        "finances@exemple.fr": "finances",
        "lecture@exemple.fr": "lecture",
        "admin@exemple.fr": "administrateur",
        **{collegue.email: "instructeur" for collegue in INSTRUCTEURS_D_ESSAI},
    }
    assert {personne.check_password("mille-actions") for personne in personnes.values()} == {True}
    assert personnes["porteur@exemple.fr"].organismes.count() == 2
    assert set(personnes["instructeur@exemple.fr"].territoires.values_list("code", flat=True)) == {"DOU", "VAL"}
    assert Territoire.objects.filter(instructeurs__isnull=True).count() == 0


def test_une_deliberation_a_ses_lettres_lues_ou_postees(demonstration: Bilan) -> None:
    lettres = Notification.objects.en_lettres().filter(decision__projet__appel__slug=SLUG)
    par_la_poste, lues = lettres.en_recommande(), lettres.filter(lecture__isnull=False)
    assert lettres.count() == 38
    assert min(par_la_poste.count(), lues.count(), lettres.non_lues().count()) > 3
    assert par_la_poste.count() + lues.count() + lettres.non_lues().count() == 38
    assert lues.filter(lecture__lue_le__lte=F("notifiee_le")).count() == 0
    assert Recommande.objects.filter(notification__in=par_la_poste).count() == par_la_poste.count()


def test_les_finances_ont_leurs_profils_et_une_attestation_du_fse(demonstration: Bilan) -> None:
    assert sorted(ProfilDExport.objects.values_list("sorte", flat=True)) == ["engagements", "liquidations", "retour"]
    assert (OperationFse.objects.count(), AttestationFse.objects.count()) == (3, 1)
    appel = AppelAProjets.objects.get(slug=SLUG)
    siennes = Action.objects.filter(projet__appel=appel)
    envoi = EnvoiAuProgiciel(appel, siennes, SorteDeProfil.ENGAGEMENTS, exercice=2016)
    profil = ProfilDExport.objects.get(sorte="engagements")
    assert ecrire_l_envoi(BytesIO(), profil, envoi).nombre == envoi.nombre > 800


def test_une_convention_a_les_articles_du_modele(demonstration: Bilan) -> None:
    modele = ModeleDeConvention.objects.get(appel__slug=SLUG)
    lues = Convention.objects.filter(action__projet__appel__slug=SLUG)
    assert {len(une.contenu["articles"]) for une in lues} == {len(modele.articles)}
    une = lues.select_related("action__projet__organisme").first()
    assert une is not None
    assert une.action.projet.organisme.nom in une.contenu["articles"][0]["texte"]


def test_recharger_ne_change_rien(demonstration: Bilan) -> None:
    Personne.objects.filter(email="pilote@exemple.fr").update(nom="Renommée")
    avant = photographie()
    assert charger_demonstration() == demonstration
    assert photographie() == avant
    assert Personne.objects.get(email="pilote@exemple.fr").nom == "Renommée"


def test_la_commande_dit_ce_que_la_base_contient(demonstration: Bilan) -> None:
    sortie = StringIO()
    call_command("charger_demo", stdout=sortie)
    debut, _, _ = sortie.getvalue().rpartition(" (")
    montant = "74\u202f280\u202f000,00\u00a0€"
    assert debut == f"Démonstration chargée : 988 actions, {demonstration.organismes} organismes, {montant}"


def test_le_meme_programme_en_csv_ne_change_rien(demonstration: Bilan, tmp_path: Path) -> None:
    avant = photographie()
    chemin = tmp_path / "programme.csv"
    ecrire_csv(generer_programme(), chemin)
    rendu = importer_programme(auteur=None, appel=AppelAProjets.objects.get(slug=SLUG), chemin=chemin)
    assert (rendu.erreurs, rendu.creees, rendu.inchangees) == ([], 0, 988)
    assert photographie() == avant


@pytest.fixture
def brouillons(demonstration: Bilan) -> list[Projet]:
    """Ceux du porteur d’essai sur l’appel suivant, dans l’ordre où ils ont été ouverts."""
    return list(Projet.objects.filter(appel__slug=SLUG_SUIVANT).en_dossier().order_by("pk"))


def test_l_appel_suivant_recoit_des_projets(brouillons: list[Projet]) -> None:
    appel = AppelAProjets.objects.get(slug=SLUG_SUIVANT)
    assert (appel.etat, appel.axes.count(), appel.pieces.count(), appel.questions.count(), appel.prefixe) == (
        "ouvert", 5, 7, 8, "AAP27",
    )  # fmt: skip
    assert depot_est_possible(appel, brouillons[0].organisme, timezone.now())


def test_au_premier_brouillon_il_ne_manque_que_ce_que_le_porteur_seul_peut_dire(brouillons: list[Projet]) -> None:
    assert [(m.etape, m.libelle) for m in Dossier(brouillons[0]).manques] == [
        ("organisme", "Fiche de l’organisme"),
        ("pieces", "Comptes approuvés du dernier exercice"),
        ("pieces", "Relevé d’identité bancaire"),
        ("pieces", "Rapport d’activité du dernier exercice"),
    ]


def test_le_programme_rejoue_attend_l_arbitrage_pour_la_meme_enveloppe(demonstration: Bilan) -> None:
    appel = AppelAProjets.objects.get(slug=SLUG_EN_ARBITRAGE)
    assert (str(appel.etat), appel.enveloppe.montant_ae) == ("arbitrage", TOTAL)
    projets = Projet.objects.filter(appel=appel)
    assert Counter(projets.values_list("etat", flat=True)) == {
        "presente": 1310, "instruit": 25, "irrecevable": 6, "retire": 5, "classe": 4,
    }  # fmt: skip
    propose = PropositionAnnuelle.objects.filter(avis__projet__in=projets, avis__sens="favorable")
    ratio = propose.aggregate(somme=Sum("montant"))["somme"] / TOTAL
    assert Decimal("1.10") <= ratio <= Decimal("1.20")
    sens = Counter(projets.filter(avis__isnull=False).values_list("avis__sens", flat=True))
    assert all(sens[un] >= 30 for un in ("favorable", "reserve", "defavorable"))
    totaux = [bilan.moyenne for bilan in notation_des_projets(projets.values_list("pk", flat=True)).values()]
    notes = [moyenne for moyenne in totaux if moyenne is not None]
    assert (len(notes), min(notes) >= 35, max(notes) <= 95) == (1335, True, True)


def test_le_programme_rejoue_ne_double_rien(demonstration: Bilan) -> None:
    rejoues = Projet.objects.filter(appel__slug=SLUG_EN_ARBITRAGE)
    autres = Projet.objects.exclude(appel__slug=SLUG_EN_ARBITRAGE)

    def sirens(projets) -> set[str]:
        return {siret[:9] for siret in projets.values_list("organisme__siret", flat=True)}

    assert not sirens(rejoues) & sirens(autres)
    porteur = Personne.objects.get(email="porteur@exemple.fr")
    assert not Projet.objects.visibles_par(porteur).filter(pk__in=rejoues).exists()
    assert not rejoues.filter(en_retard(timezone.localdate())).exists()
    assert AppelAProjets.objects.votes_d_abord()[0].slug == SLUG
    assert [appel.slug for appel in AppelAProjets.objects.ouverts()] == [SLUG_SUIVANT]
    pilote = Personne.objects.get(email="pilote@exemple.fr")
    assert appels_suivis(pilote)[0].slug == SLUG_EN_INSTRUCTION
    attribues = {attribution.projet.pk for attribution in proposer(auteur=pilote).attributions}
    assert not attribues & set(rejoues.values_list("pk", flat=True))


def test_le_programme_s_execute_2016_payee_2017_en_cours_et_chaque_engagement_a_ses_versements(demonstration):
    del demonstration
    vivants = Versement.objects.exclude(etat="annule").order_by()
    prevus = vivants.values_list("action", "exercice").annotate(Sum("montant"))
    engages = MouvementDEngagement.objects.order_by().values_list("action", "exercice").annotate(Sum("montant"))
    assert {ligne for ligne in engages if ligne[2]} == set(prevus)
    etats = Versement.objects.order_by().values_list("exercice", "etat").annotate(Count("pk"))
    comptes = {(exercice, etat): nombre for exercice, etat, nombre in etats}
    assert {etat for exercice, etat in comptes if exercice == 2016} == {"paye"}
    assert {etat for exercice, etat in comptes if exercice == 2017} == {
        "annule",
        "liquide",
        "mandate",
        "paye",
        "prevu",
        "rejete",
        "suspendu",
    }
    assert {etat for exercice, etat in comptes if exercice > 2017} == {"prevu", "suspendu"}
    assert list(TitreDeRecette.objects.order_by("pk").values_list("etat", flat=True)) == ["emis", "a_emettre"]
    procedures = ProcedureContradictoire.objects.order_by("pk").values_list("sorte", "etat")
    assert list(procedures) == [
        ("suspension", "decidee"),
        ("reversement", "decidee"),
        ("reversement", "decidee"),
        ("reduction", "engagee"),
    ]
    titre = TitreDeRecette.objects.first()
    assert titre.montant == SoldeArrete.objects.get(action=titre.action).trop_verse
