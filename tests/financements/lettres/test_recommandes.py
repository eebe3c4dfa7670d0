"""Les lettres que la poste porte : la liste, le CSV, le numéro, l’accusé de réception."""

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.lettres.recommandes import exporter_les_recommandes, saisir_un_recommande
from financements.models import Recommande
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from projets.models import Projet
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.pages import texte

pytestmark = pytest.mark.django_db


def saisie(notifie, projet=2, **autres) -> Recommande:
    champs = {"numero": "1a 123 456 7890 1", "recu_le": None, "version": 0} | autres
    return saisir_un_recommande(auteur=notifie.monde.pilote, notification=notifie.lettre(projet), **champs)


def test_saisir_puis_dire_l_accuse_au_journal(notifie):
    saisie(notifie)
    aujourd_hui = timezone.localdate()
    recommande = saisie(notifie, recu_le=aujourd_hui, version=1)
    assert (recommande.numero, recommande.recu_le, recommande.version) == ("1A12345678901", aujourd_hui, 2)
    ligne = Journal.objects.filter(acte="saisir_un_recommande").first()
    assert (ligne.objet_id, ligne.avant, ligne.apres) == (
        str(notifie.monde.projets[2].pk),
        {"numero": "1A12345678901", "recu_le": None},
        {"numero": "1A12345678901", "recu_le": aujourd_hui.isoformat()},
    )
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Recommande.objects.all().delete()


def test_les_mauvais_roles_etats_et_saisies(notifie):
    for role in Role:
        if role not in {Role.PILOTE, Role.FINANCES}:
            personne = PersonneFactory(role=role)
            with pytest.raises(PermissionDenied):
                saisir_un_recommande(
                    auteur=personne, notification=notifie.lettre(2), numero="1", recu_le=None, version=0
                )
            with pytest.raises(PermissionDenied):
                exporter_les_recommandes(
                    auteur=personne, deliberation=notifie.deliberation, lignes=3, fichier=BytesIO()
                )
    with pytest.raises(PassageRefuse, match="ne part pas en recommandé"):
        saisie(notifie, 1)
    with pytest.raises(ValidationError, match="11 à 15"):
        saisie(notifie, numero="12")
    for jour in (date(2016, 6, 1), timezone.localdate() + timedelta(days=1)):
        with pytest.raises(ValidationError, match="Il faut un jour entre"):
            saisie(notifie, recu_le=jour)
    saisie(notifie)
    with pytest.raises(VersionPerimee):
        saisie(notifie, version=0)
    with pytest.raises(ValidationError, match="déjà celui d’une autre lettre"):
        saisie(notifie, 3)
    assert Recommande.objects.count() == 1


def test_le_csv_a_l_adresse_entiere_et_ne_porte_pas_de_formule(vote, connecter):
    organisme = Projet.objects.get(pk=vote.monde.projets[2].pk).organisme
    organisme.nom, organisme.adresse, organisme.representant_nom = "=Deux", "2 rue sans ville", "Jeanne Durand"
    organisme.save()
    vote.notifier()
    saisie(vote, 3)
    client = connecter(PersonneFactory(role=Role.FINANCES))
    assert 'name="annonce" value="3"' in client.get(vote.adresse("recommandes/")).content.decode()
    reponse = client.post(vote.adresse("recommandes/exporter/"), {"annonce": "3"})
    assert f"-{timezone.localdate():%Y-%m-%d}-3-lignes.csv" in reponse["Content-Disposition"]
    lignes = list(csv.reader(StringIO(b"".join(reponse.streaming_content).decode("utf-8-sig")), delimiter=";"))
    jour, ville = f"{timezone.localdate():%d/%m/%Y}", ["59300", "Valenciennes", "oui"]
    nom = {numero: vote.monde.projets[numero].organisme.nom for numero in (3, 5)}
    assert lignes == [
        [
            "N° de projet",
            "Destinataire",
            "À l’attention de",
            "Adresse",
            "Code postal",
            "Ville",
            "Adresse entière",
            "Décision",
            "Notifiée le",
            "N° de recommandé",
            "Accusé de réception du",
        ],
        [
            "AAP16-0002",
            "'=Deux",
            "Jeanne Durand",
            "2 rue sans ville",
            "",
            "",
            "non",
            *["liste d’attente", jour, "", ""],
        ],
        ["AAP16-0003", nom[3], "", "3 rue des Essais", *ville, *["retenu", jour, "1A12345678901", ""]],
        ["AAP16-0005", nom[5], "", "5 rue des Essais", *ville, *["non retenu", jour, "", ""]],
    ]
    assert Journal.objects.get(acte="exporter_les_recommandes").apres == {"format": "csv", "lignes": 3}
    assert "adresse incomplète" in texte(client.get(vote.adresse("recommandes/")))
    organisme.adresse = "2 rue Neuve, 59500 Douai"  # corrigée depuis : la liste la prend, la lettre reste
    organisme.save()
    assert "2 rue Neuve 59500 Douai" in texte(client.get(vote.adresse("recommandes/")))


def test_une_liste_qui_change_se_redemande(notifie, connecter):
    client = connecter(notifie.monde.pilote)
    reponse = client.post(notifie.adresse("recommandes/exporter/"), {"annonce": "2"}, follow=True)
    assert "La liste vient de changer : le fichier aurait 3 lignes." in texte(reponse)
    with pytest.raises(ExportIncomplet):
        exporter_les_recommandes(
            auteur=notifie.monde.pilote, deliberation=notifie.deliberation, lignes=4, fichier=BytesIO()
        )
    assert not Journal.objects.filter(acte="exporter_les_recommandes").exists()


def test_un_organisme_sans_compte_part_en_recommande_meme_avec_une_adresse_electronique(vote):
    organisme = Projet.objects.get(pk=vote.monde.projets[2].pk).organisme
    organisme.courriel = "deux@exemple.fr"
    organisme.save()
    vote.notifier()
    lettre = vote.lettre(2)
    assert (lettre.destinataires, lettre.contenu["a_un_compte"]) == (["deux@exemple.fr"], False)
    saisie(vote)


def test_a_l_ecran_saisir_une_faute_puis_le_bon(notifie, connecter, requetes):
    client = connecter(notifie.monde.pilote)
    adresse = notifie.adresse(f"recommandes/{notifie.lettre(2).pk}/")
    page = client.post(adresse, {"numero": "12", "recu_le": "", "version": 0})
    assert "11 à 15" in texte(page)
    page = client.post(adresse, {"numero": "1A 123 456 7890 1", "recu_le": "", "version": 0}, follow=True)
    assert "1A12345678901" in texte(page)
    perimee = client.post(adresse, {"numero": "1A 123 456 7890 2", "recu_le": "", "version": 0})
    assert "Cette page a changé depuis" in texte(perimee)
    refus = client.post(notifie.adresse(f"recommandes/{notifie.lettre(1).pk}/"), {"numero": "1" * 12, "version": 0})
    assert "ne part pas en recommandé" in texte(refus)
