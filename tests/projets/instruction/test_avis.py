"""L’avis : motivé, chiffré, jamais modifié ; révisé par une version ; deux au même instant, un seul gagne."""

import threading
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from projets.actions.rendre_un_avis import Contenu, Proposition, presenter, rendre_un_avis, rendre_un_avis_associe
from projets.models import AvisAssocie, AvisInstruction, Projet, PropositionAnnuelle
from projets.states import EtatProjet, SensDeLAvis
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.fixtures.ajout_seul import sans_le_droit_de_vider
from tests.projets.instruction.jury import (
    ailleurs,
    appel_en_instruction,
    avis_rendu,
    contenu,
    instructeur_de,
    projet_a_noter,
    projet_instruit,
    rendre,
)
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def note() -> Projet:
    """Un projet recevable, noté autant que l’appel le demande."""
    projet = projet_a_noter()
    rendre(projet)
    return projet


def etat_de(projet: Projet) -> str:
    return Projet.objects.get(pk=projet.pk).etat


def test_rendre_l_avis_instruit_le_projet_et_se_journalise(note):
    instructeur = instructeur_de(note)
    avis = avis_rendu(note, instructeur, montants={2016: "500.50"}, conditions="Fournir le bilan.")
    assert etat_de(note) == EtatProjet.INSTRUIT
    assert list(avis.propositions.values_list("annee", "montant", "montant_demande", "cout_eligible")) == [
        (2016, Decimal("500.50"), Decimal(10_000), Decimal(20_000)),
        (2017, Decimal(10_000), Decimal(10_000), Decimal(20_000)),
        (2018, Decimal(10_000), Decimal(10_000), Decimal(20_000)),
    ]
    ligne = Journal.objects.get(acte="rendre_un_avis")
    assert (ligne.auteur, ligne.objet_id, ligne.avant) == (instructeur, str(note.pk), {"etat": "recevable"})
    assert (ligne.apres["etat"], ligne.apres["sens"], ligne.apres["conditions"]) == (
        "instruit",
        "favorable",
        "Fournir le bilan.",
    )


def test_un_avis_revise_ajoute_une_version_et_les_deux_restent(note):
    avis_rendu(note)
    avis_rendu(note, sens="defavorable", motif="Finalement non.")
    assert list(AvisInstruction.objects.values_list("version", "sens", "motif")) == [
        (1, "favorable", "Projet solide."),
        (2, "defavorable", "Finalement non."),
    ]
    assert etat_de(note) == EtatProjet.INSTRUIT
    ligne = Journal.objects.get(acte="reviser_l_avis")
    assert (ligne.avant["sens"], ligne.apres["sens"], ligne.apres["version"]) == ("favorable", "defavorable", 2)


@pytest.mark.parametrize("rendues", [0, 1])
def test_l_avis_attend_les_notations(rendues):
    projet = projet_a_noter(appel_en_instruction(notations_attendues=2))
    for _ in range(rendues):
        rendre(projet)
    with pytest.raises(PassageRefuse) as refus:
        avis_rendu(projet)
    assert str(refus.value) == "L’avis n’est pas rendu\u00a0: des notations sont encore attendues, dont la vôtre."
    with pytest.raises(PassageRefuse) as refus:
        avis_rendu(projet, PersonneFactory(pilote=True))
    combien = "une notation" if rendues else "2\u00a0notations"
    assert str(refus.value) == f"L’avis n’est pas rendu\u00a0: il manque {combien} sur 2."
    assert etat_de(projet) == EtatProjet.RECEVABLE


def test_un_ecart_trop_grand_demande_une_troisieme_notation():
    projet = projet_a_noter(appel_en_instruction(notations_attendues=2, ecart_de_troisieme_avis=20))
    un = instructeur_de(projet)
    rendre(projet, un, (5, 5))
    rendre(projet, valeurs=(1, 1))
    with pytest.raises(PassageRefuse) as refus:
        avis_rendu(projet, un)
    assert str(refus.value) == (
        "L’avis n’est pas rendu\u00a0: l’écart entre les totaux (80,00\u00a0points) demande une notation de plus."
    )
    rendre(projet, valeurs=(3, 3))
    avis_rendu(projet, un)
    assert etat_de(projet) == EtatProjet.INSTRUIT


@pytest.mark.parametrize(
    "etat", sorted(set(EtatProjet) - {EtatProjet.RECEVABLE, EtatProjet.INSTRUIT, EtatProjet.BROUILLON})
)
def test_hors_de_l_instruction_aucun_avis(note, etat):
    Projet.objects.filter(pk=note.pk).update(etat=etat)
    with pytest.raises(PassageRefuse, match="rendre un avis"):
        avis_rendu(note)
    with pytest.raises(IntegrityError, match="recevable"), transaction.atomic():
        AvisInstruction.objects.create(projet=note, sens="reserve", motif="x", rendu_par=PersonneFactory())
    assert AvisInstruction.objects.count() == 0


