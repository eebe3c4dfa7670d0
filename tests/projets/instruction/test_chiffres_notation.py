"""Les totaux des notations : SQL et règle disent la même chose, exactement."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.socle.montants import en_centimes
from projets.chiffres.instructeurs import Instructeur, notations_par_instructeur
from projets.chiffres.notation import (
    NotationDuProjet,
    bilan_et_totaux,
    lignes_de_la_regle,
    moyennes_par_critere,
    notation_des_projets,
    notation_du_projet,
)
from projets.models import Notation
from projets.rules import notation as regles
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import deport_de
from tests.projets.instruction.jury import appel_en_instruction, instructeur_de, projet_a_noter, rendre

pytestmark = pytest.mark.django_db


def ligne(maximum: int, poids: int, valeur: int | None, plancher: int | None = None) -> regles.Ligne:
    return regles.Ligne(maximum, poids, valeur, plancher)


@pytest.mark.parametrize(
    ("lignes", "attendu"),
    [
        ([], 0),
        ([ligne(5, 10_000, 5)], 10_000),
        ([ligne(5, 6_000, 4), ligne(5, 4_000, 3)], 7_200),
        ([ligne(3, 10_000, 1)], 3_333),
        ([ligne(3, 10_000, 2)], 6_667),
        ([ligne(8, 4, 1)], 1),  # un demi-centième : vers le haut
        ([ligne(5, 6_000, 4), ligne(5, 4_000, None)], 4_800),
    ],
)
def test_le_total_pese_chaque_critere(lignes, attendu):
    assert regles.total(lignes) == attendu


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(1, 100), st.integers(1, 2_000), st.integers(0, 100)), max_size=6))
def test_le_total_est_a_moins_d_un_demi_centieme_de_la_somme_exacte(brut):
    lignes = [ligne(maximum, poids, min(valeur, maximum)) for maximum, poids, valeur in brut]
    exact = sum((Fraction(x.valeur or 0, x.maximum) * x.poids for x in lignes), Fraction(0))
    assert abs(regles.total(lignes) - exact) <= Fraction(1, 2)
    assert 0 <= regles.total(lignes) <= sum(x.poids for x in lignes)


@pytest.mark.parametrize(
    ("attendues", "admis", "totaux", "requis"),
    [
        (1, None, [], 1),
        (2, None, [1_000, 9_000], 2),
        (2, 2_000, [5_000], 2),
        (2, 2_000, [5_000, 7_000], 2),  # l’écart admis n’est pas dépassé
        (2, 2_000, [5_000, 7_001], 3),
        (1, 2_000, [5_000, 9_000], 3),  # deux l’ont noté, d’eux-mêmes : un troisième départage
        (3, 2_000, [5_000, 9_000], 4),
        (2, 2_000, [5_000, 6_000, 9_000], 3),  # déjà rendue, elle ne s’en demande pas une autre
    ],
)
def test_l_ecart_demande_une_notation_de_plus(attendues, admis, totaux, requis):
    assert regles.requises(attendues, admis, totaux) == requis


def test_ce_qui_manque_se_dit_au_singulier_et_au_pluriel():
    vide, sans_texte = ligne(5, 1, None), regles.Ligne(5, 1, 3, est_justifiee=False)
    assert [
        regles.ce_qui_manque(x) for x in ([], [vide], [vide, vide], [sans_texte], [sans_texte, sans_texte, vide])
    ] == [
        "",
        "un critère reste à noter",
        "2\u00a0critères restent à noter",
        "une note est à justifier",
        "un critère reste à noter et 2\u00a0notes sont à justifier",
    ]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(donnees=st.data())
def test_sql_et_regle_donnent_le_meme_total(donnees):
    maxima = donnees.draw(st.lists(st.integers(1, 100), min_size=1, max_size=5))
    poids = donnees.draw(st.lists(st.integers(1, 9_999), min_size=len(maxima), max_size=len(maxima)))
    grille = tuple((m, Decimal(p).scaleb(-2), None) for m, p in zip(maxima, poids, strict=True))
    projet = projet_a_noter(appel_en_instruction(grille))
    notes = [tuple(donnees.draw(st.integers(0, m)) for m in maxima) for _ in range(donnees.draw(st.integers(1, 3)))]
    criteres = list(projet.appel.criteres.order_by("ordre"))
    attendus = {}
    for valeurs in notes:
        notation = rendre(projet, valeurs=valeurs)
        lues = {c.pk: (v, "Parce que.") for c, v in zip(criteres, valeurs, strict=True)}
        attendus[notation.pk] = regles.total(lignes_de_la_regle(criteres, lues))
    lus = {pk: en_centimes(total) for pk, total in bilan_et_totaux(projet.pk)[1].items()}
    assert lus == attendus
    bilan = notation_du_projet(projet.pk)
    totaux = list(attendus.values())
    assert (bilan.nombre, en_centimes(bilan.moyenne), en_centimes(bilan.ecart)) == (
        len(totaux),
        regles.moyenne(totaux),
        regles.ecart(totaux),
    )


def test_le_bilan_d_un_projet_ne_compte_que_les_notations_rendues(requetes):
    appel = appel_en_instruction(((5, "60", 2), (5, "40", 3)), notations_attendues=2, ecart_de_troisieme_avis=10)
    projets = [projet_a_noter(appel) for _ in range(3)]
    rendre(projets[0], valeurs=(5, 2))
    rendre(projets[0], valeurs=(2, 3))
    rendre(projets[1], valeurs=(1, 3))
    with requetes() as prises:
        bilans = notation_des_projets([p.pk for p in projets])
    assert prises.nombre == 1
    assert [bilans[p.pk] for p in projets] == [
        NotationDuProjet(2, Decimal("62.00"), Decimal("28.00"), ("Critère 2",)),  # (2 + 3) / 2 < 3
        NotationDuProjet(1, Decimal("36.00"), Decimal("0.00"), ("Critère 1",)),
        NotationDuProjet(),
    ]
    assert [(bilans[p.pk].requises(appel), bilans[p.pk].manquantes(appel)) for p in projets] == [
        (3, 1),
        (2, 1),
        (2, 2),
    ]


def test_chaque_critere_a_sa_moyenne():
    appel = appel_en_instruction(((5, "60", 2), (3, "40", None)))
    projet = projet_a_noter(appel)
    lus = [
        (c.intitule, c.moyenne, c.nombre, c.est_sous_le_plancher) for c in moyennes_par_critere(projet.pk, appel.pk)
    ]
    assert lus == [("Critère 1", None, 0, False), ("Critère 2", None, 0, False)]
    for valeurs in ((1, 3), (2, 0), (2, 1)):
        rendre(projet, valeurs=valeurs)
    lus = [
        (c.intitule, c.moyenne, c.nombre, c.est_sous_le_plancher) for c in moyennes_par_critere(projet.pk, appel.pk)
    ]
    assert lus == [("Critère 1", Decimal("1.67"), 3, True), ("Critère 2", Decimal("1.33"), 3, False)]


def test_le_severe_se_voit_et_les_filtres_restreignent(requetes):
    appel, autre = appel_en_instruction(), appel_en_instruction()
    severe = PersonneFactory(instructeur=True, prenom="Sylvie", nom="Sévère")
    doux = PersonneFactory(instructeur=True, prenom="Denis", nom="Doux")
    for valeurs_du_severe, valeurs_du_doux in (((1, 1), (4, 4)), ((2, 2), (4, 4))):
        projet = projet_a_noter(appel)
        for personne, valeurs in ((severe, valeurs_du_severe), (doux, valeurs_du_doux)):
            personne.territoires.add(projet.parts.first().territoire)
            rendre(projet, personne, valeurs)
    seul = projet_a_noter(autre)
    doux.territoires.add(seul.parts.first().territoire)
    rendre(seul, doux, (5, 5))
    with requetes() as prises:
        ensemble = notations_par_instructeur()
    assert prises.nombre == 1
    d = Decimal
    assert ensemble == [
        Instructeur("Sylvie Sévère", 2, d("30.00"), d("10.00"), 2, d("-50.00")),
        Instructeur("Denis Doux", 3, d("86.67"), d("9.43"), 2, d("50.00")),
    ]
    assert notations_par_instructeur(appel=autre.pk) == [Instructeur("Denis Doux", 1, d("100.00"), d("0.00"), 0, None)]
    assert notations_par_instructeur(axe=appel.axes.get().pk)[1].nombre == 2
    assert instructeur_de(seul).pk  # qui n’a rien noté n’est pas dans la liste


def test_la_notation_de_qui_s_est_deporte_ne_compte_plus_nulle_part():
    projet = projet_a_noter(appel_en_instruction(((5, "60", 3), (5, "40", None))))
    restee, ecartee = rendre(projet, valeurs=(4, 3)), rendre(projet, valeurs=(0, 0))
    deport = deport_de(ecartee.instructeur, projet)
    seule = NotationDuProjet(1, Decimal("72.00"), Decimal(0), ())
    assert notation_du_projet(projet.pk) == seule
    assert bilan_et_totaux(projet.pk) == (seule, {restee.pk: Decimal("72.00")})
    par_critere = [
        (c.nombre, c.moyenne, c.est_sous_le_plancher) for c in moyennes_par_critere(projet.pk, projet.appel_id)
    ]
    assert par_critere == [(1, Decimal("4.00"), False), (1, Decimal("3.00"), False)]
    assert [(i.nombre, i.ecart) for i in notations_par_instructeur(projet.appel_id)] == [(1, None)]
    assert list(Notation.objects.qui_comptent()) == [restee]
    assert Notation.objects.rendues().count() == 2, "elle reste, et le journal la garde"
    deport.leve_le, deport.leve_par, deport.motif_de_levee = timezone.now(), PersonneFactory(pilote=True), "Erreur"
    deport.save()
    assert notation_du_projet(projet.pk).nombre == 2
