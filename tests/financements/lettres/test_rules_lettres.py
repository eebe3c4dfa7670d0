"""Composer une lettre : des blocs, rien d’évalué, rien d’oublié ; couper une adresse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from financements.rules.adresse_postale import lire_l_adresse
from financements.rules.lettres import OBLIGATOIRES, Texte, composer, connues, fautes, texte_brut
from financements.rules.textes_des_lettres import FOURNIS, mention_algorithmique, motif_de_la_decision, recours
from financements.rules.variables import TexteRefuse

MONTANTS = [["2016", "10 €"], ["Total", "10 €"]]


def valeurs(sens: str, **autres: str) -> dict[str, str]:
    return {nom: f"<{nom}>" for nom in connues(sens)} | autres


@pytest.mark.parametrize("sens", FOURNIS)
def test_les_textes_fournis_n_ont_pas_de_faute_et_disent_tout(sens):
    assert fautes(sens, FOURNIS[sens]) == ((), ())
    lettre = composer(FOURNIS[sens], valeurs(sens), MONTANTS)
    brut = texte_brut(lettre["blocs"])
    assert [nom for nom in OBLIGATOIRES[sens] if nom != "montants_par_annee" and f"<{nom}>" not in brut] == []
    assert ("2016 : 10 €" in brut) == (sens == "retenu")


def test_le_texte_devient_des_blocs_et_ce_qui_est_vide_disparait():
    corps = (
        "Bonjour {{ organisme }},\nligne deux\n\n# Conditions\n{{ conditions }}\n\n# Suite\r\n\r\n- un {{ reference }}"
        "\n- deux\n\n{{ montants_par_annee }}\n\nEn ligne : {{ montants_par_annee }}\n\n# Rien après"
    )
    texte = Texte("  {{ reference }} \n fin ", corps)
    dites = valeurs("retenu", organisme="# {{ reference }}\n- x", conditions="", montants_par_annee="2016 : 10 €")
    assert composer(texte, dites, MONTANTS) == {
        "objet": "<reference> fin",
        "blocs": [
            {"genre": "paragraphe", "texte": "Bonjour # {{ reference }}\n- x,\nligne deux"},
            {"genre": "titre", "texte": "Suite"},
            {"genre": "liste", "lignes": ["un <reference>", "deux"]},
            {"genre": "montants", "lignes": MONTANTS},
            {"genre": "paragraphe", "texte": "En ligne : 2016 : 10 €"},
        ],
    }
    assert composer(Texte("o", "{{ montants_par_annee }}"), dites, [])["blocs"] == []
    with pytest.raises(TexteRefuse):
        composer(Texte("o", "{{ inconnue }}"), dites, [])


def test_les_fautes_disent_leur_ligne_et_ce_qui_manque():
    objet, corps = fautes("non_retenu", Texte("{{ montant_total }}", "Un\n{{ recour }}\n{{ motif|safe }}"))
    assert [faute.ligne for faute in objet] == [1]
    assert [(faute.ligne, faute.message[:44]) for faute in corps] == [
        (2, "la variable « recour » n’existe pas. Vouliez"),
        (3, "« {{ motif|safe }} » n’est pas un nom de var"),
        *[(3, f"la variable « {{{{ {nom} }}}} » doit figurer dans"[:44]) for nom in OBLIGATOIRES["non_retenu"]],
    ]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_une_valeur_n_est_jamais_relue(valeur):
    blocs = composer(Texte("o", "A{{ intitule }}B"), {"intitule": valeur}, [])["blocs"]
    assert blocs == [{"genre": "paragraphe", "texte": f"A{valeur}B"}]


@pytest.mark.parametrize(
    ("adresse", "commune", "codes", "attendue"),
    [
        ("1 place de l’Exemple, 59000 Lille", "", "", ("1 place de l’Exemple", "59000", "Lille")),
        ("12 RUE DU 8 MAI 59300 VALENCIENNES CEDEX 9", "", "", ("12 RUE DU 8 MAI", "59300", "VALENCIENNES CEDEX 9")),
        ("12 rue X", "Douai", "59500", ("12 rue X", "59500", "Douai")),
        ("12 rue X", "Lille", "59000, 59800", ("12 rue X", "", "Lille")),
        ("BP 59123", "Lille", "", ("BP 59123", "", "Lille")),
        ("", "", "", ("", "", "")),
    ],
)
def test_une_adresse_se_coupe_comme_sur_l_enveloppe(adresse, commune, codes, attendue):
    lue = lire_l_adresse(adresse, commune, codes)
    assert (lue.rue, lue.code_postal, lue.ville) == attendue
    assert lue.est_entiere == all(attendue)


def test_le_motif_dit_la_seance_sinon_une_phrase_neutre():
    assert motif_de_la_decision(de_la_seance=" Vote. ") == "Vote."
    assert motif_de_la_decision(de_la_seance=" ").startswith("Les crédits votés ne permettent pas")


def test_les_recours_et_la_mention():
    assert mention_algorithmique(est_calcule=False, contact="a@b.fr") == ""
    mention = mention_algorithmique(est_calcule=True, contact="a@b.fr")
    assert [cite in mention for cite in ("a@b.fr", "finalité", "L311-3-1", "documents administratifs")] == [True] * 4
    dits = recours(service="S", adresse="", tribunal="")
    assert [
        cite in dits for cite in ("adressé au service (S),", "deux mois", "devant le tribunal administratif (")
    ] == [True] * 3
