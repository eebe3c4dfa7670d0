"""Les déclarations du Cerfa : lesquelles, leur texte, la réponse choisie, et ce que le dépôt en garde."""

from datetime import UTC, date, datetime
from html import unescape

import pytest

from comptes.models import Courriel
from comptes.states import FormeJuridique
from projets.models import Depot
from projets.pdf.recepisse import composer_le_recepisse
from projets.rules.attestations import CUMUL, SINCERITE, Declarant, Demande, attestations
from projets.rules.depot import accuse
from tests.projets.complets import projet_complet, responsable_pret
from tests.projets.fabriques import CONTENU_DEPOSE
from tests.projets.test_recepisse import texte_de

RIEN = Demande({})
CUMUL_TEXTE = (
    "Le montant total et cumulé des aides publiques reçues par l’organisme (subventions, aides financières ou en "
    "nature) sur les trois derniers exercices, celui en cours compris, est"
)


@pytest.mark.parametrize(
    ("declarant", "ouverture", "attendu"),
    [
        (
            Declarant(est_association=True),
            date(2022, 1, 1),
            ["sincerite", "obligations", "charte", "cumul", "pouvoir"],
        ),
        (
            Declarant(est_association=True),
            date(2022, 1, 2),
            ["sincerite", "obligations", "charte", "engagement_republicain", "cumul", "pouvoir"],
        ),
        (Declarant(), date(2026, 1, 1), ["sincerite", "obligations", "cumul", "pouvoir"]),
        (Declarant(est_public=True), date(2026, 1, 1), ["sincerite", "obligations", "pouvoir"]),
    ],
)
def test_les_declarations_suivent_la_forme_et_la_date(declarant, ouverture, attendu):
    assert [a.code for a in attestations(declarant, RIEN, ouverture=ouverture)] == attendu


@pytest.mark.parametrize(
    ("demande", "attendu"),
    [
        (RIEN, {}),
        (
            Demande({2027: 1_200_000, 2028: 0}),
            {"demande": "L’organisme demande au département une aide de 12 000 € au titre de l’exercice 2027."},
        ),
        (
            Demande({2027: 6_000_000, 2028: 100, 2029: 5_000_000}, "Courant (FR76 •••• 0189)", "Asso"),
            {
                "demande": "L’organisme demande au département une aide de 110 001 € au titre de plusieurs "
                "exercices : 2027 (60 000 €), 2028 (1 €) et 2029 (50 000 €).",
                "versement": "Si elle est accordée, l’aide sera versée sur ce compte bancaire : Courant "
                "(FR76 •••• 0189), titulaire Asso.",
            },
        ),
    ],
)
def test_la_demande_et_le_compte_s_ecrivent_d_apres_le_projet(demande, attendu):
    lues = attestations(Declarant(est_public=True), demande, ouverture=date(2026, 1, 1))
    composees = {a.code: " ".join(a.texte.split()) for a in lues if a.code in {"demande", "versement"}}
    assert composees == attendu


def test_le_depot_garde_le_texte_et_la_reponse():
    assert [SINCERITE.figee(), CUMUL.figee("au_dela")] == [
        {"code": "sincerite", "texte": SINCERITE.texte},
        {
            "code": "cumul",
            "texte": f"{CUMUL_TEXTE} supérieur à 500\u202f000\u00a0€.",
            "reponse": "au_dela",
        },
    ]
    with pytest.raises(KeyError):
        CUMUL.figee("autre")


def test_une_copie_d_avant_ces_declarations_se_lit_encore():
    ancienne = {cle: valeur for cle, valeur in CONTENU_DEPOSE.items() if cle != "attestations"}
    communs = {"version": 1, "premier_depot": datetime(2016, 4, 20, 10, tzinfo=UTC), "empreinte": "a" * 64}
    lus = [accuse(contenu, **communs) for contenu in (ancienne, CONTENU_DEPOSE)]
    assert [(list(lu.declarations), lu.charge_du_dossier) for lu in lus] == [([], ""), ([], "")]


# --- Par la page --------------------------------------------------------------------------------------------
def de_l_organisme(forme, **champs):
    """Le projet complet d’un organisme de cette forme, et son responsable."""
    adhesion = responsable_pret(forme_juridique=forme, **champs)
    return projet_complet(adhesion), adhesion.personne


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("forme", "le_declare"), [(forme, forme not in {"ccas", "epci", "commune", "gip"}) for forme in FormeJuridique]
)
def test_une_personne_publique_ne_declare_pas_le_cumul_des_aides(connecter, forme, le_declare):
    projet, personne = de_l_organisme(forme)
    page = connecter(personne).get(f"/mes-projets/{projet.pk}/verification/")
    assert ("cumul" in page.context["form"].fields) == le_declare


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reponse", "erreur"),
    [
        ("", "Choisissez une réponse pour déposer."),
        ("autre", "Sélectionnez un choix valide. autre n’en fait pas partie."),
    ],
)
def test_sans_reponse_connue_le_depot_s_arrete(connecter, reponse, erreur):
    projet, personne = de_l_organisme("association")
    page = envoyer(connecter(personne), projet, reponse)
    assert (page.context["form"].errors, Depot.objects.exists()) == ({"cumul": [erreur]}, False)


@pytest.mark.django_db
def test_la_copie_l_accuse_et_le_courriel_portent_le_texte_et_la_reponse(connecter):
    projet, personne = de_l_organisme("association", adresse_courrier="BP 12, 59500 Douai")
    client = connecter(personne)
    envoyer(client, projet, "au_dela")
    depot = Depot.objects.get()
    compte = projet.organisme.comptes_bancaires.get()
    masque = " ".join(str(compte).split())
    textes = {a["code"]: " ".join(a["texte"].split()) for a in depot.contenu["attestations"]}
    attendus = [
        f"{CUMUL_TEXTE} supérieur à 500 000 €.",
        "L’organisme demande au département une aide de 180 000 € au titre de plusieurs exercices : 2027 (60 000 €), "
        "2028 (60 000 €) et 2029 (60 000 €).",
        f"Si elle est accordée, l’aide sera versée sur ce compte bancaire : {masque}, titulaire {compte.titulaire}.",
    ]
    assert [textes[code] for code in ("cumul", "demande", "versement")] == attendus
    assert (compte.iban in str(depot.contenu), depot.contenu["organisme"]["adresse_postale"]) == (
        False, "BP 12, 59500 Douai",
    )  # fmt: skip
    for version in Courriel.objects.values_list("texte", "html").get():
        assert "Dossier suivi par Claire Martin, chargée de mission" in " ".join(version.split())
    lieux = [
        texte_de(composer_le_recepisse(depot)),
        *Courriel.objects.values_list("texte", flat=True),
        unescape(client.get(f"/mes-projets/{projet.pk}/imprimer/").content.decode()),
    ]
    assert [[attendu in " ".join(lieu.split()) for attendu in attendus] for lieu in lieux] == [[True] * 3] * 3


def envoyer(client, projet, cumul):
    """Tout coché, et cette réponse au cumul des aides."""
    codes = ["sincerite", "obligations", "charte", "engagement_republicain", "demande", "versement", "pouvoir"]
    envoi = {**dict.fromkeys(codes, "on"), "cumul": cumul, "version": projet.version}
    return client.post(f"/mes-projets/{projet.pk}/verification/", envoi)
