"""L’administration : l’administrateur seul, et chaque enregistrement passe par un acte."""

import pytest
from django.core.management import call_command

from comptes.models import Adhesion, Courriel, Personne
from comptes.states import Role
from config.socle.models import Journal
from tests.comptes.fabriques import AdhesionFactory, OrganismeFactory, PersonneFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
SANS_ADHESION = {"adhesions-TOTAL_FORMS": "0", "adhesions-INITIAL_FORMS": "0"}


def actes() -> list[str]:
    return list(Journal.objects.order_by("id").values_list("acte", flat=True))


def test_creer_une_personne_lui_envoie_le_lien_de_son_mot_de_passe(connecter):
    val = TerritoireFactory(code="VAL")
    champs = {"email": "N@exemple.fr", "prenom": "Lou", "nom": "Petit", "role": "instructeur", "territoires": [val.pk]}
    reponse = connecter("administrateur").post("/administration/comptes/personne/add/", champs)
    assert reponse.status_code == 302
    personne = Personne.objects.get(email="n@exemple.fr")
    assert (personne.role, list(personne.territoires.all())) == ("instructeur", [val])
    assert not personne.has_usable_password()
    assert list(Courriel.objects.values_list("destinataire", "objet")) == [
        ("n@exemple.fr", "[Mille actions] Choisir votre mot de passe")
    ]
    assert actes() == ["creer_personne"]


def test_une_adresse_deja_prise_se_dit_a_cote_du_champ(connecter):
    PersonneFactory(email="p@exemple.fr")
    champs = {"email": "P@exemple.fr", "prenom": "Lou", "nom": "Petit", "role": "lecture"}
    reponse = connecter("administrateur").post("/administration/comptes/personne/add/", champs)
    assert list(reponse.context["adminform"].form.errors) == ["email"]


def test_modifier_une_personne_garde_son_adresse_et_son_mot_de_passe(connecter):
    personne = PersonneFactory(email="p@exemple.fr", role=Role.LECTURE)
    champs = {"email": "pirate@exemple.fr", "prenom": "Lou", "nom": "Petit", "role": "finances"}
    adresse = f"/administration/comptes/personne/{personne.pk}/change/"
    assert connecter("administrateur").post(adresse, champs).status_code == 302
    lue = Personne.objects.get(pk=personne.pk)
    assert (lue.email, lue.nom_complet, lue.role, lue.password) == (
        "p@exemple.fr",
        "Lou Petit",
        "finances",
        personne.password,
    )
    assert actes() == ["modifier_personne"]


def test_des_territoires_sans_etre_instructeur_se_refusent_a_l_ecran(connecter):
    personne = PersonneFactory(role=Role.LECTURE)
    champs = {"prenom": "A", "nom": "B", "role": "lecture", "territoires": [TerritoireFactory().pk]}
    reponse = connecter("administrateur").post(f"/administration/comptes/personne/{personne.pk}/change/", champs)
    assert reponse.context["adminform"].form.errors == {"territoires": ["Seul un instructeur a des territoires."]}
    assert actes() == []


def test_rattacher_et_detacher_un_porteur(connecter):
    ancienne = AdhesionFactory()
    nouveau = OrganismeFactory()
    personne = ancienne.personne
    champs = {
        "prenom": personne.prenom,
        "nom": personne.nom,
        "role": "porteur",
        "adhesions-TOTAL_FORMS": "2",
        "adhesions-INITIAL_FORMS": "1",
        "adhesions-0-id": ancienne.pk,
        "adhesions-0-personne": personne.pk,
        "adhesions-0-organisme": ancienne.organisme_id,
        "adhesions-0-role": "redacteur",
        "adhesions-0-DELETE": "on",
        "adhesions-1-personne": personne.pk,
        "adhesions-1-organisme": nouveau.pk,
        "adhesions-1-role": "responsable",
    }
    adresse = f"/administration/comptes/personne/{personne.pk}/change/"
    assert connecter("administrateur").post(adresse, champs).status_code == 302
    assert list(Adhesion.objects.values_list("organisme", "role")) == [(nouveau.pk, "responsable")]
    assert actes() == ["detacher", "rattacher"]


def test_fermer_des_comptes_epargne_le_sien(connecter):
    moi, autre = PersonneFactory(administrateur=True), PersonneFactory()
    choix = {"action": "fermer", "_selected_action": [moi.pk, autre.pk]}
    connecter(moi).post("/administration/comptes/personne/", choix)
    assert dict(Personne.objects.values_list("pk", "is_active")) == {moi.pk: True, autre.pk: False}
    connecter(moi).post("/administration/comptes/personne/", choix | {"action": "rouvrir"})
    assert actes() == ["fermer_compte", "rouvrir_compte"]


def test_la_connexion_de_l_administration_est_celle_de_l_application(client, connecter):
    assert client.get("/administration/login/?next=/administration/").url == "/connexion/?next=/administration/"
    assert connecter("administrateur").get("/administration/login/").url == "/administration/"
    assert connecter("pilote").get("/administration/login/").status_code == 403
    assert connecter("administrateur").get("/administration/password_change/").url == "/mot-de-passe/"


def test_rien_ne_se_supprime_et_le_metier_se_lit_seulement(connecter):
    admin = connecter("administrateur")
    personne, organisme = PersonneFactory(), OrganismeFactory()
    assert admin.post(f"/administration/comptes/personne/{personne.pk}/delete/").status_code == 403
    assert admin.get("/administration/comptes/organisme/add/").status_code == 403
    assert admin.get(f"/administration/comptes/organisme/{organisme.pk}/change/").status_code == 200
    assert admin.post(f"/administration/comptes/organisme/{organisme.pk}/change/", {"nom": "x"}).status_code == 403


def test_createsuperuser_ouvre_un_compte_d_administrateur(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "une-phrase-bien-longue")
    call_command("createsuperuser", interactive=False, email="Chef@exemple.fr", nom="Chef", verbosity=0)
    personne = Personne.objects.get()
    assert (personne.email, personne.role, personne.is_staff) == ("chef@exemple.fr", "administrateur", True)
    assert personne.check_password("une-phrase-bien-longue")


def test_l_administration_a_l_icone_du_site(connecter):
    page = connecter("administrateur").get("/administration/").content.decode()
    assert '<link rel="icon" href="/static/img/mille-actions' in page
