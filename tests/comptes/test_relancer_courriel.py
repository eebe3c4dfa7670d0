"""Un courriel échoué : l’administrateur le voit, le lit s’il n’est pas sensible, le relance ; personne d’autre."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from comptes.actions.relancer_courriel import EFFACE, PAS_ECHOUE, relancer_un_courriel
from comptes.models import Courriel
from comptes.states import EtatCourriel, Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from tests.comptes.fabriques import CourrielFactory, PersonneFactory

pytestmark = pytest.mark.django_db
LISTE = "/administration/comptes/courriel/"


@pytest.fixture
def administrateur():
    return PersonneFactory(administrateur=True)


def echoue(**champs) -> Courriel:
    return CourrielFactory(**{"etat": EtatCourriel.ECHOUE, "essais": 6, "erreur": "SMTP : raccroché", **champs})


def test_un_courriel_relance_repart_et_le_journal_garde_la_cause(administrateur, django_capture_on_commit_callbacks):
    courriel = echoue(destinataire="d@exemple.fr")
    with django_capture_on_commit_callbacks(execute=True):
        relancer_un_courriel(auteur=administrateur, pk=courriel.pk)
        assert mail.outbox == []
    courriel.refresh_from_db()
    assert (courriel.etat, courriel.essais, courriel.erreur, [m.to for m in mail.outbox]) == (
        "envoye", 1, "", [["d@exemple.fr"]],
    )  # fmt: skip
    assert list(Journal.objects.values_list("acte", "auteur", "avant", "apres")) == [
        (
            "relancer_un_courriel",
            administrateur.pk,
            {"etat": "echoue", "essais": 6, "erreur": "SMTP : raccroché"},
            {"etat": "a_envoyer"},
        )
    ]


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"etat": EtatCourriel.A_ENVOYER}, PAS_ECHOUE),
        ({"etat": EtatCourriel.ENVOYE, "envoye_le": timezone.now()}, PAS_ECHOUE),
        ({"est_sensible": True, "efface_le": timezone.now(), "texte": "", "html": ""}, EFFACE),
    ],
)
def test_ce_qui_n_a_pas_echoue_ou_n_a_plus_de_texte_ne_se_relance_pas(administrateur, champs, phrase):
    courriel = echoue(**champs)
    avant = Courriel.objects.values().get()
    with pytest.raises(PassageRefuse) as refus:
        relancer_un_courriel(auteur=administrateur, pk=courriel.pk)
    assert (str(refus.value), Courriel.objects.values().get(), Journal.objects.exists()) == (phrase, avant, False)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATEUR])
def test_aucun_autre_role_ne_relance(role):
    courriel = echoue()
    with pytest.raises(PermissionDenied):
        relancer_un_courriel(auteur=PersonneFactory(role=role), pk=courriel.pk)
    assert (Courriel.objects.get().etat, Journal.objects.exists()) == ("echoue", False)


# --- Dans l’administration, hors démonstration aussi --------------------------------------------------------
def test_l_administration_montre_le_texte_sauf_celui_d_un_courriel_sensible(connecter, administrateur, settings):
    settings.MODE_DEMONSTRATION = False
    client = connecter(administrateur)
    ouvert, secret = (
        CourrielFactory(
            texte=f"Bonjour, voir /lien-{est_sensible}/", html="<p>/lien-html/</p>", est_sensible=est_sensible
        )
        for est_sensible in (False, True)
    )
    pages = [client.get(f"{LISTE}{courriel.pk}/change/").content.decode() for courriel in (ouvert, secret)]
    assert [("/lien-" in page, "masqué : il porte un lien secret" in page) for page in pages] == [
        (True, False), (False, True),
    ]  # fmt: skip
    assert "/lien-" not in client.get(f"{LISTE}?q=lien").content.decode()
    gestes = [f"{LISTE}add/", f"{LISTE}{ouvert.pk}/delete/"]
    assert [client.post(adresse).status_code for adresse in gestes] == [403, 403]


def test_relancer_par_la_liste_dit_le_sort_de_chacun(connecter, administrateur):
    rate, parti = echoue(), CourrielFactory(etat=EtatCourriel.ENVOYE, envoye_le=timezone.now())
    choix = {"action": "relancer", "_selected_action": [rate.pk, parti.pk]}
    reponse = connecter(administrateur).post(LISTE, choix, follow=True)
    assert sorted(str(message) for message in reponse.context["messages"]) == sorted(
        [f"{parti} : {PAS_ECHOUE}", "1 courriel(s) dans la file."]
    )
    assert Courriel.objects.get(pk=rate.pk).etat == "a_envoyer"


def test_la_liste_prend_autant_de_requetes_pour_un_courriel_que_pour_trois(connecter, administrateur, requetes):
    client, comptes = connecter(administrateur), []
    for nombre in (1, 2):
        CourrielFactory.create_batch(nombre)
        with requetes() as prises:
            client.get(LISTE)
        comptes.append(prises.nombre)
    assert comptes[0] == comptes[1], comptes


@pytest.mark.parametrize(
    ("nombre", "phrase"), [(0, ""), (1, "1 courriel n’a pas pu partir."), (2, "2 courriels n’ont pas pu partir.")]
)
def test_l_administrateur_est_prevenu_sur_ses_pages_et_lui_seul(connecter, administrateur, nombre, phrase):
    for _ in range(nombre):
        echoue()
    echoue(est_sensible=True, efface_le=timezone.now(), texte="", html="")  # on n’y peut plus rien
    for personne, attendu in ((administrateur, phrase), (PersonneFactory(pilote=True), "")):
        page = connecter(personne).get("/appels/").content.decode()
        assert ("pas pu partir" in page, attendu in page) == (bool(attendu), True)