def test_seule_l_instruction_du_projet_rend_un_avis(note):
    porteur = AdhesionFactory(organisme=note.organisme).personne
    fermes = [Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR]
    for personne in (porteur, ailleurs(), *(PersonneFactory(role=role) for role in fermes)):
        with pytest.raises(PermissionDenied):
            avis_rendu(note, personne)
    avis_rendu(note, PersonneFactory(pilote=True))


def proposition(montant: str, cout: str = "20000") -> Proposition:
    return Proposition(Decimal(montant), Decimal(cout))


ANNEES = (2016, 2017, 2018)


@pytest.mark.parametrize(
    ("sens", "propositions", "champ"),
    [
        ("favorable", {2016: proposition("10000.01")}, "montant_2016"),
        ("favorable", {2016: proposition("-0.01")}, "montant_2016"),
        ("favorable", {2017: proposition("10000", "9999.99")}, "montant_2017"),
        ("favorable", {2018: proposition("1", "20000.01")}, "cout_2018"),
        ("favorable", dict.fromkeys(ANNEES, proposition("0")), "sens"),
        ("defavorable", {2016: proposition("1")}, "sens"),
    ],
)
def test_ni_plus_que_demande_ni_plus_que_le_cout(note, sens, propositions, champ):
    toutes = dict.fromkeys(ANNEES, proposition("0" if sens == "defavorable" else "100")) | propositions
    with pytest.raises(ValidationError) as refus:
        rendre_un_avis(
            auteur=instructeur_de(note),
            projet=note,
            contenu=Contenu(SensDeLAvis(sens), "Motif", "", toutes),
            version=0,
        )
    assert list(refus.value.error_dict) == [champ]
    assert (AvisInstruction.objects.count(), etat_de(note)) == (0, EtatProjet.RECEVABLE)


def test_un_avis_a_un_motif_et_un_montant_par_annee(note):
    with pytest.raises(ValidationError, match="vide"):
        avis_rendu(note, motif="  ")
    with pytest.raises(ValidationError, match="chaque année"):
        avis_rendu(note, propositions={2016: proposition("1")})


def brut(projet: Projet, sens: str = "favorable", **montants) -> None:
    """Écrit sans passer par l’acte ; les déclencheurs différés se jugent aussitôt."""
    avis = AvisInstruction.objects.create(projet=projet, sens=sens, motif="x", rendu_par=PersonneFactory())
    for e in projet.exercices.all():
        PropositionAnnuelle.objects.create(
            **{
                "avis": avis,
                "annee": e.annee,
                "montant": 1,
                "montant_demande": e.montant_demande,
                "cout_eligible": e.cout,
                **montants,
            }
        )
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("sens", "montants", "contrainte"),
    [
        ("favorable", {"montant": Decimal("10000.01")}, "proposition_au_plus_demande"),
        ("favorable", {"montant": -1}, "proposition_au_plus_demande"),
        ("favorable", {"montant": 5, "cout_eligible": 4}, "proposition_au_plus_eligible"),
        ("favorable", {"montant_demande": 20_000}, "proposition_demande_deposee"),
        ("favorable", {"annee": 2030}, "proposition_demande_deposee"),
        ("favorable", {"cout_eligible": 20_001}, "proposition_cout_depose"),
        ("favorable", {"montant": 0}, "avis_favorable_chiffre"),
        ("defavorable", {}, "proposition_defavorable_nulle"),
    ],
)
def test_la_base_refuse_les_memes_montants(note, sens, montants, contrainte):
    with pytest.raises(IntegrityError) as refus, transaction.atomic():
        brut(note, sens, **montants)
    assert refus.value.__cause__.diag.constraint_name == contrainte


def sans_montant(projet: Projet) -> None:
    AvisInstruction.objects.create(projet=projet, sens="reserve", motif="x", rendu_par=PersonneFactory())
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_la_base_exige_toutes_les_annees(note):
    with pytest.raises(IntegrityError, match="chaque année"), transaction.atomic():
        sans_montant(note)


def test_un_avis_rendu_ne_se_modifie_ni_ne_s_efface(note):
    avis = avis_rendu(note)
    lignes = (AvisInstruction.objects.filter(pk=avis.pk), avis.propositions.all())
    for ligne, champ in zip(lignes, ("motif", "montant"), strict=True):
        for geste in (
            lambda ligne=ligne, champ=champ: ligne.update(**{champ: 0}),
            lambda li=ligne: li._raw_delete(li.db),
        ):
            with pytest.raises(IntegrityError, match="nouvelle version le remplace"), transaction.atomic():
                geste()


@pytest.mark.parametrize("modele", [AvisInstruction, AvisAssocie, PropositionAnnuelle])
def test_les_avis_ne_se_vident_pas(note, modele):
    avis_rendu(note)
    avant = list(PropositionAnnuelle.objects.order_by("pk").values())
    with pytest.raises(IntegrityError, match="ne se vident pas"):
        sans_le_droit_de_vider(f"TRUNCATE {modele._meta.db_table} CASCADE")
    assert list(PropositionAnnuelle.objects.order_by("pk").values()) == avant != []


