"""Déposer un bilan : typé, équilibré, figé, accusé ; puis corrigé et déposé de nouveau."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction

from comptes.models import Avis, Courriel
from comptes.states import RoleOrganisme
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from financements.actions.bilans.deposer import CHANGE, deposer_le_bilan
from financements.actions.bilans.revoir import demander_une_correction
from financements.forms.bilans.dossier import DossierDuBilan
from financements.models import Bilan, CopieDeBilan, IndicateurDeBilan, LigneDeBilan
from projets.rules.depot import empreinte
from tests.comptes.fabriques import DocumentFactory, PersonneFactory
from tests.financements.bilans.scenes import bilan_ouvert, deposer, relu, remplir, responsable_de

pytestmark = pytest.mark.django_db


def manques(bilan):
    return {m.ancre for m in DossierDuBilan(relu(bilan)).manques}


def test_le_depot_ecrit_les_lignes_les_effectifs_et_fige_la_copie():
    bilan = bilan_ouvert()
    IndicateurDeBilan.objects.create(bilan=bilan, rang=1, libelle="Sorties", unite="personnes", est_un_effectif=True)
    auteur = responsable_de(bilan)
    remplir(bilan, auteur, effectif_indicateur_1="3")
    copie = deposer(bilan, auteur)
    bilan = relu(bilan)
    assert (bilan.etat, bilan.depose_par, bilan.cout_propose) == ("depose", auteur, Decimal("16100.00"))
    lignes = {(li.compte, li.rang): (li.prevu, li.realise) for li in bilan.lignes.all()}
    assert lignes == {
        ("601", 0): (Decimal(2000), Decimal(2100)),
        ("641", 0): (Decimal(15000), Decimal(11000)),
        ("645", 0): (Decimal(3000), Decimal(3000)),
        ("74dep", 0): (Decimal(10000), Decimal(10000)),
        ("74com", 1): (Decimal(4000), Decimal(4000)),
        ("RP", 0): (Decimal(6000), Decimal(2100)),
    }
    assert {e.critere: str(e.effectif) for e in bilan.effectifs.all()} == {
        "accompagnes": "20",
        "sexe_femmes": "12",
        "sexe_hommes": "8",
        "sortie_durable": "moins de 5",
    }
    (indicateur,) = bilan.indicateurs.all()
    assert (indicateur.realise, indicateur.marque) == (None, "< 5")
    assert (copie.version, copie.empreinte) == (1, empreinte(copie.contenu))
    assert copie.contenu["tableaux"][0]["total"] == {
        "prevu": "20\u202f000,00\xa0€",
        "realise": "16\u202f100,00\xa0€",
        "ecart": "\u22123\u202f900,00\xa0€",
        "part": "80,5\xa0%",
        "libelle": "Total des charges",
    }
    assert copie.contenu["est_tardif"] is True
    assert [une["poste"] for une in copie.contenu["explications"]] == [
        "64 charges de personnel",
        "ressources propres affectées au projet",
    ]


def test_le_resultat_de_l_action_equilibre_les_comptes():
    bilan = bilan_ouvert()
    auteur = responsable_de(bilan)
    remplir(bilan, auteur, c_RP_2016="1000", resultat_assume="oui")
    with transaction.atomic():
        dossier = DossierDuBilan(relu(bilan))
        deposer_le_bilan(auteur=auteur, bilan=bilan, verifie=dossier.verifie())
        connection.check_constraints()
    insuffisance = LigneDeBilan.objects.get(bilan=bilan, compte="INS")
    assert (insuffisance.cote, insuffisance.realise) == ("produit", Decimal("1100.00"))


def test_le_depot_laisse_une_trace_et_previent():
    bilan = bilan_ouvert()
    auteur = responsable_de(bilan)
    territoire = bilan.action.projet.parts.get().territoire
    instructeur = PersonneFactory(instructeur=True)
    instructeur.territoires.add(territoire)
    finances = PersonneFactory(finances=True)
    PersonneFactory(instructeur=True)
    copie = deposer(bilan, auteur)
    (ligne,) = Journal.objects.filter(acte="deposer_le_bilan")
    assert (ligne.auteur, ligne.avant, ligne.apres) == (
        auteur,
        {"etat": "a_remplir"},
        {"etat": "depose", "version": 1, "empreinte": copie.empreinte},
    )
    assert set(Avis.objects.filter(texte__contains="est déposé").values_list("personne", flat=True)) == {
        instructeur.pk,
        finances.pk,
    }
    (courriel,) = Courriel.objects.filter(objet__contains="Bilan 2016 reçu")
    assert courriel.destinataire == auteur.email
    assert copie.empreinte in courriel.texte


def test_un_responsable_seul_depose():
    bilan = bilan_ouvert()
    redacteur = responsable_de(bilan, RoleOrganisme.REDACTEUR)
    verifie = DossierDuBilan(remplir(bilan, redacteur)).verifie()
    for autre in (redacteur, PersonneFactory(), PersonneFactory(pilote=True), PersonneFactory(finances=True)):
        with pytest.raises(PermissionDenied):
            deposer_le_bilan(auteur=autre, bilan=bilan, verifie=verifie)
    assert not CopieDeBilan.objects.exists()


def test_un_bilan_deja_depose_ou_valide_ne_se_redepose_pas():
    bilan = bilan_ouvert()
    auteur = responsable_de(bilan)
    verifie = DossierDuBilan(remplir(bilan, auteur)).verifie()
    deposer_le_bilan(auteur=auteur, bilan=bilan, verifie=verifie)
    for etat in ("depose", "valide"):
        Bilan.objects.update(etat=etat, cout_reel=1, valide_le=relu(bilan).depose_le)
        with pytest.raises(PassageRefuse):
            deposer_le_bilan(auteur=auteur, bilan=bilan, verifie=verifie)
    assert CopieDeBilan.objects.count() == 1


def test_un_bilan_change_depuis_la_verification_se_relit():
    bilan = bilan_ouvert()
    auteur = responsable_de(bilan)
    verifie = DossierDuBilan(remplir(bilan, auteur)).verifie()
    remplir(bilan, auteur, realisation="Autre chose.")
    with pytest.raises(PassageRefuse, match=CHANGE[:20]):
        deposer_le_bilan(auteur=auteur, bilan=bilan, verifie=verifie)


def test_une_correction_ajoute_une_version_et_garde_la_premiere():
    bilan = bilan_ouvert()
    auteur = responsable_de(bilan)
    premiere = deposer(bilan, auteur)
    demander_une_correction(
        auteur=PersonneFactory(pilote=True), bilan=bilan, motif="Le 64.", version=relu(bilan).version
    )
    corrige = remplir(bilan, auteur, c_641_2016="12000", c_RP_2016="3100")
    seconde = deposer_le_bilan(auteur=auteur, bilan=corrige, verifie=DossierDuBilan(corrige).verifie())
    assert (premiere.version, seconde.version) == (1, 2)
    assert relu(bilan).correction == ""
    assert LigneDeBilan.objects.get(bilan=bilan, compte="641").realise == Decimal(12000)


def test_la_base_refuse_un_bilan_depose_qui_ne_s_equilibre_pas():
    bilan = bilan_ouvert()
    bilan.lignes.filter(compte="641").update(realise=Decimal("0.01"))

    def juger():
        Bilan.objects.update(etat="depose", depose_le="2017-06-01T00:00:00Z")
        connection.check_constraints()

    with pytest.raises(IntegrityError, match="ne sont pas égaux"), transaction.atomic():
        juger()


def test_la_base_fige_les_lignes_et_les_copies_d_un_bilan_depose():
    bilan = bilan_ouvert()
    deposer(bilan)
    for voie in (
        lambda: bilan.lignes.update(realise=1),
        lambda: bilan.lignes.all().delete(),
        lambda: LigneDeBilan.objects.create(bilan=bilan, cote="charge", compte="66", realise=1),
        lambda: CopieDeBilan.objects.update(version=9),
    ):
        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            voie()


def test_ce_qui_manque_se_dit_champ_par_champ():
    bilan = bilan_ouvert()
    assert manques(bilan) == {
        "id_realisation",
        "id_resultats",
        "id_effectif_accompagnes",
        "id_c_601_2016",
        "id_explication_60",
        "id_explication_64",
        "id_explication_74",
        "id_explication_RP",
    }
    auteur = responsable_de(bilan)
    remplir(bilan, auteur, c_IND1_2016="10", c_862_2016="5", c_74com_2_2016="50", effectif_sexe_hommes="< 5")
    assert manques(bilan) == {
        "id_precision_74com_2",
        "id_resultat_assume",
        "id_c_860_2016",
        "id_charges_indirectes",
        "id_effectif_sexe_femmes",
    }


def test_une_piece_en_cours_de_controle_retient_le_depot():
    bilan = bilan_ouvert()
    auteur = responsable_de(bilan)
    document = DocumentFactory(organisme=bilan.action.projet.organisme)
    bilan.pieces.create(document=document)
    verifie = DossierDuBilan(remplir(bilan, auteur)).verifie()
    type(document).objects.update(etat="en_analyse")
    assert len(manques(bilan)) == 1
    with pytest.raises(PassageRefuse, match="pièces"):
        deposer_le_bilan(auteur=auteur, bilan=bilan, verifie=verifie)


def test_un_bilan_ne_joint_que_les_documents_de_son_organisme():
    bilan = bilan_ouvert()
    with pytest.raises(IntegrityError, match="organisme"), transaction.atomic():
        bilan.pieces.create(document=DocumentFactory())
