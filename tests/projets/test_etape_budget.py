"""L’étape du budget, en vrai : ce qui s’enregistre, ce qui se dit, ce que la base accepte, combien de requêtes."""

import re
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from comptes.states import Role
from config.socle.montants import en_euros
from projets.forms.dossier.dossier import PAR_CLE, Dossier
from projets.models import Cofinancement, ExerciceProjet, LigneBudget, Projet, Saisie
from projets.rules.budget import BudgetVerifie
from projets.states import EtatProjet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.projets.fabriques import AppelFactory, AxeFactory, ProjetFactory

pytestmark = pytest.mark.django_db
JUSTE = {
    "nombre_74com": "1",
    "precision_74com_1": "Denain",
    "c_601_2027": "1 000",
    "c_641_2028": "1 000",
    "c_74dep_2027": "600",
    "c_74dep_2028": "500",
    "c_74fe_2027": "300",
    "c_74com_1_2027": "200",
    "c_860_2027": "50",
    "c_870_2027": "50",
    "budget_insuffisance": "oui",
    "budget_excedent": "oui",
}


@pytest.fixture
def porteur():
    return PersonneFactory(role=Role.PORTEUR)


@pytest.fixture
def projet(porteur) -> Projet:
    axe = AxeFactory(appel=AppelFactory(annee_debut=2027, annee_fin=2029))
    organisme = AdhesionFactory(personne=porteur).organisme
    return ProjetFactory(axe=axe, organisme=organisme, numero=None, etat=EtatProjet.BROUILLON, budget={2027: (1, 1)})


@pytest.fixture
def adresse(projet) -> str:
    return f"/mes-projets/{projet.pk}/budget/"


def taper(projet: Projet, valeurs: dict[str, str]) -> None:
    Saisie.objects.bulk_create(
        Saisie(projet=projet, champ=champ, valeur=valeur, saisie_le=timezone.now())
        for champ, valeur in valeurs.items()
    )


def saisies(projet: Projet) -> dict[str, str]:
    return dict(projet.saisies.values_list("champ", "valeur"))


def envoi(reponse, **change: str) -> dict[str, object]:
    """Ce qu’un navigateur enverrait de cette page, avec ces changements ; un bouton s’ajoute au champ caché."""
    form = reponse.context["form"]
    valeurs = {nom: [form[nom].value() or ""] for nom in form.fields if not nom.startswith("budget_")}
    for nom, valeur in change.items():
        valeurs.setdefault(nom, []).append(valeur)
    return {**valeurs, "champs": list(form.fields), "lu": reponse.context["lu"]}


def test_tout_champ_du_formulaire_est_dans_la_page(connecter, porteur, projet, adresse):
    """« champs » annonce chaque champ : un champ absent de la page s’effacerait à l’enregistrement."""
    taper(projet, {**JUSTE, "nombre_74com": "3", "retire_74com_2": "oui", "precision_74com_3": "Lille"})
    reponse = connecter(porteur).get(adresse)
    montres = set(re.findall(r'name="([^"]+)"', reponse.content.decode()))
    assert set(reponse.context["form"].fields) - montres == set()


def test_enregistrer_sans_javascript_ne_perd_rien(connecter, porteur, projet, adresse):
    avant = {
        **JUSTE,
        "c_613_2027": "12,50",
        "nombre_74com": "2",
        "retire_74com_2": "oui",
        "precision_74com_2": "Lille",
    }
    taper(projet, avant)
    navigateur = connecter(porteur)
    page = navigateur.get(adresse)
    recu = envoi(page, c_604_2029="1 500", budget_insuffisance="oui")
    reponse = navigateur.post(adresse, recu)
    assert reponse.status_code == 200  # « 12,50 » est faux : la page le dit au lieu d’avancer
    assert dict(reponse.context["form"].errors) == {"c_613_2027": ["Écrivez des euros entiers, sans centimes."]}
    assert {c: v for c, v in saisies(projet).items() if v} == {
        **{c: v for c, v in avant.items() if c != "budget_excedent"},
        "c_604_2029": "1 500",
    }


def test_ajouter_retirer_et_retablir_un_financeur_sont_des_saisies(connecter, porteur, projet, adresse):
    navigateur = connecter(porteur)
    vues = []
    for change in (
        {"nombre_74com": "1"},
        {"precision_74com_1": "Denain"},
        {"retire_74com_1": "oui"},
        {"retire_74com_1": ""},
    ):
        assert navigateur.post(adresse, envoi(navigateur.get(adresse), **change)).status_code == 302
        form = navigateur.get(adresse).context["form"]
        vues.append([place.nom for place in form.ouvertes() if place.poste.compte == "74com"])
    assert vues == [["Commune (ligne 1)"], ["Commune : Denain"], [], ["Commune : Denain"]]