def test_un_territoire_associe_donne_son_avis_et_y_revient():
    ici, la = TerritoireFactory(code="ICI"), TerritoireFactory(code="LAA")
    projet = projet_a_noter(territoires={ici: 60, la: 40})
    associe = PersonneFactory(instructeur=True)
    associe.territoires.add(la)
    for motif in ("Besoin réel.", "À revoir."):
        rendre_un_avis_associe(
            auteur=associe, projet=projet, territoire=la, sens=SensDeLAvis.RESERVE, motif=f" {motif} "
        )
    assert list(AvisAssocie.objects.values_list("territoire__code", "version", "motif")) == [
        ("LAA", 1, "Besoin réel."),
        ("LAA", 2, "À revoir."),
    ]
    with pytest.raises(PermissionDenied):
        rendre_un_avis_associe(auteur=associe, projet=projet, territoire=ici, sens=SensDeLAvis.RESERVE, motif="x")
    with pytest.raises(ValidationError):
        rendre_un_avis_associe(auteur=associe, projet=projet, territoire=la, sens=SensDeLAvis.RESERVE, motif=" ")
    with pytest.raises(IntegrityError, match="nouvelle version"), transaction.atomic():
        AvisAssocie.objects.update(motif="autre")
    Projet.objects.filter(pk=projet.pk).update(etat=EtatProjet.PRESENTE)
    with pytest.raises(PassageRefuse):
        rendre_un_avis_associe(auteur=associe, projet=projet, territoire=la, sens=SensDeLAvis.RESERVE, motif="x")


def test_seul_un_instructeur_du_territoire_donne_un_avis_associe():
    ici, la = TerritoireFactory(code="ICI"), TerritoireFactory(code="LAA")
    projet = projet_a_noter(territoires={ici: 60, la: 40})
    porteur = AdhesionFactory(organisme=projet.organisme).personne
    agents = [PersonneFactory(role=role) for role in Role if role not in {Role.PORTEUR, Role.INSTRUCTEUR}]
    for personne in (porteur, ailleurs(), *agents):
        with pytest.raises(PermissionDenied):
            rendre_un_avis_associe(auteur=personne, projet=projet, territoire=la, sens=SensDeLAvis.RESERVE, motif="x")
    assert AvisAssocie.objects.count() == 0


def test_un_projet_d_un_seul_territoire_n_a_pas_d_avis_associe(note):
    seul = instructeur_de(note)
    with pytest.raises(PermissionDenied):
        rendre_un_avis_associe(
            auteur=seul,
            projet=note,
            territoire=note.parts.get().territoire,
            sens=SensDeLAvis.RESERVE,
            motif="x",
        )


def test_le_pilote_presente_un_projet_instruit_et_lui_seul():
    projet = projet_instruit()
    for role in Role:
        if role != Role.PILOTE:
            personne = instructeur_de(projet) if role == Role.INSTRUCTEUR else PersonneFactory(role=role)
            with pytest.raises(PermissionDenied):
                presenter(auteur=personne, projet=projet)
    pilote = PersonneFactory(pilote=True)
    presenter(auteur=pilote, projet=projet)
    assert etat_de(projet) == EtatProjet.PRESENTE
    ligne = Journal.objects.get(acte="presenter")
    assert (ligne.auteur, ligne.avant, ligne.apres) == (pilote, {"etat": "instruit"}, {"etat": "presente"})


@pytest.mark.parametrize("etat", sorted(set(EtatProjet) - {EtatProjet.INSTRUIT, EtatProjet.BROUILLON}))
def test_hors_de_l_etat_instruit_rien_ne_se_presente(etat):
    projet = projet_a_noter(etat=etat)
    with pytest.raises(PassageRefuse, match="présenter"):
        presenter(auteur=PersonneFactory(pilote=True), projet=projet)


@pytest.mark.django_db(transaction=True)
def test_deux_avis_au_meme_instant_un_seul_gagne_et_l_autre_le_sait():
    projet = projet_a_noter()
    rendre(projet)
    instructeurs = [instructeur_de(projet, prenom=prenom, nom="Lambert") for prenom in ("Anne", "Bruno")]
    depart, rendus, perimes = threading.Barrier(2), [], []

    def client(auteur):
        try:
            depart.wait()
            rendus.append(
                rendre_un_avis(
                    auteur=auteur, projet=projet, contenu=contenu(projet, motif=f"De {auteur.prenom}."), version=0
                )
            )
        except VersionPerimee as refus:
            perimes.append((auteur, refus.actuel.motif))
        finally:
            connection.close()

    fils = [threading.Thread(target=client, args=(auteur,)) for auteur in instructeurs]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    ((perdant, motif_lu),) = perimes
    (gagnant,) = rendus
    assert {perdant.pk, gagnant.rendu_par_id} == {i.pk for i in instructeurs}
    assert motif_lu == f"De {gagnant.rendu_par.prenom}.", "l’autre lit l’avis qui l’a devancé"
    assert list(AvisInstruction.objects.values_list("version", "motif")) == [(1, motif_lu)]
    assert etat_de(projet) == EtatProjet.INSTRUIT
