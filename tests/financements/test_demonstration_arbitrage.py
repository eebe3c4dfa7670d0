"""Le programme de 2016 rejoué au moment de l’arbitrage : ce qui est demandé, noté, proposé."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum

from comptes.models import Organisme
from comptes.states import Role
from config.socle.models import Journal
from financements.actions.charger_appel_en_arbitrage import charger_appel_en_arbitrage
from financements.demonstration.arbitrage.demandes import DemandeDemo, tirer_les_demandes, votes_par_annee
from financements.demonstration.arbitrage.notes import tirer_les_notes
from financements.demonstration.generer import generer_programme
from financements.demonstration.lignes import ANNEES, TOTAL
from financements.demonstration.reglages import CRITERES
from financements.models import CreditAnnuel, Dotation, Enveloppe
from projets.chiffres.notation import notation_des_projets
from projets.models import AppelAProjets, ExerciceProjet, Notation, PartProjet, Projet, PropositionAnnuelle
from projets.states import A_INSTRUIRE
from territoires.actions.charger_nord import charger_nord
from territoires.imports.nord import lire_effectifs
from territoires.models import Territoire
from tests.comptes.fabriques import PersonneFactory

LIGNES = generer_programme()
DEMANDES = tirer_les_demandes(lignes=LIGNES)
ESSAI = 60


def demande(demandes: Sequence[DemandeDemo]) -> int:
    return sum(une.projet.budget.demande() for une in demandes)


def test_le_tirage_est_le_meme_a_chaque_fois() -> None:
    assert tirer_les_demandes(ESSAI, LIGNES) == tirer_les_demandes(ESSAI) == list(DEMANDES[:ESSAI])


def test_1350_demandes_dont_les_988_du_programme_et_son_enveloppe() -> None:
    assert Counter(une.etat.value for une in DEMANDES) == {
        "presente": 1310, "instruit": 25, "irrecevable": 6, "retire": 5, "classe": 4,
    }  # fmt: skip
    retenues = {une.projet.intitule: une.votes for une in DEMANDES if une.votes}
    assert retenues == {ligne.intitule: ligne.montants for ligne in LIGNES}
    votes = votes_par_annee(DEMANDES)
    assert sum(votes.values()) == TOTAL
    assert votes == {annee: sum(ligne.montants.get(annee, 0) for ligne in LIGNES) for annee in ANNEES}
    assert len({une.projet.intitule for une in DEMANDES}) == len(DEMANDES)


def test_chacun_demande_de_une_a_une_fois_et_demie_ce_qu_il_a_recu() -> None:
    for une in DEMANDES:
        budget = une.projet.budget
        for annee, vote in une.votes.items():
            assert vote <= une.propositions[annee] <= budget.demande(annee) <= vote * 3 // 2
        for annee, propose in une.propositions.items():
            assert 0 < propose <= budget.demande(annee) <= budget.cout(annee)
        assert budget.verifie().exercices.keys() == une.propositions.keys()
        assert set(une.propositions) == {annee for annee in ANNEES if budget.demande(annee)}


def test_la_demande_depasse_l_enveloppe_surtout_a_lille_a_roubaix_et_sur_l_axe_5() -> None:
    effectifs = lire_effectifs()
    demandes, votes, par_axe = Counter[str](), Counter[int](), Counter[int]()
    for une in DEMANDES:
        par_axe[une.projet.axe] += une.projet.budget.demande()
        votes[une.projet.axe] += sum(une.votes.values())
        for code, part in une.projet.parts:
            demandes[code] += une.projet.budget.demande() * part
    tension = {code: demandes[code] * sum(effectifs.values()) / (100 * TOTAL * n) for code, n in effectifs.items()}
    assert 1.35 <= demande(DEMANDES) / TOTAL <= 1.45
    assert sorted(tension, key=lambda code: -tension[code])[:2] == ["MLI", "MRT"]
    assert (min(tension.values()) < 1, max(tension.values()) > 1.5) == (True, True)
    assert max(par_axe, key=lambda axe: par_axe[axe] / votes[axe]) == 5
    part_pro = 1 - par_axe[5] / demande(DEMANDES)
    assert 0.55 <= part_pro < 0.59  # le choix aura à la relever


def test_une_action_sur_huit_va_sur_plusieurs_territoires() -> None:
    assert {sum(part for _, part in une.projet.parts) for une in DEMANDES} == {100}
    plusieurs = sum(len(une.projet.parts) > 1 for une in DEMANDES)
    assert 0.08 <= plusieurs / len(DEMANDES) <= 0.13


def test_aucun_organisme_n_est_du_programme_vote() -> None:
    du_programme = {ligne.organisme for ligne in LIGNES}
    de_l_arbitrage = {une.organisme for une in DEMANDES}
    for lire in (lambda o: o.siret[:9], lambda o: o.nom, lambda o: o.rna or o.siret):
        assert not {lire(o) for o in du_programme} & {lire(o) for o in de_l_arbitrage}
        assert len({lire(o) for o in de_l_arbitrage}) == len(de_l_arbitrage)


def test_au_dela_d_un_programme_on_en_tire_plusieurs() -> None:
    demandes = tirer_les_demandes(2_000)
    assert len({une.projet.intitule for une in demandes}) == 2_000
    assert 1.3 <= demande(demandes) / sum(votes_par_annee(demandes).values()) <= 1.5


@pytest.mark.parametrize("niveau", [36, 50, 65, 80, 94])
def test_deux_instructeurs_notent_autour_du_niveau_sans_se_contredire(niveau: int) -> None:
    alea = Random(7)  # noqa: S311 (toujours les mêmes notes)
    poids = [poids for _, _, poids, _ in CRITERES]
    moyennes = []
    for _ in range(200):
        notes = tirer_les_notes(alea, niveau, poids)
        totaux = [sum(n * p for n, p in zip(siennes, poids, strict=True)) / 5 for siennes in notes]
        assert len(totaux) == 2
        assert 35 <= min(totaux) <= max(totaux) <= 95
        assert max(totaux) - min(totaux) <= 20
        moyennes.append(sum(totaux) / 2)
    assert abs(sum(moyennes) / len(moyennes) - niveau) < 9


@pytest.fixture(scope="module")
def appel_charge(django_db_setup: None, django_db_blocker) -> Iterator[AppelAProjets]:
    """Soixante projets, chargés une fois pour tout le module, défaits à la fin."""
    with django_db_blocker.unblock(), transaction.atomic():
        charger_nord(auteur=None)
        PersonneFactory(role=Role.PILOTE)
        instructeur, _ = PersonneFactory(role=Role.INSTRUCTEUR), PersonneFactory(role=Role.INSTRUCTEUR)
        instructeur.territoires.set(Territoire.objects.filter(code__in=["DOU", "VAL"]))
        appel = charger_appel_en_arbitrage(nombre=ESSAI, lignes=LIGNES)
        connection.check_constraints()  # les contraintes différées, comme à la validation
        yield appel
        transaction.set_rollback(True)


@pytest.fixture
def appel(appel_charge: AppelAProjets, db: None) -> AppelAProjets:
    return appel_charge


def test_l_appel_est_en_arbitrage_et_l_enveloppe_est_repartie(appel: AppelAProjets) -> None:
    appel.refresh_from_db()
    assert (str(appel.etat), appel.est_fictif, appel.part_pro_cible) == ("arbitrage", True, 59)
    assert (appel.axes.count(), appel.annees) == (5, [*ANNEES])
    voulue = Decimal(sum(votes_par_annee(DEMANDES[:ESSAI]).values())) / 100
    assert Enveloppe.objects.get(appel=appel).montant_ae == voulue == appel.montant_total
    credits_annuels = dict(CreditAnnuel.objects.filter(enveloppe__appel=appel).values_list("annee", "montant_cp"))
    dotations = Dotation.objects.filter(repartition__enveloppe__appel=appel).values_list("annee").order_by()
    assert dict(dotations.annotate(somme=Sum("montant"))) == credits_annuels


def test_les_projets_et_leurs_montants_sont_ceux_du_tirage(appel: AppelAProjets) -> None:
    ecrits = Projet.objects.filter(appel=appel).order_by("numero")
    voulus = [(une.projet.intitule, une.etat, une.projet.axe, une.projet.sous_type) for une in DEMANDES[:ESSAI]]
    assert list(ecrits.values_list("intitule", "etat", "axe__numero", "sous_type")) == voulus
    assert set(ecrits.values_list("depose_le", "rejet_implicite_le")) == {(None, None)}
    somme = ExerciceProjet.objects.filter(projet__appel=appel).aggregate(s=Sum("montant_demande"))["s"]
    assert somme * 100 == demande(DEMANDES[:ESSAI])
    parts = PartProjet.objects.filter(projet__appel=appel).order_by().values("projet").annotate(s=Sum("pourcentage"))
    assert set(parts.values_list("s", flat=True)) == {100}


def test_chaque_projet_presente_a_deux_notations_et_un_avis_chiffre(appel: AppelAProjets) -> None:
    notes = Projet.objects.filter(appel=appel, etat__in=["presente", "instruit"])
    bilans = notation_des_projets(notes.values_list("pk", flat=True))
    assert {(bilan.nombre, bilan.manquantes(appel)) for bilan in bilans.values()} == {(2, 0)}
    assert set(notes.annotate(combien=Count("avis")).values_list("combien", flat=True)) == {1}
    assert not Notation.objects.filter(projet__appel=appel).exclude(projet__in=notes)
    propositions = PropositionAnnuelle.objects.filter(avis__projet__appel=appel)
    assert propositions.count() == ExerciceProjet.objects.filter(projet__in=notes).count()
    assert not propositions.filter(Q(montant__gt=F("montant_demande")) | Q(cout_eligible__lt=F("montant")))
    assert not propositions.filter(avis__sens="defavorable", montant__gt=0)
    assert set(notes.values_list("avis__sens", flat=True)) >= {"favorable", "reserve"}


def test_rien_ne_reste_a_instruire_sans_chef_de_file(appel: AppelAProjets) -> None:
    restants = Projet.objects.filter(appel=appel, etat__in=A_INSTRUIRE)
    assert restants.count() == sum(une.etat == "instruit" for une in DEMANDES[:ESSAI])
    assert not restants.filter(affectations__isnull=True)
    assert not Projet.objects.filter(appel=appel, etat="presente", affectations__isnull=False)


def test_chaque_organisme_a_de_quoi_etre_paye(appel: AppelAProjets) -> None:
    assert not Organisme.objects.filter(projets__appel=appel, comptes_bancaires=None)


def test_recharger_ne_change_rien(appel: AppelAProjets) -> None:
    def compter() -> list[int]:
        return [modele.objects.count() for modele in (AppelAProjets, Enveloppe, Journal, Organisme, Projet)]

    avant = compter()
    assert charger_appel_en_arbitrage(nombre=ESSAI, lignes=LIGNES) == appel
    assert compter() == avant
