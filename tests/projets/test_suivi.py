"""Après le dépôt : messages, compléments, retrait, copie, rappels. Chaque acte, par chaque mauvais rôle et état."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from comptes.actions.avis import grouper_les_avis
from comptes.models import Avis, Courriel, Organisme
from comptes.states import Role, RoleOrganisme
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.copier_projet import copier_projet
from projets.actions.deposer import completer, deposer
from projets.actions.echanges import demander_un_complement, ecrire_un_message
from projets.actions.relancer import rappeler_les_echeances
from projets.actions.retirer import retirer_projet
from projets.models import DemandeDeComplement, MessageDuProjet, PartProjet, Projet, Saisie
from projets.rules.depot import DUREE_MAXIMALE
from projets.rules.transposition import annees_en_regard, transposer
from projets.states import CYCLE_PROJET, EtatProjet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory, ResponsableFactory
from tests.projets.fabriques import AxeFactory, ProjetFactory, ProlongationFactory, QuestionFactory
from tests.projets.test_deposer import appel_ouvert, brouillon, verifie
from tests.territoires.fabriques import TerritoireFactory


def demain() -> date:
    """Lu à chaque essai : la suite peut passer minuit."""
    return timezone.localdate() + timedelta(days=1)


@pytest.fixture
def depose(db):
    """Un projet déposé sur un territoire, son responsable, et l’instructeur de ce territoire."""
    projet, responsable = brouillon()
    territoire = TerritoireFactory()
    deposer(auteur=responsable, projet=projet, verifie=verifie(projet, territoire=territoire))
    instructeur = PersonneFactory(role=Role.INSTRUCTEUR)
    instructeur.territoires.add(territoire)
    return Projet.objects.get(pk=projet.pk), responsable, instructeur


def test_un_message_previent_l_autre_cote(depose):
    projet, responsable, instructeur = depose
    ecrire_un_message(auteur=responsable, projet=projet, texte=" Bonjour. ")
    ecrire_un_message(auteur=instructeur, projet=projet, texte="Bien reçu.")
    assert list(MessageDuProjet.objects.values_list("auteur", "texte")) == [
        (responsable.pk, "Bonjour."),
        (instructeur.pk, "Bien reçu."),
    ]
    assert list(Avis.objects.values_list("personne", "lien")) == [
        (instructeur.pk, f"/projets/{projet.pk}/"),
        (responsable.pk, f"/projets/{projet.pk}/"),
    ]


def test_un_message_vide_est_refuse(depose):
    projet, responsable, _ = depose
    with pytest.raises(ValidationError):
        ecrire_un_message(auteur=responsable, projet=projet, texte="  ")


@pytest.mark.parametrize("role", [r for r in Role if r != Role.PILOTE])
def test_qui_n_instruit_pas_ce_projet_n_y_ecrit_pas(depose, role):
    projet, _, _ = depose
    etranger = PersonneFactory(role=role)
    for acte in (
        lambda: ecrire_un_message(auteur=etranger, projet=projet, texte="Bonjour."),
        lambda: demander_un_complement(auteur=etranger, projet=projet, texte="Le RIB", echeance=demain()),
        lambda: retirer_projet(auteur=etranger, projet=projet, motif="Parce que"),
    ):
        with pytest.raises(PermissionDenied):
            acte()


def test_un_brouillon_ne_recoit_pas_de_message(db):
    projet, responsable = brouillon()
    with pytest.raises(PermissionDenied):
        ecrire_un_message(auteur=responsable, projet=projet, texte="Bonjour.")


def test_plusieurs_avis_font_un_seul_courriel(depose):
    projet, responsable, instructeur = depose
    for texte in ("Un.", "Deux."):
        ecrire_un_message(auteur=instructeur, projet=projet, texte=texte)
    Courriel.objects.all().delete()
    assert (grouper_les_avis(), grouper_les_avis()) == (1, 0)
    courriel = Courriel.objects.get()
    assert (courriel.destinataire, courriel.objet) == (
        responsable.email, "[Mille actions] 2 nouvelles de vos projets",
    )  # fmt: skip


def test_le_complement_va_et_revient(depose):
    projet, responsable, instructeur = depose
    demande = demander_un_complement(auteur=instructeur, projet=projet, texte="Le RIB manque.", echeance=demain())
    projet.refresh_from_db()
    assert (projet.etat, projet.est_modifiable, demande.repondue_le) == ("incomplet", True, None)
    depot = completer(auteur=responsable, projet=projet, verifie=verifie(projet))
    demande.refresh_from_db()
    projet.refresh_from_db()
    assert (projet.etat, depot.version, demande.repondue_le) == ("complete", 2, depot.depose_le)


def test_une_demande_de_complement_dit_ou_elle_est_partie_et_le_redit_au_second_clic(depose):
    projet, responsable, instructeur = depose
    Organisme.objects.filter(pk=projet.organisme_id).update(courriel="Accueil@exemple.fr")
    attendues = [responsable.email, "accueil@exemple.fr"]
    deux_fois = [
        demander_un_complement(auteur=instructeur, projet=projet, texte="Le RIB manque.", echeance=demain())
        for _ in range(2)
    ]
    assert [list(demande.prevenus) for demande in deux_fois] == [attendues, attendues]
    demandes = Courriel.objects.filter(objet__contains="Complément demandé").order_by("pk")
    assert list(demandes.values_list("destinataire", flat=True)) == attendues


@pytest.mark.parametrize(
    "etat", [e for e in EtatProjet if e.value not in CYCLE_PROJET.passage("demander_une_piece").depuis]
)
def test_un_complement_ne_se_demande_pas_dans_un_autre_etat(depose, etat):
    projet, _, instructeur = depose
    Projet.objects.filter(pk=projet.pk).update(etat=etat)
    attendu = PermissionDenied if etat == EtatProjet.BROUILLON else PassageRefuse
    with pytest.raises(attendu):
        demander_un_complement(auteur=instructeur, projet=projet, texte="Le RIB", echeance=demain())
    assert not DemandeDeComplement.objects.exists()


def test_une_echeance_passee_est_refusee(depose):
    projet, _, instructeur = depose
    with pytest.raises(ValidationError, match="à venir"):
        demander_un_complement(auteur=instructeur, projet=projet, texte="Le RIB", echeance=timezone.localdate())
    assert Projet.objects.get().etat == "depose"


def test_une_echeance_trop_lointaine_est_refusee(depose):
    projet, _, instructeur = depose
    dernier = timezone.localdate() + DUREE_MAXIMALE
    with pytest.raises(ValidationError, match="dans 60 jours au plus"):
        demander_un_complement(auteur=instructeur, projet=projet, texte="Le RIB", echeance=dernier + timedelta(days=1))
    assert demander_un_complement(auteur=instructeur, projet=projet, texte="Le RIB", echeance=dernier).pk


def test_la_demande_part_aussitot_et_entiere_a_l_organisme_et_a_ses_personnes(depose):
    projet, responsable, instructeur = depose
    collegue = AdhesionFactory(organisme=projet.organisme).personne
    AdhesionFactory(organisme=projet.organisme, personne__is_active=False)
    Organisme.objects.filter(pk=projet.organisme_id).update(courriel="Bureau@asso.exemple.fr")
    Courriel.objects.all().delete()
    Avis.objects.all().delete()
    texte = "Le RIB manque.\nLes statuts ne sont pas signés."
    demander_un_complement(auteur=instructeur, projet=projet, texte=texte, echeance=demain())
    courriels = Courriel.objects.order_by("pk")
    siens = ["bureau@asso.exemple.fr", responsable.email, collegue.email]
    assert sorted(c.destinataire for c in courriels) == sorted(siens)
    assert {(c.objet, texte in c.texte, f"/mes-projets/{projet.pk}/verification/" in c.texte) for c in courriels} == {
        (f"[Mille actions] Complément demandé avant le {demain():%d/%m/%Y} : {projet.reference}", True, True)
    }
    assert Avis.objects.count() == 0  # la même nouvelle n’est pas dite deux fois


@pytest.mark.parametrize("etat", [e for e in EtatProjet if e.value not in CYCLE_PROJET.passage("retirer").depuis])
def test_un_projet_decide_ne_se_retire_plus(depose, etat):
    projet, responsable, _ = depose
    Projet.objects.filter(pk=projet.pk).update(etat=etat)
    with pytest.raises(PassageRefuse):
        retirer_projet(auteur=responsable, projet=projet, motif="Changement de cap")


def test_un_retrait_a_un_motif_garde_au_journal(depose):
    projet, responsable, _ = depose
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        retirer_projet(auteur=responsable, projet=projet, motif=" ")
    retirer_projet(auteur=responsable, projet=projet, motif="Changement de cap")
    ligne = Journal.objects.get(acte="retirer")
    assert (Projet.objects.get().etat, ligne.avant, ligne.apres) == (
        "retire", {"etat": "depose"}, {"etat": "retire", "motif": "Changement de cap"},
    )  # fmt: skip


def test_un_redacteur_retire_un_brouillon_mais_pas_un_projet_depose(depose):
    projet, _, _ = depose
    redacteur = AdhesionFactory(organisme=projet.organisme, role=RoleOrganisme.REDACTEUR).personne
    with pytest.raises(PermissionDenied):
        retirer_projet(auteur=redacteur, projet=projet, motif="Non")
    autre = Projet.objects.create(appel=projet.appel, axe=projet.axe, organisme=projet.organisme, intitule="Autre")
    assert retirer_projet(auteur=redacteur, projet=autre, motif="Doublon").etat == "retire"


def test_un_brouillon_retire_reste_invisible_des_agents(db):
    projet, responsable = brouillon()
    retirer_projet(auteur=responsable, projet=projet, motif="Doublon")
    assert list(Projet.objects.visibles_par(PersonneFactory(role=Role.PILOTE))) == []


def test_la_copie_reprend_ce_qui_a_une_place_et_rien_d_autre():
    saisies = {
        "objectifs": "Aider",
        "allocataires_2016": "12",
        "allocataires_2018": "14",
        "c_641_2016": "1000",
        "question_2016": "Oui",
        "question_5": "Perdue",
        "debut": "01/02/2016",
        "vide": "",
    }
    assert transposer(
        saisies,
        annees=annees_en_regard([2016, 2017, 2018], [2027, 2028]),
        questions={2016: 77},
        meme_appel=False,
    ) == {"objectifs": "Aider", "allocataires_2027": "12", "c_641_2027": "1000", "question_77": "Oui"}


def test_copier_un_projet_d_un_appel_passe(db):
    responsable = ResponsableFactory()
    nord = TerritoireFactory(code="NORD")
    ancien = ProjetFactory(
        organisme=responsable.organisme, territoires={nord: 100}, intitule="Chantier", allocataires_prevus=12
    )
    vieille = QuestionFactory(appel=ancien.appel, intitule="Pourquoi ?")
    Saisie.objects.create(projet=ancien, champ=f"question_{vieille.pk}", valeur="Pour aider", saisie_le=timezone.now())
    appel = appel_ouvert()
    neuve = QuestionFactory(appel=appel, intitule="Pourquoi ?")
    axe = AxeFactory(appel=appel)
    copie = copier_projet(auteur=responsable.personne, source=ancien, appel=appel, axe=axe, intitule="Chantier, suite")
    valeurs = dict(copie.saisies.values_list("champ", "valeur"))
    assert (copie.etat, copie.numero, copie.intitule, PartProjet.objects.filter(projet=copie).exists()) == (
        "brouillon", None, "Chantier, suite", False,
    )  # fmt: skip
    assert {c: valeurs[c] for c in ("part_NORD", "allocataires_2027", f"question_{neuve.pk}", "intitule")} == {
        "part_NORD": "100",
        "allocataires_2027": "12",
        f"question_{neuve.pk}": "Pour aider",
        "intitule": "Chantier, suite",
    }


@pytest.mark.parametrize(
    ("avant_la_cloture", "rappels"),
    [(timedelta(days=8), []), (timedelta(days=6), [7]), (timedelta(hours=20), [1]), (-timedelta(hours=1), [])],
)
def test_un_brouillon_se_rappelle_sept_jours_puis_un_jour_avant(db, avant_la_cloture, rappels):
    appel = appel_ouvert(ferme_le=timezone.now() + avant_la_cloture)
    _, responsable = brouillon(appel)
    for _ in range(2):
        rappeler_les_echeances(timezone.now())
    objet = (
        f"[Mille actions] Dépôt jusqu’au {timezone.localtime(appel.ferme_le):%d/%m/%Y à %H h %M} : {appel.intitule}"
    )
    assert [(c.destinataire, c.objet, c.cle.split("-")[3]) for c in Courriel.objects.all()] == [
        (responsable.email, objet, str(jours)) for jours in rappels
    ]


def test_un_projet_depose_ne_se_rappelle_pas(depose):
    Courriel.objects.all().delete()
    assert (rappeler_les_echeances(timezone.now()), Courriel.objects.count()) == (0, 0)


def test_le_rappel_d_un_organisme_prolonge_donne_sa_fin_et_part_avant_elle(db):
    instant = timezone.now()
    appel = appel_ouvert(ferme_le=instant + timedelta(hours=20))
    prolonge, responsable = brouillon(appel)
    _, autre = brouillon(appel)
    fin = instant + timedelta(days=12)
    ProlongationFactory(appel=appel, organisme=prolonge.organisme, jusqu_au=fin)
    rappeler_les_echeances(instant)
    assert list(Courriel.objects.values_list("destinataire", flat=True)) == [autre.email]
    Courriel.objects.all().delete()
    rappeler_les_echeances(fin - timedelta(days=6))  # l’appel est clos, sauf pour cet organisme
    courriel = Courriel.objects.get()
    attendu = f"[Mille actions] Dépôt jusqu’au {timezone.localtime(fin):%d/%m/%Y à %H h %M} : {appel.intitule}"
    assert (courriel.destinataire, courriel.objet) == (responsable.email, attendu)


def test_une_personne_recoit_un_rappel_qui_liste_ses_brouillons_et_rien_si_son_compte_est_ferme(db):
    appel = appel_ouvert(ferme_le=timezone.now() + timedelta(days=3))
    un, responsable = brouillon(appel)
    deux = Projet.objects.create(appel=appel, axe=un.axe, organisme=un.organisme, intitule="Atelier")
    AdhesionFactory(organisme=un.organisme, personne__is_active=False)
    rappeler_les_echeances(timezone.now())
    courriel = Courriel.objects.get()
    lus = [f"- {p.intitule} ({p.organisme})" in courriel.texte for p in (un, deux)]
    assert (courriel.destinataire, lus) == (responsable.email, [True, True])
