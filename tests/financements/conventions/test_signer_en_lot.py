"""Signer toutes les conventions d’une délibération : les mêmes dates, chacune jugée à part."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from comptes.states import Role
from config.socle.execution import EchecDit
from config.socle.transitions import PassageRefuse
from config.socle.travaux import TravailAnnule
from financements.actions.conventions.lots import a_signer, demander_les_signatures, demander_un_lot, faire_le_lot
from financements.actions.conventions.rediger import editer, preparer
from financements.actions.conventions.signer import Signatures
from financements.models import (
    Action,
    Convention,
    ExemplaireSigne,
    LotDeConventions,
    MouvementDEngagement,
    RetourSigne,
    TirageDeConventions,
)
from financements.states.execution import EtatConvention, SorteDeTirage
from tests.comptes.fabriques import PersonneFactory
from tests.financements.conventions.fabriques import SansSuivi, finances, votee_ici
from tests.financements.execution.fabriques import affecter, programme

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]


def deux_a_signer(auteur) -> list[Action]:
    actions = [votee_ici(action) for action in programme(2, montant="30000.00", cp="200000.00")]
    affecter(actions[0], "180000.00")
    for action in actions:
        editer(auteur=auteur, convention=preparer(auteur=auteur, action=action), avec_le_pdf=False)
    return actions


def aujourd_hui() -> Signatures:
    jour = timezone.localdate()
    return Signatures(jour, jour, par_departement="Le président")


def revenue(action: Action, **champs) -> ExemplaireSigne:
    """Un exemplaire signé, entier à défaut."""
    retour = RetourSigne.objects.create(
        appel=action.projet.appel, nom="retour.pdf", fichier="retour.pdf", empreinte=f"{action.pk:064d}", taille=1
    )
    return ExemplaireSigne.objects.create(
        retour=retour, convention=Convention.objects.get(action=action), fichier="un.pdf", **champs
    )


def test_toutes_se_signent_et_engagent_leur_action():
    auteur = finances()
    actions = deux_a_signer(auteur)
    lot = demander_les_signatures(
        auteur=auteur, deliberation=actions[0].deliberation, signatures=aujourd_hui(), seulement_revenues=False
    )
    faire_le_lot(lot, SansSuivi())
    jour = timezone.localdate()
    assert (
        list(
            Convention.objects.order_by("pk").values_list(
                "etat", "signee_organisme_le", "signee_departement_le", "signataire_departement"
            )
        )
        == [(EtatConvention.SIGNEE, jour, jour, "Le président")] * 2
    )
    assert sorted(set(MouvementDEngagement.objects.values_list("action", "exercice"))) == sorted(
        (action.pk, annee) for action in actions for annee in (2016, 2017, 2018)
    )
    assert lot.compte_rendu == [[action.projet.numero, True, ""] for action in actions]


def test_seulement_celles_qui_sont_revenues_entieres():
    auteur = finances()
    entiere, incomplete = deux_a_signer(auteur)
    revenue(entiere)
    revenue(incomplete, manquantes=[2])
    assert list(a_signer(auteur, entiere.deliberation, seulement_revenues=True)) == [entiere]
    lot = demander_les_signatures(auteur=auteur, deliberation=entiere.deliberation, signatures=aujourd_hui())
    faire_le_lot(lot, SansSuivi())
    assert [une.etat for une in Convention.objects.order_by("action__projet__numero")] == ["signee", "editee"]


def test_celle_qui_ne_peut_pas_se_signer_se_dit_et_les_autres_se_signent():
    auteur = finances()
    une, autre = deux_a_signer(auteur)
    avant = timezone.localdate() - timedelta(days=1)  # la décision est notifiée aujourd’hui
    lot = demander_les_signatures(
        auteur=auteur,
        deliberation=une.deliberation,
        signatures=Signatures(avant, timezone.localdate()),
        seulement_revenues=False,
    )
    faire_le_lot(lot, SansSuivi())
    jour = f"{timezone.localdate():%d/%m/%Y}"
    phrase = f"Il faut un jour entre le {jour} et aujourd’hui."
    assert lot.refusees == [(une.projet.numero, phrase), (autre.projet.numero, phrase)]
    assert MouvementDEngagement.objects.count() == 0


class AnnuleApres:
    """Un suivi qui apprend l’annulation à la `rang`-ième action."""

    def __init__(self, rang: int) -> None:
        self._rang = rang

    def avancer(self, *_args: object) -> None:
        self._rang -= 1
        if not self._rang:
            raise TravailAnnule


def test_un_lot_annule_dit_ce_qu_il_a_fait_et_repris_ne_garde_qu_une_ligne_par_convention():
    auteur = finances()
    une, autre = deux_a_signer(auteur)
    lot = demander_les_signatures(
        auteur=auteur, deliberation=une.deliberation, signatures=aujourd_hui(), seulement_revenues=False
    )
    lot.compte_rendu = [[numero, False, "Un refus d’avant."] for numero in (une.projet.numero, autre.projet.numero)]
    lot.save()
    with pytest.raises(TravailAnnule):
        faire_le_lot(lot, AnnuleApres(1))
    lot.refresh_from_db()
    assert (lot.faites, lot.refusees) == (1, [(autre.projet.numero, "Un refus d’avant.")])
    faire_le_lot(lot, SansSuivi())
    lot.refresh_from_db()
    assert lot.lignes == {une.projet.numero: (True, ""), autre.projet.numero: (True, "")}
    lot.compte_rendu.append([autre.projet.numero, False, "Un second processus l’a trouvée signée."])
    assert (lot.faites, lot.refusees) == (2, [])


class Coupure(BaseException):
    """Le processus est tué."""


class CoupeApres:
    """Un suivi qui lit ce que la base garde à la `rang`-ième action, puis tue le processus."""

    def __init__(self, rang: int) -> None:
        self._rang = rang
        self.garde: list[list[object]] = []

    def avancer(self, *_args: object) -> None:
        self._rang -= 1
        if not self._rang:
            self.garde = LotDeConventions.objects.get().compte_rendu
            raise Coupure


@pytest.mark.parametrize("rang", [1, 2])
def test_apres_un_arret_brutal_un_lot_redit_tout_une_fois_et_demande_son_archive(rang):
    auteur = finances()
    actions = [votee_ici(action) for action in programme(2, montant="30000.00", cp="200000.00")]
    demander_un_lot(auteur=auteur, deliberation=actions[0].deliberation)
    coupe = CoupeApres(rang)
    with pytest.raises(Coupure):
        faire_le_lot(LotDeConventions.objects.get(), coupe)
    LotDeConventions.objects.update(compte_rendu=coupe.garde)  # rien de ce qui s’écrirait après : il est mort
    faire_le_lot(LotDeConventions.objects.get(), SansSuivi())
    assert LotDeConventions.objects.get().compte_rendu == [[action.projet.numero, True, ""] for action in actions]
    assert TirageDeConventions.objects.get().sorte == SorteDeTirage.ARCHIVE


def test_chaque_ecriture_du_compte_rendu_n_envoie_que_sa_ligne(requetes):
    auteur = finances()
    actions = deux_a_signer(auteur)
    lot = demander_les_signatures(
        auteur=auteur, deliberation=actions[0].deliberation, signatures=aujourd_hui(), seulement_revenues=False
    )
    with requetes() as prises:
        faire_le_lot(lot, SansSuivi())
    textes = [requete["sql"] for requete in prises.captured_queries]
    ecrites = [rang for rang, texte in enumerate(textes) if 'SET "compte_rendu"' in texte]
    envoyees = [re.findall(r"'(\[.*\])'", textes[rang]) for rang in ecrites]
    assert envoyees == [[f'[[{action.projet.numero}, true, ""]]'] for action in actions]
    assert [textes[rang + 1].split()[0] for rang in ecrites] == ["RELEASE", "RELEASE"]  # avec l’acte, ou pas du tout


def test_ce_qui_se_refuse_d_emblee():
    auteur = finances()
    actions = deux_a_signer(auteur)
    demande = {"deliberation": actions[0].deliberation, "signatures": aujourd_hui()}
    with pytest.raises(PassageRefuse, match="n’est à signer ainsi"):
        demander_les_signatures(auteur=auteur, **demande)
    demain = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError) as refus:
        demander_les_signatures(
            auteur=auteur,
            deliberation=actions[0].deliberation,
            signatures=Signatures(demain, date(2016, 7, 1)),
            seulement_revenues=False,
        )
    assert refus.value.message_dict == {"organisme_le": ["Cette date n’est pas encore venue."]}
    demander_les_signatures(auteur=auteur, seulement_revenues=False, **demande)
    with pytest.raises(PassageRefuse, match="déjà en cours"):
        demander_les_signatures(auteur=auteur, seulement_revenues=False, **demande)
    assert LotDeConventions.objects.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.FINANCES, Role.PILOTE}])
def test_un_autre_role_ne_signe_pas_en_lot(role):
    actions = deux_a_signer(finances())
    with pytest.raises(PermissionDenied):
        demander_les_signatures(
            auteur=PersonneFactory(role=role),
            deliberation=actions[0].deliberation,
            signatures=aujourd_hui(),
            seulement_revenues=False,
        )
    assert LotDeConventions.objects.count() == 0


def test_un_lot_sans_auteur_echoue_en_le_disant():
    actions = deux_a_signer(finances())
    lot = LotDeConventions(deliberation=actions[0].deliberation)
    with pytest.raises(EchecDit, match="Personne n’a demandé ce lot"):
        faire_le_lot(lot, SansSuivi())


def test_a_l_ecran_les_dates_se_corrigent_puis_le_lot_se_fait(client, django_capture_on_commit_callbacks):
    auteur = finances()
    actions = deux_a_signer(auteur)
    client.force_login(auteur)
    appel = actions[0].projet.appel
    adresse = reverse("financements:signer_en_lot", args=[appel.slug, actions[0].deliberation_id])
    page = client.get(adresse)
    assert (page.context["toutes"], page.context["revenues"]) == (2, 0)
    refuse = client.post(adresse, {"organisme_le": "2999-01-01", "departement_le": "2016-07-01"})
    assert refuse.context["form"].errors == {"organisme_le": ["Cette date n’est pas encore venue."]}
    jour = timezone.localdate().isoformat()
    with django_capture_on_commit_callbacks(execute=True):
        fait = client.post(adresse, {"organisme_le": jour, "departement_le": jour}, follow=True)
    lot = LotDeConventions.objects.get()
    assert (lot.etat, lot.faites, lot.refusees) == ("termine", 2, [])
    assert "2 signées" in fait.content.decode().replace("\n", " ").replace("  ", "")
