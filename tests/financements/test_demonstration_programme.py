"""Le programme de démonstration : les chiffres publiés, au centime, quelle que soit la graine."""

from collections import Counter
from datetime import date

import pytest
from stdnum.fr import siret

from comptes.rules.identifiants import rna_est_valide, siret_est_valide
from comptes.states import FormeJuridique
from financements.demonstration.generer import generer_programme
from financements.demonstration.lieux import ECARTS, a_commune, dire_les_territoires
from financements.demonstration.lignes import ANNEES, AXES, TOTAL, LigneDemo
from financements.demonstration.organismes import siret_fictif
from financements.demonstration.themes import ACI, EXPERIMENTATION, IOD, MEDIATION, OBSTACLES, SOCIAL
from territoires.imports.nord import lire_communes, lire_effectifs
from territoires.rules.plus_forts_restes import repartir

PUBLIES = {
    1: (38, 732_000_000),
    2: (91, 658_000_000),
    3: (115, 1_519_000_000),
    4: (219, 1_476_000_000),
    5: (525, 3_043_000_000),
}


@pytest.fixture(scope="module")
def programme() -> list[LigneDemo]:
    return generer_programme()


def par_axe(lignes: list[LigneDemo]) -> dict[int, tuple[int, int]]:
    axes = sorted({ligne.axe for ligne in lignes})
    return {
        axe: (
            sum(ligne.axe == axe for ligne in lignes),
            sum(montant for ligne in lignes if ligne.axe == axe for montant in ligne.montants.values()),
        )
        for axe in axes
    }


def part_professionnelle(lignes: list[LigneDemo], annees: tuple[int, ...]) -> int:
    """En pour cent, arrondie à l’entier."""
    credits_ = Counter[str]()
    for ligne in lignes:
        volet = "social" if ligne.axe == 5 else "professionnel"
        credits_[volet] += sum(ligne.montants.get(annee, 0) for annee in annees)
    return round(100 * credits_["professionnel"] / credits_.total())


def test_les_axes_sont_ceux_publies() -> None:
    assert {axe.numero: (axe.actions, axe.total) for axe in AXES} == PUBLIES
    assert TOTAL == 7_428_000_000


@pytest.mark.parametrize("graine", [2016, 1, 2, 3])
def test_nombres_et_totaux_par_axe_sont_publies_au_centime(graine: int) -> None:
    assert par_axe(generer_programme(graine)) == PUBLIES


@pytest.mark.parametrize("graine", [2016, 1, 2, 3])
def test_le_partage_professionnel_social_est_de_59_pour_cent(graine: int) -> None:
    lignes = generer_programme(graine)
    assert [part_professionnelle(lignes, annees) for annees in [(2017,), (2018,), ANNEES]] == [59, 59, 59]


def test_deux_tirages_de_meme_graine_sont_egaux(programme: list[LigneDemo]) -> None:
    assert generer_programme(2016) == programme


def test_une_autre_graine_donne_un_autre_programme(programme: list[LigneDemo]) -> None:
    assert generer_programme(2017) != programme


def test_le_facteur_multiplie_actions_et_credits() -> None:
    lignes = generer_programme(facteur=10)
    assert par_axe(lignes) == {axe: (nombre * 10, total * 10) for axe, (nombre, total) in PUBLIES.items()}
    assert len({ligne.intitule for ligne in lignes}) == 9_880
    assert len({ligne.organisme.siret for ligne in lignes}) == len({ligne.organisme.nom for ligne in lignes})


def test_les_actions_sont_numerotees_dans_l_ordre_des_axes(programme: list[LigneDemo]) -> None:
    assert [ligne.numero for ligne in programme] == list(range(1, 989))
    assert [ligne.axe for ligne in programme] == sorted(ligne.axe for ligne in programme)


def test_iod_dans_le_seul_axe_1_et_aci_dans_le_seul_axe_3(programme: list[LigneDemo]) -> None:
    dispositifs = Counter((ligne.sous_type, ligne.axe) for ligne in programme if ligne.sous_type in {"IOD", "ACI"})
    assert dispositifs == {("IOD", 1): 19, ("ACI", 3): 115}


def test_chaque_ligne_tient_debout(programme: list[LigneDemo]) -> None:
    codes = set(lire_effectifs())
    for ligne in programme:
        assert ligne.total == sum(ligne.montants.values())
        assert set(ligne.montants) <= set(ANNEES)
        assert all(montant > 0 for montant in ligne.montants.values())
        assert 150_000 <= ligne.total <= 40_000_000
        assert ligne.cout_total >= ligne.total + ligne.montant_fse
        assert sum(part for _, part in ligne.parts) == 100
        assert {code for code, _ in ligne.parts} <= codes
        assert len({code for code, _ in ligne.parts}) == len(ligne.parts)
        assert ligne.allocataires_prevus > 0
        assert 10 <= len(ligne.intitule) <= 300
        assert (ligne.deliberation, ligne.date_deliberation) == (f"DLES/2016/{211 + ligne.axe}", date(2016, 6, 13))


