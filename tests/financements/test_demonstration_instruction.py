"""L’appel de démonstration en instruction : des dépôts tels que les vrais actes les auraient laissés."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Max, Q, Sum
from django.utils import timezone

from comptes.models import Document, Personne
from comptes.states import Role
from config.socle.models import Journal
from financements.actions.charger_appel_en_instruction import charger_appel_en_instruction
from financements.demonstration.generer import generer_programme
from financements.demonstration.instruction.copie import declarations_de
from financements.demonstration.instruction.projets import tirer_projets
from projets.chiffres.analyse import reperes
from projets.chiffres.notation import notation_des_projets
from projets.forms.dossier.copie import copie
from projets.forms.dossier.dossier import Dossier, Referentiel
from projets.models import (
    Affectation,
    AppelAProjets,
    AvisExterne,
    Cofinancement,
    Commentaire,
    DemandeDeComplement,
    Depot,
    ExerciceProjet,
    MessageDuProjet,
    Notation,
    PieceJointe,
    Projet,
    Saisie,
)
from projets.permissions import depot_est_possible
from projets.rules.depot import empreinte
from projets.states import CYCLE_PROJET, Qualite
from territoires.actions.charger_nord import charger_nord
from territoires.models import Territoire
from tests.comptes.fabriques import PersonneFactory, ResponsableFactory
from tests.mesures.donnees import organismes_du_programme

LIGNES = generer_programme()
DU_DEPOT = {"reference", "depose_le", "depose_par"}


@pytest.fixture(scope="module")
def appel_charge(django_db_setup: None, django_db_blocker) -> Iterator[AppelAProjets]:
    """L’appel chargé une fois pour tout le module, défait à la fin."""
    with django_db_blocker.unblock(), transaction.atomic():
        charger_nord(auteur=None)
        organismes = organismes_du_programme(LIGNES)
        porteur = PersonneFactory(role=Role.PORTEUR, email="porteur@exemple.fr")
        for ligne in (LIGNES[400], LIGNES[500]):
            ResponsableFactory(personne=porteur, organisme=organismes[ligne.organisme.siret])
        PersonneFactory(role=Role.PILOTE)
        instructeur = PersonneFactory(role=Role.INSTRUCTEUR)
        instructeur.territoires.set(Territoire.objects.filter(code__in=["DOU", "VAL"]))
        for _ in range(3):  # ses collègues, pour une deuxième et une troisième notation
            PersonneFactory(role=Role.INSTRUCTEUR)
        appel = charger_appel_en_instruction(LIGNES, porteur)
        connection.check_constraints()  # les contraintes différées, comme à la validation
        yield appel
        transaction.set_rollback(True)


@pytest.fixture
def appel(appel_charge: AppelAProjets, db: None) -> AppelAProjets:
    return appel_charge


def test_l_appel_est_clos_depuis_vingt_cinq_jours_et_a_sa_grille(appel: AppelAProjets) -> None:
    assert timezone.localdate() - timezone.localtime(appel.ferme_le).date() == timedelta(days=25)
    assert (appel.prefixe, str(appel.etat), appel.est_fictif) == ("AAP26", "instruction", True)
    assert not depot_est_possible(appel, Projet.objects.filter(appel=appel)[0].organisme, timezone.now())
    grille = list(appel.criteres.order_by("ordre").values_list("poids", "note_maximale", "note_plancher"))
    assert grille == [(25, 5, 2), (20, 5, None), (20, 5, None), (10, 5, None), (10, 5, None), (15, 5, None)]
    assert (appel.axes.count(), appel.pieces.count(), appel.questions.count()) == (5, 6, 8)


def test_deux_cent_quarante_projets_a_tous_les_stades(appel: AppelAProjets) -> None:
    projets = Projet.objects.filter(appel=appel)
    assert Counter(projets.values_list("etat", flat=True)) == {
        "recevable": 84, "depose": 62, "instruit": 34, "incomplet": 26, "complete": 18, "irrecevable": 9, "retire": 7,
    }  # fmt: skip
    assert list(projets.order_by("numero").values_list("numero", flat=True)) == list(range(1, 241))
    assert projets.values("parts__territoire").distinct().count() == 8
    assert projets.values("axe").distinct().count() == 5


def test_les_depots_se_suivent_avant_la_cloture_la_plupart_les_deux_derniers_jours(appel: AppelAProjets) -> None:
    depots = list(Projet.objects.filter(appel=appel).order_by("numero").values_list("depose_le", flat=True))
    assert depots == sorted(depots)
    assert appel.ouvre_le < depots[0] < depots[-1] < appel.ferme_le
    assert sum(appel.ferme_le - instant <= timedelta(days=2) for instant in depots) > 120


def test_chaque_copie_figee_est_celle_que_le_dossier_composerait(appel: AppelAProjets) -> None:
    referentiel = Referentiel()
    derniers = Depot.objects.annotate(derniere=Max("projet__depots__version")).filter(version=F("derniere"))
    figes = {depot.projet_id: depot for depot in derniers.filter(projet__appel=appel)}
    ecarts = []
    for projet in Projet.objects.filter(appel=appel, numero__lte=60).en_dossier():
        dossier = Dossier(projet, referentiel)
        attendu = {**copie(dossier), "attestations": declarations_de(dossier)}
        depot = figes[projet.pk]
        fige = {cle: valeur for cle, valeur in depot.contenu.items() if cle not in DU_DEPOT}
        if dossier.manques or fige != attendu or depot.empreinte != empreinte(depot.contenu):
            ecarts.append((projet.numero, dossier.manques))
    assert ecarts == []


def test_les_donnees_des_listes_sont_celles_du_dernier_depot(appel: AppelAProjets) -> None:
    for projet in Projet.objects.filter(appel=appel, numero__lte=40).avec_montants():
        contenu = projet.depots.order_by("version").last().contenu
        totaux = {tableau["titre"]: tableau["total"][-1] for tableau in contenu["budget"]}
        assert totaux["Charges"] == totaux["Produits"] == projet.cout_total * 100
        assert projet.saisies.count() == len(contenu["saisies"])


def test_un_complement_rendu_a_une_seconde_version_qui_differe(appel: AppelAProjets) -> None:
    rendus = Projet.objects.filter(appel=appel, depots__version=2)
    assert Counter(rendus.values_list("etat", flat=True)) == {"complete": 18, "recevable": 14, "instruit": 14}
    for projet in rendus:
        avant, apres = (depot.contenu for depot in projet.depots.order_by("version"))
        assert avant["budget"] != apres["budget"]
        assert avant["pieces"] != apres["pieces"]
        assert avant["saisies"]["resultats"] != apres["saisies"]["resultats"]
        assert all(piece.est_telechargeable for depot in projet.depots.all() for piece in depot.pieces_deposees)
    assert not DemandeDeComplement.objects.filter(projet__in=rendus, repondue_le__isnull=True).exists()


def test_huit_incomplets_sont_en_retard(appel: AppelAProjets) -> None:
    incomplets = DemandeDeComplement.objects.filter(projet__appel=appel, repondue_le__isnull=True)
    assert set(incomplets.values_list("projet__etat", flat=True)) == {"incomplet"}
    assert incomplets.filter(echeance__lt=timezone.localdate()).count() == 8
    assert incomplets.count() == 26


def test_le_porteur_d_essai_a_trois_projets_et_ses_fichiers_a_lui(appel: AppelAProjets) -> None:
    porteur = Personne.objects.get(email="porteur@exemple.fr")
    siens = Projet.objects.visibles_par(porteur).filter(appel=appel)
    assert sorted(siens.values_list("etat", flat=True)) == ["depose", "incomplet", "recevable"]
    assert DemandeDeComplement.objects.get(projet__in=siens, repondue_le__isnull=True).echeance >= timezone.localdate()
    fichiers = set(Document.objects.filter(organisme__in=siens.values("organisme")).values_list("fichier", flat=True))
    autres = Document.objects.exclude(organisme__in=siens.values("organisme"))
    assert autres.filter(fichier__in=fichiers).count() == 0
    assert autres.values("fichier").distinct().count() == 7


def test_chaque_document_s_ouvre_et_a_son_empreinte(appel: AppelAProjets) -> None:
    for document in {d.empreinte: d for d in Document.objects.all()}.values():
        with document.fichier.open("rb") as lu:
            octets = lu.read()
        assert (octets[:5], len(octets)) == (b"%PDF-", document.taille)
    assert not PieceJointe.objects.filter(projet__appel=appel).exclude(projet__organisme=F("document__organisme"))


def test_le_journal_suit_la_table_des_passages_dans_l_ordre_du_temps(appel: AppelAProjets) -> None:
    etats = dict(Projet.objects.filter(appel=appel).values_list("pk", "etat"))
    lignes = Journal.objects.filter(objet_type="projets.Projet", objet_id__in=map(str, etats)).order_by("quand", "pk")
    atteints = dict.fromkeys(etats, "brouillon")
    for ligne in lignes.filter(acte__in=[passage.acte for passage in CYCLE_PROJET.passages]):
        atteints[int(ligne.objet_id)] = CYCLE_PROJET.franchir(ligne.acte, atteints[int(ligne.objet_id)])
    assert atteints == etats
    assert lignes.filter(quand__gt=timezone.now()).count() == 0
    assert lignes.filter(acte="creer_projet").count() == 240
    confies = lignes.filter(acte="affecter").values_list("objet_id", flat=True)
    assert sorted(map(int, confies)) == sorted(Affectation.objects.values_list("projet", flat=True))


def test_des_anomalies_attendent_l_instruction(appel: AppelAProjets) -> None:
    du_meme = Cofinancement.objects.filter(projet__appel=appel).exclude(precision="")
    doubles = du_meme.values("projet", "precision").annotate(fois=Count("pk")).filter(fois__gt=1)
    assert doubles.count() >= 5
    fse = Projet.objects.filter(appel=appel, cofinancements__financeur="fse")
    jumeaux = [p for p in fse if fse.filter(organisme=p.organisme, intitule__startswith=f"{p.intitule}, deux")]
    assert len(jumeaux) >= 2
    annees = ExerciceProjet.objects.filter(projet__appel=appel)
    premiers = dict(annees.filter(annee=2026).values_list("projet", "cout"))
    assert (
        sum(cout > 2 * premiers.get(pk, cout) for pk, cout in annees.filter(annee=2028).values_list("projet", "cout"))
        > 8
    )
    chers = annees.filter(montant_demande__gt=F("projet__allocataires_prevus") * 3000)
    assert chers.exists()


def test_chaque_projet_a_son_chef_de_file_sauf_quelques_uns(appel: AppelAProjets) -> None:
    chefs = Affectation.objects.filter(projet__appel=appel, qualite=Qualite.CHEF_DE_FILE)
    assert chefs.count() > 200
    sans = Projet.objects.filter(appel=appel, affectations__isnull=True)
    assert set(sans.values_list("etat", flat=True)) == {"depose", "retire"}
    associes = Affectation.objects.filter(projet__appel=appel, qualite=Qualite.ASSOCIE)
    assert associes.exists()
    assert not associes.filter(territoire__isnull=True).exists()


def test_la_recevabilite_est_controlee_et_les_irrecevabilites_prononcees(appel: AppelAProjets) -> None:
    examines = Projet.objects.filter(appel=appel, etat__in=["recevable", "instruit", "irrecevable"])
    reponses = examines.annotate(reponses=Count("controles")).values_list("reponses", flat=True)
    assert set(reponses) == {appel.points_de_recevabilite.count()}
    irrecevables = Projet.objects.filter(irrecevabilites__levee_le__isnull=True, irrecevabilites__isnull=False)
    assert set(irrecevables.values_list("etat", flat=True)) == {"irrecevable"}
    assert irrecevables.count() == 9
    assert Commentaire.objects.filter(projet__appel=appel).count() == 10


def test_le_porteur_et_le_service_s_ecrivent_et_un_avis_s_attend_au_dehors(appel: AppelAProjets) -> None:
    messages = MessageDuProjet.objects.filter(projet__appel=appel)
    assert Counter(messages.values_list("projet__etat", "auteur__role")) == {
        ("incomplet", "porteur"): 1, ("incomplet", "pilote"): 1,
        ("recevable", "porteur"): 1, ("recevable", "pilote"): 1,
    }, "sans instructeur sur leurs territoires, le pilote répond"  # fmt: skip
    (avis,) = AvisExterne.objects.filter(projet__appel=appel)
    assert (avis.situation, avis.projet.etat) == ("attendu", "recevable")


def test_les_textes_contractent_l_article(appel: AppelAProjets) -> None:
    fautes = Saisie.objects.filter(projet__appel=appel, valeur__regex="(de|à) le(s?) [A-Z]")
    assert fautes.count() == 0


def test_un_cout_inhabituel_reste_l_exception(appel: AppelAProjets) -> None:
    """De trois à dix projets sur cent : la démonstration en rend exprès six sur cent trop chers."""
    projets = Projet.objects.filter(appel=appel)
    inhabituels = [projet.numero for projet in projets if reperes(projet).ecart]
    assert 3 * 240 <= 100 * len(inhabituels) <= 10 * 240, inhabituels


def test_le_tirage_est_le_meme_a_chaque_fois() -> None:
    assert tirer_projets(LIGNES, nombre=30) == tirer_projets(LIGNES, nombre=30)


def test_recharger_ne_change_rien(appel: AppelAProjets) -> None:
    def compter() -> list[int]:
        return [modele.objects.count() for modele in (AppelAProjets, Projet, Depot, Document, Journal, Saisie)]

    avant = compter()
    assert charger_appel_en_instruction(LIGNES, Personne.objects.get(email="porteur@exemple.fr")) == appel
    assert compter() == avant


def test_les_montants_sont_plausibles(appel: AppelAProjets) -> None:
    sommes = Projet.objects.filter(appel=appel).aggregate(
        demande=Sum("exercices__montant_demande"), sans=Count("pk", filter=Q(exercices__isnull=True))
    )
    assert sommes["sans"] == 0
    assert 10_000_000 < sommes["demande"] < 40_000_000


def test_les_projets_instruits_sont_notes_autant_qu_il_faut_et_ont_leur_avis(appel: AppelAProjets) -> None:
    instruits = list(Projet.objects.filter(appel=appel, etat="instruit").prefetch_related("avis__propositions"))
    bilans = notation_des_projets([projet.pk for projet in instruits])
    assert {bilan.manquantes(appel) for bilan in bilans.values()} == {0}
    assert {projet.avis.count() for projet in instruits} == {1}
    actes = Journal.objects.filter(objet_type="projets.Projet", acte="rendre_un_avis")
    dates = {int(pk): quand for pk, quand in actes.values_list("objet_id", "quand")}
    assert {projet.pk: projet.avis.get().rendu_le for projet in instruits} == dates
    assert len({quand.isocalendar()[:2] for quand in dates.values()}) >= 3
    assert {bilan.ecart_est_trop_grand(appel) for bilan in bilans.values()} == {True, False}
    recevables = Projet.objects.filter(appel=appel, etat="recevable").values_list("pk", flat=True)
    assert {bilan.nombre for bilan in notation_des_projets(recevables).values()} == {0, 1, 2}
    assert not Notation.objects.exclude(projet__etat__in=["recevable", "instruit"]).exists()
