"""Les étapes organisme, action et publics : ce qui manque, ce qui est faux, ce qui se garde tel que tapé."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from projets.forms.dossier.dossier import PAR_CLE, Dossier
from projets.forms.dossier.etape import lisible
from projets.forms.fields import DecimalFrField
from projets.models import Projet
from projets.states import SorteDeQuestion
from tests.comptes.fabriques import CompteBancaireFactory
from tests.projets.dossiers import ACTION, appel_ouvert, brouillon, collegue, ecrire, porteur
from tests.projets.fabriques import AxeFactory, QuestionFactory
from tests.territoires.fabriques import CommuneFactory, TerritoireFactory

pytestmark = pytest.mark.django_db
OBLIGATOIRE = "Ce champ est obligatoire."
MASQUE = "Compte courant (FR76\u00a0••••\u00a0••••\u00a00189)"


def formulaire(projet: Projet, cle: str, valeurs: dict | None = None):
    return Dossier(projet).formulaire(PAR_CLE[cle], valeurs or {})


def erreurs(projet: Projet, cle: str, valeurs: dict | None = None) -> dict[str, list[str]]:
    """Les erreurs montrées : celles de ce qui est tapé, pas les oublis."""
    form = formulaire(projet, cle, valeurs)
    form.sans_les_oublis()
    return {nom: list(textes) for nom, textes in form.errors.items()}


def manques(projet: Projet, cle: str, valeurs: dict | None = None) -> list[tuple[str, str]]:
    etape = PAR_CLE[cle]
    tous = [*formulaire(projet, cle, valeurs).manques(cle), *etape.controle(Dossier(projet).donnees)]
    return [(m.ancre, m.message) for m in tous]


@pytest.fixture
def projet():
    return brouillon()


# --- Votre organisme ----------------------------------------------------------------------------------------
def test_ce_qui_manque_a_la_fiche_et_au_contact_empeche_de_deposer(projet):
    assert manques(projet, "organisme") == [
        ("id_contact_telephone", OBLIGATOIRE),
        ("id_compte_bancaire", "Choisissez un compte de l’organisme."),
        (
            "fiche",
            "à compléter (adresse du siège, commune du siège, représentant légal, qualité du représentant légal).",
        ),
    ]
    assert erreurs(projet, "organisme") == {}


def test_une_fiche_et_un_contact_complets_ne_laissent_rien_manquer():
    adhesion = porteur(
        organisme__telephone="03 20 00 00 00",
        organisme__adresse="1 rue Haute",
        organisme__commune=CommuneFactory(),
        organisme__representant_nom="Ada Roux",
        organisme__representant_qualite="présidente",
    )
    CompteBancaireFactory(organisme=adhesion.organisme)
    assert manques(brouillon(adhesion), "organisme") == []


def test_les_comptes_se_montrent_masques_et_ceux_d_autrui_jamais():
    adhesion = porteur()
    CompteBancaireFactory()
    compte = CompteBancaireFactory(organisme=adhesion.organisme)
    champ = formulaire(brouillon(adhesion), "organisme").fields["compte_bancaire"]
    assert champ.choices == [("", "Choisir un compte"), (str(compte.pk), MASQUE)]


def test_un_compte_archive_depuis_reste_choisi_mais_ne_suffit_plus():
    adhesion = porteur()
    compte = CompteBancaireFactory(organisme=adhesion.organisme)
    projet = brouillon(adhesion)
    type(compte).objects.update(est_archive=True)
    form = formulaire(projet, "organisme")
    assert form["compte_bancaire"].value() == str(compte.pk)
    assert form.errors["compte_bancaire"] == ["Ce compte a été archivé : choisissez-en un autre."]
    assert form.fields["compte_bancaire"].choices[1:] == [(str(compte.pk), f"{MASQUE}, archivé")]


def test_un_telephone_ou_une_adresse_faux_se_disent_a_cote_du_champ(projet):
    assert erreurs(projet, "organisme", {"contact_courriel": "claire@", "contact_telephone": "poste 12"}) == {
        "contact_courriel": ["Saisissez une adresse de courriel valide."],
        "contact_telephone": ["Ce numéro n’est pas un téléphone : « 03 20 00 00 00 » ou « +33 3 20 00 00 00 »."],
    }


# --- L’action -----------------------------------------------------------------------------------------------
def test_une_action_complete_n_a_ni_manque_ni_erreur(projet):
    assert (manques(projet, "action", ACTION), erreurs(projet, "action", ACTION)) == ([], {})


def test_une_action_vide_dit_chaque_champ_qui_manque_et_aucune_faute(projet):
    assert (manques(projet, "action"), erreurs(projet, "action")) == (
        [
            *((f"id_{nom}", OBLIGATOIRE) for nom in ("objectifs", "description", "methode", "debut", "fin", "lieu")),
            *((f"id_{nom}", OBLIGATOIRE) for nom in ("etp", "moyens_humains", "resultats")),
            ("id_indicateur_1_libelle", "Donnez au moins un indicateur et sa cible."),
        ],
        {},
    )


@pytest.mark.parametrize(
    ("dates", "attendues"),
    [
        ({"debut": "2027-01-01", "fin": "2028-12-31"}, {}),
        ({"debut": "2027-06-01", "fin": "2027-06-01"}, {}),
        ({"debut": "2026-12-31"}, {"debut": ["L’appel porte sur 2027-2028 : choisissez une date de ces années."]}),
        ({"fin": "2029-01-01"}, {"fin": ["L’appel porte sur 2027-2028 : choisissez une date de ces années."]}),
        ({"debut": "2028-02-01", "fin": "2028-01-31"}, {"fin": ["La fin vient après le début."]}),
        ({"debut": "31/02/2027"}, {"debut": ["Saisissez une date valide."]}),
    ],
)
def test_les_dates_sont_dans_les_annees_de_l_appel_et_dans_l_ordre(projet, dates, attendues):
    assert erreurs(projet, "action", {**ACTION, **dates}) == attendues


def test_une_date_que_le_calendrier_ne_lit_pas_se_montre_telle_quelle(projet):
    form = formulaire(projet, "action", {"debut": "le 15 janvier", "fin": "2027-03-01"})
    assert 'value="le 15 janvier"' in str(form["debut"])
    assert ('type="text"' in str(form["debut"]), 'type="date"' in str(form["fin"])) == (True, True)


@pytest.mark.parametrize(
    ("ligne", "attendus"),
    [
        ({"libelle": "Sorties", "cible": "40", "unite": "%"}, []),
        ({"libelle": "Sorties", "cible": "0"}, []),
        ({"libelle": "Sorties"}, [("id_indicateur_2_cible", "Quelle cible pour cet indicateur ?")]),
        ({"cible": "40"}, [("id_indicateur_2_libelle", "Que mesure cet indicateur ?")]),
        ({"unite": "%"}, [("id_indicateur_2_libelle", "Que mesure cet indicateur ?")]),
        ({"libelle": "Sorties", "cible": "beaucoup"}, [("id_indicateur_2_cible", "Saisissez un nombre.")]),
    ],
)
def test_chaque_indicateur_a_un_libelle_et_une_cible(projet, ligne, attendus):
    tapes = {f"indicateur_2_{partie}": valeur for partie, valeur in ligne.items()}
    assert manques(projet, "action", {**ACTION, **tapes}) == attendus


def test_un_nombre_s_ecrit_a_la_francaise(projet):
    form = formulaire(projet, "action", {**ACTION, "indicateur_1_cible": "1\u202f250,5", "etp": "0,5"})
    assert (form.errors, form.cleaned_data["indicateur_1_cible"], form.cleaned_data["etp"]) == (
        {},
        Decimal("1250.5"),
        Decimal("0.5"),
    )


def test_les_questions_de_l_appel_et_de_l_axe_comptent_celles_des_autres_axes_non():
    appel = appel_ouvert()
    autre = AxeFactory(appel=appel, numero=2)
    commune = QuestionFactory(appel=appel, ordre=3, sorte=SorteDeQuestion.ENTIER)
    de_l_axe = QuestionFactory(appel=appel, ordre=2, sorte=SorteDeQuestion.OUI_NON, axe=appel.axes.first())
    d_ailleurs = QuestionFactory(appel=appel, ordre=1, sorte=SorteDeQuestion.DATE, axe=autre)
    projet = brouillon(appel=appel)
    avec_reponse = {**ACTION, f"question_{d_ailleurs.pk}": "pas une date"}
    assert manques(projet, "action", avec_reponse) == [
        (f"id_question_{commune.pk}", OBLIGATOIRE),
        (f"id_question_{de_l_axe.pk}_0", OBLIGATOIRE),
    ]
    form = formulaire(projet, "action")
    assert [nom for nom in form.champs_utiles() if nom.startswith("question")] == [
        f"question_{commune.pk}",
        f"question_{de_l_axe.pk}",
    ]


def test_changer_d_axe_change_les_questions_et_garde_toutes_les_reponses():
    appel = appel_ouvert()
    un, deux = appel.axes.get(), AxeFactory(appel=appel, numero=2)
    du_un, du_deux = (QuestionFactory(appel=appel, axe=axe, sorte=SorteDeQuestion.TEXTE_COURT) for axe in (un, deux))
    projet = brouillon(appel=appel)
    autre = collegue(projet)
    ecrire(projet, autre, **ACTION, **{f"question_{du_un.pk}": "réponse au un"})
    lu = {"axe": str(un.pk)}
    ecrire(projet, autre, lu, axe=str(deux.pk))
    projet = Projet.objects.get(pk=projet.pk)
    assert manques(projet, "action") == [(f"id_question_{du_deux.pk}", OBLIGATOIRE)]
    ecrire(projet, autre, {"axe": str(deux.pk)}, axe=str(un.pk))
    projet = Projet.objects.get(pk=projet.pk)
    assert manques(projet, "action") == []
    assert formulaire(projet, "action")[f"question_{du_un.pk}"].value() == "réponse au un"


def test_un_texte_trop_long_se_dit_et_n_est_jamais_coupe_par_le_navigateur(projet):
    form = formulaire(projet, "action", {**ACTION, "objectifs": "a" * 8001})
    assert form.errors == {
        "objectifs": ["Assurez-vous que cette valeur comporte au plus 8000 caractères (actuellement 8001)."]
    }
    assert "maxlength" not in str(form["objectifs"])


# --- Publics et territoires ---------------------------------------------------------------------------------
@pytest.fixture
def lieux():
    """Trois territoires et deux communes."""
    for code in ("AVE", "DOU", "VAL"):
        TerritoireFactory(code=code)
    for nom in ("Denain", "Saint-Amand-les-Eaux"):
        CommuneFactory(nom=nom)


def publics(**tapes: str) -> dict[str, str]:
    return {
        "public_vise": "Parents seuls.",
        "orientation": "Par le référent.",
        "allocataires_2027": "40",
        "allocataires_2028": "1 200",
        **tapes,
    }


def test_des_publics_complets_donnent_les_parts_en_centiemes_et_la_moyenne(projet, lieux):
    tapes = publics(part_AVE="33,33", part_VAL="66,67 %", part_DOU="", communes="denain\n\nSAINT AMAND LES EAUX")
    form = formulaire(projet, "publics", {**tapes, "communes": "denain\n\nSAINT-AMAND-LES-EAUX"})
    assert (form.errors, form.parts(), form.allocataires_par_an(), form.cleaned_data["communes"]) == (
        {},
        {"AVE": 3333, "VAL": 6667},
        620,
        "Denain\nSaint-Amand-les-Eaux",
    )


def test_la_moyenne_des_allocataires_s_arrondit_au_dessus(projet, lieux):
    form = formulaire(projet, "publics", publics(part_AVE="100", allocataires_2027="1", allocataires_2028="0"))
    assert (form.errors, form.allocataires_par_an()) == ({}, 1)


@pytest.mark.parametrize(
    ("parts", "dit"),
    [
        ({}, "Dites la part de chaque territoire, 100\u00a0% en tout."),
        ({"part_AVE": "60"}, "Les parts font 60\u00a0% : il manque 40\u00a0%."),
        ({"part_AVE": "60", "part_VAL": "40,5"}, "Les parts font 100,50\u00a0% : il y a en trop 0,50\u00a0%."),
        ({"part_AVE": "33,33", "part_VAL": "66,66"}, "Les parts font 99,99\u00a0% : il manque 0,01\u00a0%."),
    ],
)
def test_les_parts_font_cent_pour_cent(projet, lieux, parts, dit):
    assert manques(projet, "publics", publics(**parts)) == [("territoires", dit)]


def test_aucune_part_est_un_oubli_une_mauvaise_somme_une_faute(projet, lieux):
    assert erreurs(projet, "publics", publics()) == {}
    assert erreurs(projet, "publics", publics(part_AVE="60")) == {
        "__all__": ["Les parts font 60\u00a0% : il manque 40\u00a0%."]
    }


def test_une_part_fausse_se_dit_seule_sans_parler_de_la_somme(projet, lieux):
    assert erreurs(projet, "publics", publics(part_AVE="la moitié", part_VAL="-1", part_DOU="12,345")) == {
        "part_AVE": ["Saisissez un nombre."],
        "part_DOU": ["Assurez-vous qu’il n’y a pas plus de 2 chiffres après la virgule."],
        "part_VAL": ["Ce nombre n’est pas négatif\u00a0: écrivez zéro ou plus."],
    }


def test_une_action_sans_allocataire_ne_se_depose_pas(projet, lieux):
    tapes = publics(part_AVE="100", allocataires_2027="0", allocataires_2028="0")
    assert erreurs(projet, "publics", tapes) == {
        "allocataires_2027": ["L’action accompagne au moins un allocataire sur sa durée."]
    }


def test_une_commune_inconnue_dit_sa_ligne_et_le_nom_le_plus_proche(projet, lieux):
    assert erreurs(projet, "publics", publics(part_AVE="100", communes="Denain\nDenin\nXyzxyz")) == {
        "communes": [
            "Ligne 2 : « Denin » n’est pas une commune connue. Vouliez-vous dire « Denain » ?",
            "Ligne 3 : « Xyzxyz » n’est pas une commune connue.",
        ]
    }


@pytest.mark.parametrize(
    ("tape", "proche"), [("Paris", ""), ("Dunkerk", " Vouliez-vous dire « Dunkerque » ?"), ("Lyon", "")]
)
def test_seul_un_nom_vraiment_proche_se_propose(projet, lieux, tape, proche):
    for nom in ("Maurois", "Dunkerque"):
        CommuneFactory(nom=nom)
    assert erreurs(projet, "publics", publics(part_AVE="100", communes=tape)) == {
        "communes": [f"Ligne 1 : « {tape} » n’est pas une commune connue.{proche}"]
    }


@pytest.mark.parametrize(
    ("sorte", "tape", "dit"),
    [
        ("entier", "-3", "Ce nombre n’est pas négatif\u00a0: écrivez zéro ou plus."),
        ("entier", "2,5", "Écrivez un nombre entier, sans virgule."),
        ("montant", "-1", "Ce nombre n’est pas négatif\u00a0: écrivez zéro ou plus."),
    ],
)
def test_un_nombre_faux_se_dit_en_une_phrase(projet, sorte, tape, dit):
    question = QuestionFactory(appel=projet.appel, sorte=sorte)
    assert erreurs(projet, "action", {f"question_{question.pk}": tape})[f"question_{question.pk}"] == [dit]


def test_de_nombreuses_communes_inconnues_se_disent_en_quelques_lignes(projet, lieux):
    dites = erreurs(projet, "publics", publics(part_AVE="100", communes="\n".join(["Zzz"] * 1000)))["communes"]
    assert (len(dites), dites[-1]) == (6, "995 autres lignes ne sont pas des communes connues.")


@given(st.text(max_size=60))
def test_n_importe_quelle_part_se_lit_ou_se_dit_sans_jamais_casser(texte):
    champ = DecimalFrField(required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2)
    try:
        lu = champ.clean(texte)
    except ValidationError:
        lu = None
    assert lu is None or 0 <= lu <= 100


# --- Ce que tout formulaire d’étape fait --------------------------------------------------------------------
def test_seuls_comptent_les_champs_de_l_etape_et_une_case_vide_ne_compte_que_montree():
    appel = appel_ouvert()
    choix = QuestionFactory(appel=appel, sorte=SorteDeQuestion.CHOIX_MULTIPLE, choix=["Jeunes", "Parents"])
    form = formulaire(brouillon(appel=appel), "action")
    nom = f"question_{choix.pk}"
    assert form.saisies(QueryDict("objectifs=a%0D%0Ab&inconnu=1&lieu=une%0Aligne")) == {
        "objectifs": "a\nb",
        "lieu": "une ligne",
    }
    assert form.saisies(QueryDict(f"champs={nom}")) == {nom: []}
    assert form.saisies(QueryDict(f"champs={nom}&{nom}=Jeunes&{nom}=Parents")) == {nom: ["Jeunes", "Parents"]}


def test_une_valeur_se_montre_par_son_libelle():
    appel = appel_ouvert()
    choix = QuestionFactory(appel=appel, sorte=SorteDeQuestion.OUI_NON)
    form = formulaire(brouillon(appel=appel), "action")
    champs = form.fields
    assert [
        lisible(champs["axe"], str(appel.axes.get().pk)),
        lisible(champs[f"question_{choix.pk}"], "oui"),
        lisible(champs["objectifs"], ""),
        lisible(champs["objectifs"], "Jardin"),
    ] == [str(appel.axes.get()), "Oui", "vide", "Jardin"]
