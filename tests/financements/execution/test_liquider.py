"""Liquider quand tout est là, constater ce que fait le comptable ; sinon, dire chaque chose qui manque."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.execution.constater import Retour, constater, constater_en_lot
from financements.actions.execution.liquider import (
    LiquidationRefusee,
    liquider,
    liquider_en_lot,
    revenir_sur_la_liquidation,
)
from financements.actions.execution.pieces import deposer_une_piece, refuser_une_piece, verifier_une_piece
from financements.chiffres.execution.liquidation import EST_PRET, avec_obstacles, cp_libres
from financements.models import ReportDeCredits, Versement
from financements.states.execution import EtatBilan, EtatVersement
from tests.comptes.fabriques import CompteBancaireFactory, DocumentFactory, PersonneFactory, ResponsableFactory
from tests.financements.execution.fabriques import bilan, convention, du, engagees, payer

pytestmark = pytest.mark.django_db
MANDAT = {"mandat": "M7", "bordereau": "B2", "mandate_le": date(2016, 9, 12)}


def finances():
    return PersonneFactory(role="finances")


def lancer(versement, auteur=None, **options):
    return liquider(auteur=auteur, versement=versement, version=versement.version, **options)


def manques(versement):
    with pytest.raises(LiquidationRefusee) as refus:
        lancer(versement)
    return refus.value.manques


def test_un_versement_pret_se_liquide_sur_le_compte_de_l_organisme():
    (action,) = engagees()
    auteur = finances()
    fait = lancer(du(action), auteur, service_fait_le=date(2016, 6, 30))
    relu = du(action)
    assert (fait.etat, relu.etat, relu.version) == ("liquide", "liquide", 2)
    assert (relu.liquide_le, relu.service_fait_le) == (timezone.localdate(), date(2016, 6, 30))
    assert relu.compte == action.projet.organisme.comptes_bancaires.get()
    (ligne,) = Journal.objects.filter(acte="liquider")
    assert (ligne.auteur, ligne.avant, ligne.apres) == (
        auteur,
        {"etat": "prevu"},
        {"reference": relu.reference, "montant": "8000.00", "etat": "liquide"},
    )


def test_le_compte_choisi_dans_le_projet_passe_avant_les_autres_et_un_archive_ne_sert_plus():
    (action,) = engagees()
    organisme = action.projet.organisme
    organisme.comptes_bancaires.update(est_archive=True)
    CompteBancaireFactory(organisme=organisme, iban="FR1420041010050500013M02606", bic="PSSTFRPPLIL")
    choisi = CompteBancaireFactory(organisme=organisme, iban="FR7630004000031234567890143", bic="BNPAFRPP")
    action.projet.saisies.create(champ="compte_bancaire", valeur=str(choisi.pk), saisie_le=timezone.now())
    assert lancer(du(action)).compte == choisi


def test_chaque_manque_se_dit_et_rien_n_est_liquide():
    (action,) = engagees()
    action.projet.organisme.comptes_bancaires.all().delete()
    solde = du(action, rang=2)
    assert manques(solde) == [
        "Le bilan de 2016 n’est pas validé.",
        "Pièce attendue\u00a0: Décompte des dépenses de l’année.",
        "L’organisme n’a pas de compte bancaire (RIB).",
    ]
    assert du(action, rang=2).etat == "prevu"


def test_le_bilan_valide_ne_suffit_pas_a_un_solde_qui_n_est_pas_arrete():
    (action,) = engagees()
    bilan(action, etat=EtatBilan.VALIDE)
    assert manques(du(action, rang=2))[0] == "Le solde n’est pas arrêté d’après le bilan."


def test_la_convention_obligatoire_s_attend_jusqu_a_sa_signature():
    (action,) = engagees(montant="23000.01", organisme__forme_juridique="association")
    assert manques(du(action)) == ["La convention obligatoire n’est pas signée."]
    convention(action)
    assert lancer(du(action)).etat == "liquide"


def test_les_credits_de_l_exercice_bornent_reports_compris():
    (action,) = engagees()
    enveloppe = action.projet.appel.enveloppe
    ReportDeCredits.objects.create(enveloppe=enveloppe, de=2016, vers=2017, montant=Decimal("92000.01"), motif="Essai")
    assert cp_libres(action.projet.appel) == {2016: 799_999, 2017: 19_200_001, 2018: 10_000_000}
    assert manques(du(action)) == ["Les crédits de paiement de 2016 ne laissent que 7\u202f999,99\u00a0€."]


@pytest.mark.parametrize("etat", ["liquide", "mandate", "paye", "annule"])
def test_on_ne_liquide_qu_un_versement_prevu_ou_rejete(etat):
    (action,) = engagees()
    champs = {"numero_de_mandat": "M", "mandate_le": "2016-09-01", "paye_le": "2016-09-02", "motif": "Motif."}
    Versement.objects.filter(pk=du(action).pk).update(etat=etat, **champs)
    with pytest.raises(PassageRefuse, match="n’est pas possible"):
        lancer(du(action))


def test_un_suspendu_dit_qu_il_l_est():
    (action,) = engagees()
    Versement.objects.filter(pk=du(action).pk).update(etat="suspendu", motif="Motif.")
    assert manques(du(action)) == ["Le versement est suspendu."]


@pytest.mark.parametrize("role", ["porteur", "instructeur", "pilote", "lecture", "administrateur"])
def test_seules_les_finances_liquident_et_constatent(role):
    (action,) = engagees()
    personne = PersonneFactory(role=role)
    for acte in (
        lambda: lancer(du(action), personne),
        lambda: liquider_en_lot(auteur=personne, appel=action.projet.appel, cles=[]),
        lambda: revenir_sur_la_liquidation(auteur=personne, versement=du(action), version=1),
        lambda: constater(auteur=personne, versement=du(action), retour=Retour("payer"), version=1),
    ):
        with pytest.raises(PermissionDenied):
            acte()


def test_une_page_perimee_ne_liquide_pas():
    (action,) = engagees()
    ancien = du(action)
    lancer(ancien)
    with pytest.raises(VersionPerimee):
        lancer(ancien)


def test_le_lot_liquide_dans_l_ordre_tant_que_les_credits_suffisent_et_dit_le_reste():
    une, deux = engagees(2, cp="10000.00", montant="5000.00")
    enveloppe = une.projet.appel.enveloppe
    ReportDeCredits.objects.create(enveloppe=enveloppe, de=2016, vers=2017, montant=Decimal("5000.00"), motif="Essai")
    payes = [du(une), du(deux), du(une, rang=2), payer(une)]
    cles = [versement.pk for versement in payes[:3]]
    issues = liquider_en_lot(auteur=finances(), appel=une.projet.appel, cles=cles)
    assert [(issue.versement.reference, issue.manques[:1]) for issue in issues] == [
        (du(une).reference, ("Le versement est déjà « payé ».",)),
        (du(deux).reference, ("Les crédits de paiement de 2016 ne laissent que 1\u202f000,00\u00a0€.",)),
        (du(une, rang=2).reference, ("Le bilan de 2016 n’est pas validé.",)),
    ]
    assert Versement.objects.filter(etat=EtatVersement.LIQUIDE).count() == 0


def test_le_lot_fait_le_meme_nombre_de_requetes_pour_un_et_trois(requetes):
    actions = engagees(4)
    appel = actions[0].projet.appel
    cles = [du(action).pk for action in actions]
    nombres = []
    for lot in (cles[:1], cles[1:]):
        with requetes() as lues:
            liquider_en_lot(auteur=None, appel=appel, cles=lot)
        nombres.append(lues.nombre)
    assert nombres[0] == nombres[1]
    assert Versement.objects.filter(etat="liquide").count() == 4


def test_revenir_sur_une_liquidation_que_rien_n_a_mandatee():
    (action,) = engagees()
    lancer(du(action))
    auteur = finances()
    revenir_sur_la_liquidation(auteur=auteur, versement=du(action), version=2)
    relu = du(action)
    assert (relu.etat, relu.liquide_le, relu.service_fait_le) == ("prevu", None, None)
    with pytest.raises(PassageRefuse):
        revenir_sur_la_liquidation(auteur=auteur, versement=relu, version=relu.version)


def test_constater_mandat_paiement_rejet_puis_reliquider():
    (action,) = engagees()
    auteur = finances()

    def retour(acte, **champs):
        versement = du(action)
        return constater(auteur=auteur, versement=versement, retour=Retour(acte, **champs), version=versement.version)

    lancer(du(action))
    with pytest.raises(ValidationError, match="numéro du mandat"):
        retour("mandater")
    retour("mandater", **MANDAT)
    with pytest.raises(ValidationError, match="pourquoi le comptable"):
        retour("rejeter", motif=" ")
    retour("rejeter", motif="RIB clôturé.")
    relu = lancer(du(action))
    assert (relu.numero_de_mandat, relu.etat) == ("M7", "liquide")
    assert du(action).numero_de_mandat == ""
    with pytest.raises(ValidationError, match="date du paiement"):
        retour("payer", **MANDAT)
    with pytest.raises(ValidationError, match="pas avant"):
        retour("payer", **MANDAT, paye_le=date(2016, 9, 11))
    with pytest.raises(ValidationError, match="pas encore venu"):
        retour("payer", **MANDAT, paye_le=timezone.localdate() + timedelta(days=1))
    retour("payer", **MANDAT, paye_le=date(2016, 9, 20))
    relu = du(action)
    assert (relu.etat, relu.numero_de_mandat, relu.numero_de_bordereau, relu.mandate_le, relu.paye_le) == (
        "paye",
        "M7",
        "B2",
        date(2016, 9, 12),
        date(2016, 9, 20),
    )
    for acte in ("mandater", "payer", "rejeter"):
        with pytest.raises(PassageRefuse):
            retour(acte, **MANDAT, paye_le=date(2016, 9, 20), motif="Motif.")


def test_un_lot_de_retours_est_tout_ou_rien_et_reste_dans_son_appel():
    une, deux = engagees(2)
    (autre,) = engagees()
    lancer(du(une))
    retours = {du(action).pk: Retour("mandater", **MANDAT) for action in (une, deux)}
    with pytest.raises(PassageRefuse, match="n’est pas possible"):
        constater_en_lot(auteur=None, appel=une.projet.appel, retours=retours)
    assert du(une).etat == "liquide"
    with pytest.raises(PassageRefuse, match="pas de cet appel"):
        constater_en_lot(auteur=None, appel=une.projet.appel, retours={du(autre).pk: Retour("mandater", **MANDAT)})


def test_les_pieces_se_deposent_se_verifient_se_refusent():
    (action,) = engagees()
    piece = du(action, rang=2).pieces.get()
    porteur = ResponsableFactory(organisme=action.projet.organisme).personne
    agent = PersonneFactory(role="pilote")
    sien = DocumentFactory(organisme=action.projet.organisme)
    with pytest.raises(PermissionDenied):
        deposer_une_piece(auteur=ResponsableFactory().personne, piece=piece, document=sien)
    with pytest.raises(ValidationError, match="pas de cet organisme"):
        deposer_une_piece(auteur=porteur, piece=piece, document=DocumentFactory())
    with pytest.raises(PassageRefuse, match="rien à refuser"):
        refuser_une_piece(auteur=agent, piece=piece, motif="Illisible.")
    deposer_une_piece(auteur=porteur, piece=piece, document=sien)
    assert manques(du(action, rang=2))[1] == "Pièce à vérifier\u00a0: Décompte des dépenses de l’année."
    with pytest.raises(ValidationError, match="ne convient pas"):
        refuser_une_piece(auteur=agent, piece=piece, motif=" ")
    refuser_une_piece(auteur=agent, piece=piece, motif="Illisible.")
    piece.refresh_from_db()
    assert (piece.document, piece.recue_le, piece.refus) == (None, None, "Illisible.")
    deposer_une_piece(auteur=porteur, piece=piece, document=sien)
    for role in ("porteur", "instructeur", "lecture"):
        with pytest.raises(PermissionDenied):
            verifier_une_piece(auteur=PersonneFactory(role=role), piece=piece)
    verifier_une_piece(auteur=agent, piece=piece)
    with pytest.raises(PassageRefuse, match="déjà vérifiée"):
        deposer_une_piece(auteur=porteur, piece=piece, document=sien)
    assert not any("Pièce" in manque for manque in manques(du(action, rang=2)))


def test_est_pret_dit_la_meme_chose_que_les_manques():
    (action,) = engagees()
    payer(action)
    bilan(action, etat=EtatBilan.VALIDE)
    lus = avec_obstacles(Versement.objects.filter(action=action), action.projet.appel).annotate(est_pret=EST_PRET)
    assert [(v.annee, v.rang, v.est_pret) for v in lus.order_by("annee", "rang")] == [
        (2016, 1, False),
        (2016, 2, False),
        (2017, 1, True),
        (2017, 2, False),
        (2018, 1, False),
        (2018, 2, False),
    ]