def test_les_totaux_du_serveur_sont_dans_la_page(connecter, porteur, projet, adresse):
    taper(projet, JUSTE)
    contenu = connecter(porteur).get(adresse).content.decode()
    totaux = dict(re.findall(r'data-total="([^"]+)">([^<]*)<', contenu))
    attendus = {
        "ligne/601": "1\u202f000\u00a0€",
        "groupe/74/2027": "1\u202f100\u00a0€",
        "cote/charge/2027": "1\u202f000\u00a0€",
        "cote/produit": "1\u202f600\u00a0€",
        "cote/charge_nature": "50\u00a0€",
        "calcul/EXC/2027": "100\u00a0€",
        "calcul/INS/2028": "500\u00a0€",
        "calcul/INS": "500\u00a0€",
        "cote/produit/2029": "0\u00a0€",
    }
    assert {cle: totaux[cle] for cle in attendus} == attendus
    assert "Budget équilibré chaque année." in contenu
    assert "Le Département financerait 55\u00a0% de l’action." in contenu


def test_la_page_et_l_envoi_ont_un_nombre_fixe_de_requetes(connecter, porteur, projet, adresse, requetes):
    navigateur = connecter(porteur)
    with requetes() as enregistrement:
        navigateur.post(f"{adresse}enregistrer/", {"champs": "c_601_2027", "c_601_2027": "5", "lu": "{}"})
    with requetes() as vide:
        page = navigateur.get(adresse)
    with requetes() as un_envoi:
        navigateur.post(adresse, envoi(page, c_604_2029="1 500"))
    taper(projet, {c: v for c, v in JUSTE.items() if c not in saisies(projet)})
    with requetes() as pleine:
        page = navigateur.get(adresse)
    with requetes() as grand_envoi:
        navigateur.post(adresse, envoi(page, **{f"c_613_{annee}": "7" for annee in (2027, 2028, 2029)}))
    assert (vide.nombre, un_envoi.nombre) == (pleine.nombre, grand_envoi.nombre), (pleine, grand_envoi)
    assert pleine.nombre <= 15, pleine
    assert max(grand_envoi.nombre, enregistrement.nombre) <= 25, grand_envoi


def ecrire(projet: Projet, budget: BudgetVerifie) -> None:
    """Comme au dépôt."""
    projet.exercices.all().delete()
    ExerciceProjet.objects.bulk_create(
        ExerciceProjet(projet=projet, annee=a, cout=en_euros(cout), montant_demande=en_euros(demande))
        for a, (cout, demande) in budget.exercices.items()
    )
    LigneBudget.objects.bulk_create(
        LigneBudget(
            projet=projet,
            annee=ligne.annee,
            cote=ligne.cote,
            compte=ligne.compte,
            rang=ligne.rang,
            precision=ligne.precision,
            montant=en_euros(ligne.montant),
        )
        for ligne in budget.lignes
    )
    Cofinancement.objects.bulk_create(
        Cofinancement(projet=projet, financeur=c.financeur, precision=c.precision, montant=en_euros(c.montant))
        for c in budget.cofinancements
    )
    with connection.cursor() as curseur:  # les déclencheurs différés jugent maintenant
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def formulaire(projet: Projet):
    return Dossier(Projet.objects.en_dossier().get(pk=projet.pk)).formulaire(PAR_CLE["budget"])


def test_un_budget_verifie_s_ecrit_en_base(projet):
    taper(projet, JUSTE)
    ecrire(projet, formulaire(projet).verifie())
    assert list(
        projet.lignes_budget.order_by("annee", "cote", "compte").values_list("annee", "compte", "montant")
    ) == [
        (2027, "601", Decimal(1000)),
        (2027, "EXC", Decimal(100)),
        (2027, "860", Decimal(50)),
        (2027, "74com", Decimal(200)),
        (2027, "74dep", Decimal(600)),
        (2027, "74fe", Decimal(300)),
        (2027, "870", Decimal(50)),
        (2028, "641", Decimal(1000)),
        (2028, "74dep", Decimal(500)),
        (2028, "INS", Decimal(500)),
    ]
    assert list(projet.exercices.values_list("annee", "cout", "montant_demande")) == [
        (2027, Decimal(1000), Decimal(600)),
        (2028, Decimal(1000), Decimal(500)),
    ]
    assert list(projet.cofinancements.order_by("pk").values_list("financeur", "precision", "montant")) == [
        ("commune", "Denain", Decimal(200)),
        ("fse", "", Decimal(300)),
    ]


@transaction.atomic
def supprimer(lignes) -> None:
    lignes.delete()
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("compte", "message"),
    [
        ("601", "Budget 2027 : les charges"),
        ("860", "Budget 2027 : les charges"),
    ],
)
def test_la_base_refuse_un_budget_desequilibre(projet, compte, message):
    taper(projet, JUSTE)
    ecrire(projet, formulaire(projet).verifie())
    with pytest.raises(IntegrityError, match=message):
        supprimer(projet.lignes_budget.filter(annee=2027, compte=compte))
    assert projet.lignes_budget.filter(annee=2027, compte=compte).count() == 1