def test_les_intitules_sont_tous_distincts(programme: list[LigneDemo]) -> None:
    assert [intitule for intitule, fois in Counter(ligne.intitule for ligne in programme).items() if fois > 1] == []


def test_les_credits_par_territoire_suivent_les_ecarts_voulus(programme: list[LigneDemo]) -> None:
    votes = Counter[str]()
    for ligne in programme:
        for code, part in ligne.parts:
            votes[code] += ligne.total * part // 100
    prorata = repartir(TOTAL, lire_effectifs())
    ecarts = {code: round(1000 * (votes[code] - prorata[code]) / prorata[code]) for code in ECARTS}
    assert {code for code, ecart in ecarts.items() if abs(ecart - ECARTS[code]) > 10} == set()


def test_une_action_sur_huit_couvre_plusieurs_territoires(programme: list[LigneDemo]) -> None:
    plusieurs = sum(len(ligne.parts) > 1 for ligne in programme)
    assert (plusieurs * 100 // 988, max(len(ligne.parts) for ligne in programme)) == (12, 8)


def test_soixante_dix_mille_allocataires_par_an_a_cinq_pour_cent_pres(programme: list[LigneDemo]) -> None:
    accompagnes = [
        sum(ligne.allocataires_prevus for ligne in programme if annee in ligne.montants) for annee in ANNEES
    ]
    assert [round(nombre / 70_000, 1) for nombre in accompagnes] == [1.0, 1.0, 1.0]


def test_beaucoup_de_petites_actions_et_peu_de_grandes(programme: list[LigneDemo]) -> None:
    montants = sorted(ligne.total for ligne in programme)
    mediane, moyenne = montants[494], TOTAL // 988
    assert mediane * 10 < moyenne * 8
    assert any(montant % 100 for montant in montants)  # des centimes, pour éprouver les sommes


def test_une_partie_des_actions_a_du_fse_dans_chaque_axe(programme: list[LigneDemo]) -> None:
    assert {ligne.axe for ligne in programme if ligne.montant_fse} == {1, 2, 3, 4, 5}
    assert 80 <= sum(ligne.montant_fse > 0 for ligne in programme) <= 160


def test_les_organismes_sont_identifies_sans_designer_personne(programme: list[LigneDemo]) -> None:
    organismes = {ligne.organisme for ligne in programme}
    communes = {commune.code_insee: commune.territoire for commune in lire_communes()}
    assert 380 <= len(organismes) <= 420
    assert len({o.siret for o in organismes}) == len({o.nom for o in organismes}) == len(organismes)
    assert {siret_est_valide(o.siret) and siret.is_valid(o.siret) for o in organismes} == {True}
    assert {o.siret[:4] for o in organismes} == {"0000"}  # sous le premier SIREN attribué
    assert {o.rna[:4] for o in organismes if o.rna} == {"W599"}  # ce greffe n’existe pas
    assert {rna_est_valide(o.rna) for o in organismes if o.rna} == {True}
    assert {o.forme_juridique for o in organismes} <= set(FormeJuridique.values)
    assert {o.siret for o in organismes if communes[o.code_commune] != o.territoire} == set()
    assert 8 <= max(Counter(ligne.organisme.siret for ligne in programme).values()) <= 12


def test_le_siege_d_un_organisme_est_dans_le_territoire_de_ses_actions(programme: list[LigneDemo]) -> None:
    assert {ligne.numero for ligne in programme if ligne.parts[0][0] != ligne.organisme.territoire} == set()


def test_la_tranche_de_siren_inventes_a_une_fin() -> None:
    with pytest.raises(ValueError, match="9000 organismes"):
        siret_fictif(9_000)


def test_les_lieux_se_disent_en_francais() -> None:
    assert [a_commune(nom) for nom in ["Lille", "Le Quesnoy", "Les Rues-des-Vignes", "La Bassée"]] == [
        "à Lille",
        "au Quesnoy",
        "aux Rues-des-Vignes",
        "à La Bassée",
    ]
    assert [dire_les_territoires(codes) for codes in [["VAL", "DOU"], ["FLI", "FLM", "MLI"], sorted(ECARTS)]] == [
        "dans le Valenciennois et le Douaisis",
        "dans la Flandre intérieure, la Flandre maritime et la métropole lilloise",
        "dans tout le département",
    ]


def test_le_complement_d_un_intitule_s_accorde_a_tous_les_objets() -> None:
    """Il suit n’importe quel objet de son thème : un mot qui s’accorde (« livré », « itinérante ») serait faux."""
    themes = (IOD, ACI, *MEDIATION, *EXPERIMENTATION, *OBSTACLES, *SOCIAL)
    invariables = {
        "", ":", "à", "au", "auprès", "avec", "dans", "de", "des", "en", "entre", "et", "hors", "le", "par", "pour",
    }  # fmt: skip
    complements = [complement for theme in themes for complement in theme.complements]
    fautifs = [c for c in complements if c.removeprefix(",").strip().partition(" ")[0] not in invariables]
    assert fautifs == []
