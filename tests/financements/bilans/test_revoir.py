"""Corriger, valider, rouvrir : chaque acte de chaque état et de chaque rôle."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from comptes.models import Avis, Courriel
from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.bilans.revoir import demander_une_correction, rouvrir_le_bilan, valider_le_bilan
from financements.models import Bilan
from tests.comptes.fabriques import PersonneFactory
from tests.financements.bilans.scenes import bilan_ouvert, deposer, relu, responsable_de

pytestmark = pytest.mark.django_db
ACTES = {
    "corriger": lambda auteur, bilan: demander_une_correction(
        auteur=auteur, bilan=bilan, motif="Le compte 64.", version=relu(bilan).version
    ),
    "valider": lambda auteur, bilan: valider_le_bilan(
        auteur=auteur, bilan=bilan, cout_reel=Decimal("16100.00"), motif="", version=relu(bilan).version
    ),
    "rouvrir": lambda auteur, bilan: rouvrir_le_bilan(
        auteur=auteur, bilan=bilan, motif="Une facture oubliée.", version=relu(bilan).version
    ),
}
DEPUIS = {"corriger": "depose", "valider": "depose", "rouvrir": "valide"}
ROLES = {
    "corriger": {"instructeur", "pilote", "finances"},
    "valider": {"instructeur", "pilote", "finances"},
    "rouvrir": {"pilote", "finances"},
}


def en_etat(bilan, etat):
    """Le bilan déposé, mis dans cet état."""
    if not bilan.copies.exists():
        deposer(bilan)
    depose_le = relu(bilan).depose_le
    Bilan.objects.update(etat=etat, cout_reel=1, valide_le=depose_le, correction="Le compte 64.")
    return bilan


def personne(role, bilan):
    qui = PersonneFactory(role=Role(role))
    if role == "instructeur":
        qui.territoires.add(bilan.action.projet.parts.get().territoire)
    return qui


@pytest.mark.parametrize("acte", ACTES)
def test_un_acte_ne_part_que_de_son_etat(acte):
    bilan = bilan_ouvert()
    pilote = PersonneFactory(pilote=True)
    for etat in {"a_remplir", "depose", "a_corriger", "valide"} - {DEPUIS[acte]}:
        with pytest.raises(PassageRefuse):
            ACTES[acte](pilote, en_etat(bilan, etat))
        assert Bilan.objects.get().etat == etat
    ACTES[acte](pilote, en_etat(bilan, DEPUIS[acte]))


@pytest.mark.parametrize("acte", ACTES)
def test_un_acte_n_est_qu_a_ses_roles(acte):
    bilan = en_etat(bilan_ouvert(), DEPUIS[acte])
    ailleurs = PersonneFactory(instructeur=True)
    interdits = [personne(role.value, bilan) for role in Role if role.value not in ROLES[acte]]
    for autre in [ailleurs, responsable_de(bilan), *interdits]:
        with pytest.raises(PermissionDenied):
            ACTES[acte](autre, bilan)
    for role in sorted(ROLES[acte]):
        ACTES[acte](personne(role, bilan), en_etat(bilan, DEPUIS[acte]))


@pytest.mark.parametrize("acte", ACTES)
def test_une_page_perimee_ne_fait_rien(acte):
    bilan = en_etat(bilan_ouvert(), DEPUIS[acte])
    vue = relu(bilan).version
    Bilan.objects.update(version=vue + 1)
    arguments = {"auteur": PersonneFactory(pilote=True), "bilan": bilan, "motif": "Motif.", "version": vue}
    fonctions = {
        "corriger": lambda: demander_une_correction(**arguments),
        "valider": lambda: valider_le_bilan(**arguments, cout_reel=Decimal(1)),
        "rouvrir": lambda: rouvrir_le_bilan(**arguments),
    }
    with pytest.raises(VersionPerimee):
        fonctions[acte]()
    assert Bilan.objects.get().etat == DEPUIS[acte]


def test_une_correction_se_dit_mot_pour_mot_a_l_organisme():
    bilan = bilan_ouvert()
    membre = responsable_de(bilan)
    deposer(bilan, membre)
    Courriel.objects.all().delete()
    instructeur = personne("instructeur", bilan)
    ACTES["corriger"](instructeur, bilan)
    bilan = relu(bilan)
    assert (bilan.etat, bilan.correction) == ("a_corriger", "Le compte 64.")
    (courriel,) = Courriel.objects.all()
    assert courriel.destinataire == membre.email
    assert "\nLe compte 64.\n" in courriel.texte
    (ligne,) = Journal.objects.filter(acte="demander_une_correction_du_bilan")
    assert (ligne.auteur, ligne.avant, ligne.apres) == (
        instructeur,
        {"etat": "depose"},
        {"etat": "a_corriger", "motif": "Le compte 64."},
    )


@pytest.mark.parametrize("acte", ["corriger", "rouvrir"])
def test_rien_ne_se_rend_sans_dire_pourquoi(acte):
    bilan = en_etat(bilan_ouvert(), DEPUIS[acte])
    fonction = {"corriger": demander_une_correction, "rouvrir": rouvrir_le_bilan}[acte]
    with pytest.raises(ValidationError):
        fonction(auteur=PersonneFactory(pilote=True), bilan=bilan, motif=" ", version=relu(bilan).version)
    assert Bilan.objects.get().etat == DEPUIS[acte]


def test_valider_retient_le_cout_et_previent():
    bilan = bilan_ouvert()
    membre = responsable_de(bilan)
    deposer(bilan, membre)
    pilote = PersonneFactory(pilote=True)
    ACTES["valider"](pilote, bilan)
    bilan = relu(bilan)
    assert (bilan.etat, bilan.cout_reel, bilan.motif_du_cout, bilan.valide_par) == (
        "valide",
        Decimal("16100.00"),
        "",
        pilote,
    )
    assert Avis.objects.filter(personne=membre, texte__contains="est validé").count() == 1
    (ligne,) = Journal.objects.filter(acte="valider_le_bilan")
    assert ligne.apres == {"etat": "valide", "cout_reel": "16100.00", "motif": ""}


def test_un_cout_autre_que_le_propose_se_motive():
    bilan = bilan_ouvert()
    deposer(bilan)
    arguments = {"auteur": PersonneFactory(finances=True), "bilan": bilan, "cout_reel": Decimal("15000.00")}
    for motif in ("", "  "):
        with pytest.raises(ValidationError) as refus:
            valider_le_bilan(**arguments, motif=motif, version=relu(bilan).version)
        assert "motif" in refus.value.message_dict
    valider_le_bilan(**arguments, motif="Le 601 porte une autre action.", version=relu(bilan).version)
    assert relu(bilan).motif_du_cout == "Le 601 porte une autre action."


def test_rouvrir_oublie_le_cout_retenu():
    bilan = en_etat(bilan_ouvert(), "valide")
    ACTES["rouvrir"](PersonneFactory(finances=True), bilan)
    bilan = relu(bilan)
    assert (bilan.etat, bilan.cout_reel, bilan.valide_le, bilan.valide_par, bilan.correction) == (
        "a_corriger",
        None,
        None,
        None,
        "Une facture oubliée.",
    )
