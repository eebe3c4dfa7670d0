"""La recevabilité : contrôler point par point, conclure, rouvrir ; chaque acte, chaque état, chaque personne."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from comptes.models import Avis, Courriel
from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.echanges import lever_la_demande
from projets.actions.recevabilite import (
    Reponse,
    controler_la_recevabilite,
    declarer_irrecevable,
    declarer_recevable,
    rouvrir,
)
from projets.models import ControleDeRecevabilite, DemandeDeComplement, Irrecevabilite, PointDeRecevabilite
from projets.planning import reprendre_les_lettres
from projets.rules.recevabilite import PointControle, obstacles, points_proposes
from projets.states import EtatProjet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory, ResponsableFactory
from tests.projets.fabriques import PointFactory, ProjetFactory
from tests.projets.instruction.recevabilites import MOTIF, demande, etat, mettre
from tests.territoires.fabriques import TerritoireFactory

ACTES = {
    "controler": lambda auteur, projet: controler_la_recevabilite(
        auteur=auteur, projet=projet, reponses={projet.appel.points_de_recevabilite.get().pk: Reponse("oui")}
    ),
    "declarer_recevable": lambda auteur, projet: declarer_recevable(auteur=auteur, projet=projet),
    "declarer_irrecevable": lambda auteur, projet: declarer_irrecevable(auteur=auteur, projet=projet, motif=MOTIF),
    "rouvrir": lambda auteur, projet: rouvrir(auteur=auteur, projet=projet, motif=MOTIF),
    "lever": lambda auteur, projet: lever_la_demande(auteur=auteur, projet=projet, motif=MOTIF),
}
DEPUIS = {
    "controler": {"depose", "incomplet", "complete"},
    "declarer_recevable": {"depose", "complete"},
    "declarer_irrecevable": {"depose", "incomplet", "complete"},
    "rouvrir": {"irrecevable"},
    "lever": {"incomplet"},
}
VERS = {
    "declarer_recevable": "recevable",
    "declarer_irrecevable": "irrecevable",
    "rouvrir": "complete",
    "lever": "depose",
}


# --- Les règles ---------------------------------------------------------------------------------------------
def test_le_contrat_d_engagement_republicain_n_est_propose_que_depuis_2022():
    anciens, recents = points_proposes(timezone.datetime(2016, 4, 1).date()), points_proposes(timezone.localdate())
    assert [p.intitule for p in anciens] == [
        "Délai", "Complétude", "Éligibilité du porteur", "Éligibilité du public", "Éligibilité du territoire",
        "Éligibilité de l’axe", "Budget équilibré",
    ]  # fmt: skip
    assert [p.intitule for p in recents[len(anciens) :]] == ["Contrat d’engagement républicain"]


def test_un_point_sans_reponse_ou_non_s_oppose():
    points = [
        PointControle("A", est_obligatoire=True, reponse=""),
        PointControle("B", est_obligatoire=False, reponse=""),
        PointControle("C", est_obligatoire=False, reponse="non"),
        PointControle("D", est_obligatoire=True, reponse="oui"),
        PointControle("E", est_obligatoire=True, reponse="sans_objet"),
    ]
    assert obstacles(points) == [
        "«\u00a0A\u00a0» n’a pas de réponse",
        "«\u00a0C\u00a0» a pour réponse «\u00a0non\u00a0»",
    ]


# --- Chaque acte, chaque état, chaque personne --------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("acte", ACTES)
@pytest.mark.parametrize("depart", [e for e in EtatProjet.values if e != "brouillon"])
def test_un_acte_ne_part_que_de_ses_etats(projet, instructeur, acte, depart):
    PointFactory(appel=projet.appel, est_obligatoire=False)
    vise = mettre(projet, depart)
    if depart in DEPUIS[acte]:
        ACTES[acte](instructeur, vise)
        assert etat(projet) == VERS.get(acte, depart)
    else:
        with pytest.raises(PassageRefuse):
            ACTES[acte](instructeur, vise)
        assert (etat(projet), Journal.objects.count(), Irrecevabilite.objects.count()) == (depart, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("acte", ACTES)
@pytest.mark.parametrize("qui", ["porteur", "ailleurs", *(r for r in Role.values if r not in {"pilote", "porteur"})])
def test_un_acte_se_refuse_a_qui_n_instruit_pas_ce_projet(projet, acte, qui):
    PointFactory(appel=projet.appel)
    vise = mettre(projet, sorted(DEPUIS[acte])[0])
    if qui == "porteur":
        auteur = AdhesionFactory(organisme=projet.organisme).personne
    else:
        auteur = PersonneFactory(role=Role.INSTRUCTEUR if qui == "ailleurs" else Role(qui))
        auteur.territoires.add(TerritoireFactory())
    with pytest.raises(PermissionDenied):
        ACTES[acte](auteur, vise)
    assert (etat(projet), Journal.objects.count()) == (vise.etat, 0)


# --- Contrôler ----------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_controler_ecrit_ce_qui_change_et_le_journalise(projet, instructeur):
    un, deux = (PointFactory(appel=projet.appel, intitule=nom) for nom in ("Délai", "Complétude"))
    reponses = {un.pk: Reponse("oui"), deux.pk: Reponse("non", " Le RIB manque. ")}
    for _ in range(2):  # un second envoi n’écrit rien
        controler_la_recevabilite(auteur=instructeur, projet=projet, reponses=reponses)
    assert list(projet.controles.values_list("point__intitule", "reponse", "precision", "par")) == [
        ("Délai", "oui", "", instructeur.pk), ("Complétude", "non", "Le RIB manque.", instructeur.pk),
    ]  # fmt: skip
    assert list(Journal.objects.order_by("pk").values_list("acte", "avant", "apres")) == [
        ("controler_la_recevabilite", None, {"point": "Délai", "reponse": "oui", "precision": ""}),
        ("controler_la_recevabilite", None, {"point": "Complétude", "reponse": "non", "precision": "Le RIB manque."}),
    ]


@pytest.mark.django_db
def test_un_non_sans_precision_et_un_point_d_un_autre_appel_se_refusent(projet, instructeur):
    point, ailleurs = PointFactory(appel=projet.appel), PointFactory()
    with pytest.raises(ValidationError, match="Dites ce qui ne convient pas"):
        controler_la_recevabilite(auteur=instructeur, projet=projet, reponses={point.pk: Reponse("non")})
    controler_la_recevabilite(auteur=instructeur, projet=projet, reponses={ailleurs.pk: Reponse("oui")})
    assert ControleDeRecevabilite.objects.count() == 0
    with pytest.raises(IntegrityError, match="un point de l’appel du projet"), transaction.atomic():
        ControleDeRecevabilite.objects.create(
            projet=projet, point=ailleurs, reponse="oui", par=instructeur, le=timezone.now()
        )


@pytest.mark.django_db
def test_la_reponse_d_un_collegue_ne_s_ecrase_pas_sans_avoir_ete_lue(projet, instructeur):
    point, collegue = PointFactory(appel=projet.appel), PersonneFactory(pilote=True)
    controler_la_recevabilite(auteur=collegue, projet=projet, reponses={point.pk: Reponse("oui")})
    with pytest.raises(PassageRefuse, match=str(collegue)):
        controler_la_recevabilite(auteur=instructeur, projet=projet, reponses={point.pk: Reponse("non", "Hors délai")})
    controler_la_recevabilite(
        auteur=instructeur, projet=projet, reponses={point.pk: Reponse("non", "Hors délai", lue="oui")}
    )
    assert projet.controles.get().reponse == "non"


@pytest.mark.django_db
def test_la_precision_d_un_collegue_ne_s_ecrase_pas_en_repondant_a_un_autre_point(connecter, projet, instructeur):
    un, deux = (PointFactory(appel=projet.appel, intitule=nom) for nom in ("Délai", "Complétude"))
    collegue = PersonneFactory(pilote=True, prenom="Marie", nom="Dupont")
    lus = {un.pk: Reponse("non", "Hors délai")}
    controler_la_recevabilite(auteur=collegue, projet=projet, reponses=lus)
    navigateur, adresse = connecter(instructeur), f"/instruction/{projet.pk}/recevabilite/"
    form = navigateur.get(f"/instruction/{projet.pk}/").context["form_de_recevabilite"]
    envoi = {nom: form[nom].value() for nom in form.fields} | {f"reponse_{deux.pk}": "oui"}
    controler_la_recevabilite(
        auteur=collegue, projet=projet, reponses={un.pk: Reponse("non", "Déposé le 3", "non", "Hors délai")}
    )
    assert navigateur.post(adresse, envoi).status_code == 302  # il n’a pas touché au premier point
    ecrits = projet.controles.order_by("point").values_list("reponse", "precision")
    assert list(ecrits) == [("non", "Déposé le 3"), ("oui", "")]
    page = navigateur.post(adresse, envoi | {f"precision_{un.pk}": "Trop tard"})
    assert page.context["form"].non_field_errors() == [
        "Rien n’est fait\u00a0: depuis que vous avez ouvert cette page, Marie Dupont a répondu «\u00a0non\u00a0» à "
        "«\u00a0Délai\u00a0» («\u00a0Déposé le 3\u00a0»). Relisez, puis enregistrez de nouveau."
    ]
    form = page.context["form"]
    renvoi = {nom: form[nom].value() for nom in form.fields}
    assert (renvoi[f"precision_{un.pk}"], projet.controles.get(point=un).precision) == ("Trop tard", "Déposé le 3")
    assert navigateur.post(adresse, renvoi).status_code == 302
    assert projet.controles.get(point=un).precision == "Trop tard"


# --- Recevable ----------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_declarer_recevable_dit_le_point_qui_s_y_oppose(projet, instructeur):
    PointFactory(appel=projet.appel, intitule="Délai")
    with pytest.raises(PassageRefuse, match=r"Délai.» n’a pas de réponse"):
        declarer_recevable(auteur=instructeur, projet=projet)
    assert (etat(projet), Journal.objects.count()) == ("depose", 0)


# --- Irrecevable --------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_declarer_irrecevable_fige_le_motif_et_ecrit_au_porteur(
    projet, instructeur, django_capture_on_commit_callbacks
):
    responsable = ResponsableFactory(organisme=projet.organisme).personne
    point = PointFactory(appel=projet.appel, intitule="Éligibilité du porteur")
    controler_la_recevabilite(
        auteur=instructeur, projet=projet, reponses={point.pk: Reponse("non", "Siège hors du département")}
    )
    with django_capture_on_commit_callbacks(execute=True):
        irrecevabilite = declarer_irrecevable(auteur=instructeur, projet=projet, motif=f" {MOTIF} ")
    irrecevabilite.refresh_from_db()
    contenu = irrecevabilite.contenu
    assert (irrecevabilite.motif, contenu["points"], contenu["agent"]["courriel"]) == (
        MOTIF,
        [{"intitule": "Éligibilité du porteur", "precision": "Siège hors du département"}],
        instructeur.email,
    )
    with irrecevabilite.fichier.open("rb") as lettre:
        assert lettre.read(5) == b"%PDF-"
    courriel = Courriel.objects.get(destinataire=responsable.email)
    attendus = [MOTIF, "Siège hors du département", "recours gracieux", instructeur.email]
    assert [t for t in attendus if t not in courriel.texte or t not in courriel.html] == []
    assert Journal.objects.filter(acte="declarer_irrecevable").values_list("avant", "apres").get() == (
        {"etat": "depose"},
        {"etat": "irrecevable", "motif": MOTIF},
    )
    with pytest.raises(ProgrammingError), transaction.atomic():
        Irrecevabilite.objects.update(motif="Autre")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Irrecevabilite.objects.all().delete()


@pytest.mark.django_db
def test_sans_motif_rien_ne_change(projet, instructeur):
    for acte, depart in ((declarer_irrecevable, "depose"), (rouvrir, "irrecevable"), (lever_la_demande, "incomplet")):
        vise = mettre(projet, depart)
        with pytest.raises(ValidationError):
            acte(auteur=instructeur, projet=vise, motif="  ")
        assert (etat(projet), Journal.objects.count(), Courriel.objects.count()) == (depart, 0, 0)


@pytest.mark.django_db
def test_le_porteur_garde_le_temps_qu_on_lui_a_donne(projet, instructeur):
    vise = mettre(projet, "incomplet")
    en_cours = demande(projet, jours=0)
    with pytest.raises(PassageRefuse, match="pour compléter son projet"):
        declarer_irrecevable(auteur=instructeur, projet=vise, motif=MOTIF)
    DemandeDeComplement.objects.filter(pk=en_cours.pk).update(echeance=timezone.localdate() - timedelta(days=1))
    declarer_irrecevable(auteur=instructeur, projet=vise, motif=MOTIF)
    en_cours.refresh_from_db()
    assert (etat(projet), en_cours.repondue_le is None) == ("irrecevable", False)


@pytest.mark.django_db
def test_la_lettre_oubliee_par_la_file_est_reprise(projet, instructeur):
    irrecevabilite = declarer_irrecevable(auteur=instructeur, projet=projet, motif=MOTIF)
    reprendre_les_lettres()
    irrecevabilite.refresh_from_db()
    assert not irrecevabilite.fichier  # on laisse à la file le temps de la produire
    with transaction.atomic():
        Irrecevabilite.objects.filter(pk=irrecevabilite.pk).update()
    # l’instant est figé : une irrecevabilité ancienne se crée telle quelle
    ancienne = Irrecevabilite.objects.create(
        projet=ProjetFactory(),
        motif=MOTIF,
        contenu=irrecevabilite.contenu,
        prononcee_par=instructeur,
        prononcee_le=timezone.now() - timedelta(hours=1),
    )
    reprendre_les_lettres()
    ancienne.refresh_from_db()
    assert len(ancienne.empreinte) == 64


# --- Rouvrir et lever ---------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_rouvrir_leve_l_irrecevabilite_et_previent_le_porteur(projet, instructeur):
    porteur = AdhesionFactory(organisme=projet.organisme).personne
    irrecevabilite = declarer_irrecevable(auteur=instructeur, projet=projet, motif=MOTIF)
    rouvrir(auteur=instructeur, projet=projet, motif="Le siège a changé.")
    irrecevabilite.refresh_from_db()
    assert (irrecevabilite.levee_par, irrecevabilite.motif_de_la_levee) == (instructeur, "Le siège a changé.")
    assert [avis.personne for avis in Avis.objects.all()] == [porteur]
    declarer_irrecevable(auteur=instructeur, projet=projet, motif=MOTIF)  # une autre, la première reste
    assert projet.irrecevabilites.count() == 2


@pytest.mark.django_db
def test_lever_la_demande_arrete_la_suspension_ce_jour(projet, instructeur):
    porteur = AdhesionFactory(organisme=projet.organisme).personne
    vise = mettre(projet, "incomplet")
    en_cours = demande(projet, jours=10)
    lever_la_demande(auteur=instructeur, projet=vise, motif="La pièce était déjà là.")
    en_cours.refresh_from_db()
    assert (en_cours.levee_par, en_cours.suspension.duree.days) == (instructeur, 30)
    assert list(Avis.objects.values_list("personne")) == [(porteur.pk,)]
    assert Journal.objects.values_list("acte", "apres").get() == (
        "reprendre_sans_complement",
        {"etat": "depose", "motif": "La pièce était déjà là."},
    )


@pytest.mark.django_db
def test_un_appel_cree_a_ses_points_et_les_fige_une_fois_publie(projet):
    point = PointFactory(appel=projet.appel)  # l’appel de la fabrique est en exécution
    with pytest.raises(IntegrityError, match="cet élément ne change plus"), transaction.atomic():
        PointDeRecevabilite.objects.filter(pk=point.pk).update(est_obligatoire=False)
    PointDeRecevabilite.objects.filter(pk=point.pk).update(intitule="Corrigé")
