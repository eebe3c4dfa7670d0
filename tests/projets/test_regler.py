"""Régler : tout en brouillon, les textes seulement ensuite ; deux pilotes ne s’écrasent pas ; la base refuse aussi."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.socle.models import Journal
from config.socle.versions import VersionPerimee
from projets.actions.refus import ReglageFige
from projets.actions.regler import (
    ajouter_element,
    deplacer_element,
    modifier_appel,
    modifier_element,
    supprimer_element,
)
from projets.models import AppelAProjets, Axe, Critere, PieceDemandee, Question
from projets.states import EtatAppel
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import (
    AppelFactory,
    AxeFactory,
    CritereFactory,
    PieceFactory,
    PointFactory,
    ProjetFactory,
    QuestionFactory,
    appel_pret,
)

pytestmark = pytest.mark.django_db
PUBLIES = [etat for etat in EtatAppel if etat != EtatAppel.BROUILLON]
FABRIQUES = (AxeFactory, PieceFactory, QuestionFactory, CritereFactory, PointFactory)


@pytest.fixture
def brouillon() -> AppelAProjets:
    return AppelFactory(etat=EtatAppel.BROUILLON)


@pytest.fixture
def pilote():
    return PersonneFactory(pilote=True)


def actes() -> list[str]:
    return list(Journal.objects.order_by("id").values_list("acte", flat=True))


def test_les_elements_s_ajoutent_a_la_suite_et_se_journalisent(brouillon, pilote):
    for intitule in ("Un", "Deux"):
        ajouter_element(auteur=pilote, appel=brouillon, element=Axe(intitule=intitule, volet="social"))
    ajouter_element(auteur=pilote, appel=brouillon, element=Critere(intitule="Qualité", poids=20))
    assert list(brouillon.axes.values_list("numero", "intitule")) == [(1, "Un"), (2, "Deux")]
    assert list(brouillon.criteres.values_list("ordre", "intitule")) == [(1, "Qualité")]
    assert actes() == ["ajouter_axe", "ajouter_axe", "ajouter_critere"]


def test_un_element_mal_rempli_n_est_pas_ecrit(brouillon, pilote):
    critere = Critere(intitule="Q", poids=20, note_maximale=5, note_plancher=6)
    with pytest.raises(ValidationError) as refus:
        ajouter_element(auteur=pilote, appel=brouillon, element=critere)
    assert refus.value.messages == ["La note plancher ne dépasse pas la note maximale."]
    assert (Critere.objects.count(), actes()) == (0, [])


@pytest.mark.parametrize("fabrique", FABRIQUES)
def test_on_monte_on_descend_et_le_bout_de_la_liste_ne_bouge_pas(brouillon, pilote, fabrique):
    rang = "numero" if fabrique is AxeFactory else "ordre"
    a, b, c = (fabrique(appel=brouillon, **{rang: n}) for n in (1, 2, 3))

    def liste():
        return list(type(a).objects.order_by(rang).values_list("pk", flat=True))

    etapes = [(c, True), (a, False), (c, True), (b, False)]
    suite = []
    for element, vers_le_haut in etapes:
        deplacer_element(auteur=pilote, element=element, vers_le_haut=vers_le_haut)
        suite.append(liste())
    assert suite == [[a.pk, c.pk, b.pk], [c.pk, a.pk, b.pk], [c.pk, a.pk, b.pk], [c.pk, a.pk, b.pk]]
    assert len(actes()) == 2


@pytest.mark.parametrize("fabrique", FABRIQUES)
def test_supprimer_referme_les_rangs_et_garde_la_trace(brouillon, pilote, fabrique):
    rang = "numero" if fabrique is AxeFactory else "ordre"
    a, b, c = (fabrique(appel=brouillon, **{rang: n}) for n in (1, 2, 3))
    supprimer_element(auteur=pilote, element=b)
    assert list(type(a).objects.order_by(rang).values_list("pk", rang)) == [(a.pk, 1), (c.pk, 2)]
    assert Journal.objects.get().avant["intitule"] == b.intitule


def test_un_axe_utilise_ne_se_supprime_pas_et_le_refus_dit_par_quoi(brouillon, pilote):
    axe = AxeFactory(appel=brouillon)
    QuestionFactory(appel=brouillon, axe=axe)
    PieceFactory.create_batch(2, appel=brouillon, axe=axe)
    ProjetFactory(axe=axe)
    with pytest.raises(ReglageFige, match=r"Cet axe est utilisé \(1 question, 2 pièces, 1 projet\)"):
        supprimer_element(auteur=pilote, element=axe)
    assert Axe.objects.count() == 1


@pytest.mark.parametrize("etat", PUBLIES)
def test_hors_du_brouillon_rien_ne_s_ajoute_ne_se_deplace_ne_se_supprime(brouillon, pilote, etat):
    piece = PieceFactory(appel=brouillon, ordre=1)
    PieceFactory(appel=brouillon, ordre=2)
    AppelAProjets.objects.filter(pk=brouillon.pk).update(etat=etat)
    gestes = [
        lambda: ajouter_element(auteur=pilote, appel=brouillon, element=PieceDemandee(intitule="x", formats=["pdf"])),
        lambda: deplacer_element(auteur=pilote, element=piece, vers_le_haut=False),
        lambda: supprimer_element(auteur=pilote, element=piece),
    ]
    for geste in gestes:
        with pytest.raises(ReglageFige, match="n’est plus possible : l’appel est publié"):
            geste()
    assert (list(PieceDemandee.objects.values_list("ordre", flat=True)), actes()) == ([1, 2], [])


@pytest.mark.parametrize("etat", PUBLIES)
def test_un_texte_se_corrige_apres_publication_et_le_journal_garde_les_deux(brouillon, pilote, etat):
    question = QuestionFactory(appel=brouillon, aide="Fote", intitule="Public")
    AppelAProjets.objects.filter(pk=brouillon.pk).update(etat=etat)
    question.aide = "Faute"
    modifier_element(auteur=pilote, element=question, version=1)
    assert (Question.objects.get().aide, Question.objects.get().version) == ("Faute", 2)
    assert list(Journal.objects.values_list("acte", "avant", "apres", "auteur")) == [
        ("modifier_question", {"aide": "Fote"}, {"aide": "Faute"}, pilote.pk)
    ]


@pytest.mark.parametrize(
    ("fabrique", "champs", "nomme"),
    [
        (QuestionFactory, {"sorte": "date"}, "réponse attendue"),
        (QuestionFactory, {"est_obligatoire": False}, "obligatoire"),
        (PieceFactory, {"formats": ["pdf", "docx"]}, "formats admis"),
        (PieceFactory, {"taille_maximale": 50}, "taille maximale"),
        (CritereFactory, {"poids": 10}, "poids"),
        (PointFactory, {"est_obligatoire": False}, "obligatoire"),
        (CritereFactory, {"note_plancher": 1}, "note plancher"),
        (AxeFactory, {"volet": "social"}, "volet"),
    ],
)
def test_ce_qui_changerait_un_projet_est_refuse_par_l_acte_et_par_la_base(brouillon, pilote, fabrique, champs, nomme):
    element = fabrique(appel=brouillon)
    AppelAProjets.objects.filter(pk=brouillon.pk).update(etat=EtatAppel.OUVERT)
    for nom, valeur in champs.items():
        setattr(element, nom, valeur)
    with pytest.raises(ReglageFige, match=nomme):
        modifier_element(auteur=pilote, element=element, version=1)
    with pytest.raises(IntegrityError, match="cet élément ne change plus"), transaction.atomic():
        type(element).objects.filter(pk=element.pk).update(**champs)
    with pytest.raises(IntegrityError, match="cet élément ne change plus"), transaction.atomic():
        type(element).objects.filter(pk=element.pk).delete()
    type(element).objects.filter(pk=element.pk).update(intitule="Corrigé")  # un texte passe


@pytest.mark.parametrize("fabrique", [PieceFactory, QuestionFactory])
def test_la_base_refuse_l_axe_d_un_autre_appel(brouillon, fabrique):
    with pytest.raises(IntegrityError, match="L’axe est un axe de l’appel"), transaction.atomic():
        fabrique(appel=brouillon, axe=AxeFactory())


def test_une_version_perimee_n_ecrit_rien_et_montre_ce_qui_est_enregistre(brouillon, pilote):
    mien, sien = QuestionFactory(appel=brouillon), Question.objects.get()
    sien.intitule, mien.intitule = "Le sien", "Le mien"
    modifier_element(auteur=pilote, element=sien, version=1)
    with pytest.raises(VersionPerimee) as perimee:
        modifier_element(auteur=pilote, element=mien, version=1)
    assert (perimee.value.actuel.intitule, perimee.value.actuel.version) == ("Le sien", 2)
    assert Question.objects.get().intitule == "Le sien"


def test_enregistrer_sans_rien_changer_ne_laisse_pas_de_trace(brouillon, pilote):
    modifier_appel(auteur=pilote, appel=brouillon, version=1)
    assert (AppelAProjets.objects.get().version, actes()) == (1, [])


@pytest.mark.parametrize(
    ("jours", "accepte"),
    [({"ferme_le": 5}, True), ({"ferme_le": -1}, False), ({"ouvre_le": 1}, True), ({"ouvre_le": -3}, False)],
)
def test_un_appel_publie_se_reporte_mais_ne_s_avance_pas(pilote, jours, accepte):
    appel = appel_pret(etat=EtatAppel.PUBLIE)
    for champ, nombre in jours.items():
        setattr(appel, champ, getattr(appel, champ) + timedelta(days=nombre))
    if accepte:
        modifier_appel(auteur=pilote, appel=appel, version=1)
        assert actes() == ["modifier_appel"]
    else:
        with pytest.raises(ReglageFige):
            modifier_appel(auteur=pilote, appel=appel, version=1)
        assert actes() == []


@pytest.mark.parametrize(("champ", "valeur"), [("annee_fin", 2030), ("slug", "autre"), ("montant_total", 1)])
def test_les_annees_l_adresse_et_les_credits_d_un_appel_publie_ne_changent_plus(pilote, champ, valeur):
    appel = appel_pret(etat=EtatAppel.PUBLIE)
    setattr(appel, champ, valeur)
    with pytest.raises(ReglageFige, match="ceci ne change plus"):
        modifier_appel(auteur=pilote, appel=appel, version=1)


def test_apres_la_cloture_la_date_de_cloture_ne_bouge_plus(pilote):
    hier = timezone.now() - timedelta(days=1)
    appel = appel_pret(etat=EtatAppel.OUVERT, ouvre_le=hier - timedelta(days=9), ferme_le=hier)
    appel.ferme_le = hier + timedelta(days=9)
    with pytest.raises(ReglageFige, match="clôture du dépôt"):
        modifier_appel(auteur=pilote, appel=appel, version=1)


@pytest.mark.django_db(transaction=True)
def test_un_reglement_remplace_efface_l_ancien_fichier(pilote):
    appel = appel_pret()
    ancien = appel.reglement.name
    appel.reglement, appel.reglement_nom = ContentFile(b"%PDF-1 %%EOF", "neuf.pdf"), "neuf.pdf"
    modifier_appel(auteur=pilote, appel=appel, version=1)
    relu = AppelAProjets.objects.get()
    assert (relu.reglement_nom, default_storage.exists(relu.reglement.name)) == ("neuf.pdf", True)
    assert default_storage.exists(ancien) is False
