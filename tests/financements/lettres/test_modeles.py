"""Régler les lettres : qui, quelles fautes, quelle version, et ce que l’aperçu montre."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from comptes.states import Role
from config.socle.models import Journal
from config.socle.versions import VersionPerimee
from financements.actions.lettres.regler import regler_une_lettre
from financements.models import ModeleDeLettre
from financements.rules.lettres import Texte
from financements.rules.textes_des_lettres import FOURNIS
from financements.states import Choix
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.pages import texte as page_en_texte
from tests.projets.fabriques import AppelFactory

pytestmark = pytest.mark.django_db
REFUS = FOURNIS[Choix.NON_RETENU]


def regle(pilote, appel, objet="Refus {{ reference }}", version=0) -> ModeleDeLettre:
    texte = Texte(objet, REFUS.corps, version)
    return regler_une_lettre(auteur=pilote, appel=appel, sens=Choix.NON_RETENU, texte=texte)


def test_seul_le_pilote_regle_une_version_apres_l_autre_et_le_journal_garde_les_deux():
    appel, pilote = AppelFactory(), PersonneFactory(pilote=True)
    for role in Role:
        if role != Role.PILOTE:
            with pytest.raises(PermissionDenied):
                regle(PersonneFactory(role=role), appel)
    assert regle(pilote, appel).version == 1
    with pytest.raises(VersionPerimee):
        regle(pilote, appel, "Autre", version=0)
    assert regle(pilote, appel, "Autre {{ reference }}", version=1).version == 2
    ligne = Journal.objects.filter(acte="regler_une_lettre").first()
    assert (ligne.avant["objet"], ligne.apres["objet"], ligne.apres["version"]) == (
        "Refus {{ reference }}",
        "Autre {{ reference }}",
        2,
    )


def test_une_version_d_un_modele_disparu_est_perimee():
    with pytest.raises(VersionPerimee):
        regle(PersonneFactory(pilote=True), AppelFactory(), version=3)


def test_une_lettre_sans_recours_est_refusee_avec_chaque_faute():
    appel, pilote = AppelFactory(), PersonneFactory(pilote=True)
    faux = Texte("{{ x }}", REFUS.corps.replace("{{ recours }}", "{{ recour }}"))
    with pytest.raises(ValidationError) as refus:
        regler_une_lettre(auteur=pilote, appel=appel, sens=Choix.NON_RETENU, texte=faux)
    assert set(refus.value.message_dict) == {"objet", "corps"}
    assert any("« {{ recours }} » doit figurer" in phrase for phrase in refus.value.message_dict["corps"])
    assert not ModeleDeLettre.objects.exists()
    with pytest.raises(IntegrityError, match="modele_de_lettre_entier"), transaction.atomic():
        ModeleDeLettre.objects.create(appel=appel, sens="retenu", objet=" ", corps="x", modifie_par=pilote)


def test_a_l_ecran_les_variables_l_apercu_les_fautes_et_le_conflit(vote, connecter):
    monde, client = vote.monde, connecter(vote.monde.pilote)
    racine = f"/financements/{monde.appel.slug}/lettres/"
    assert page_en_texte(client.get(racine)).count("celui qui est fourni") == 3
    adresse = f"{racine}non_retenu/"
    page = client.get(adresse)
    assert "{{ recours }} obligatoire" in page_en_texte(page)
    assert page.context["apercu"].decision.projet.numero == 4
    saisie = {"objet": "Refus <b>{{ reference }}</b>", "corps": REFUS.corps, "version": 0}
    page = client.post(adresse, saisie | {"apercu": "oui", "numero": "5"})
    assert page.context["apercu"].lettre["objet"] == "Refus <b>AAP16-0005</b>"
    assert b"Refus &lt;b&gt;AAP16-0005&lt;/b&gt;" in page.content
    assert not ModeleDeLettre.objects.exists()
    page = client.post(adresse, saisie | {"corps": "{{ rien }}"})
    assert "Ligne 1 : la variable « rien » n’existe pas." in page_en_texte(page)
    assert (page.context["apercu"], page.context["form"]["corps"].value()) == (None, "{{ rien }}")
    page = client.post(adresse, saisie | {"apercu": "oui", "numero": "99"})
    assert "Aucune décision de ce sens pour ce numéro" in page_en_texte(page)
    assert client.post(adresse, saisie).status_code == 302
    page = client.post(adresse, saisie | {"objet": "Le mien {{ reference }}"})
    assert "Ce qui est enregistré Refus" in page_en_texte(page)
    repris = {"objet": page.context["form"]["objet"].value(), "version": page.context["form"]["version"].value()}
    assert repris == {"objet": "Le mien {{ reference }}", "version": "1"}
    assert client.post(adresse, saisie | repris).status_code == 302
    assert ModeleDeLettre.objects.get().objet == "Le mien {{ reference }}"
    page = client.get(f"{adresse}?fourni")
    assert (page.context["form"].initial["objet"], page.context["form"].initial["version"]) == (REFUS.objet, 2)
    assert client.get(f"{racine}autre/").status_code == 404
