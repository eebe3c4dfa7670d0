"""Les pièces d’un projet : joindre, retirer, et tout ce que les actes et la base refusent."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from comptes.actions.documents import supprimer_un_document
from comptes.models import Adhesion, Document
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.deposer import deposer
from projets.actions.pieces import envoyer_et_joindre, joindre_un_document, retirer_une_piece
from projets.forms.dossier.dossier import PAR_CLE, Dossier
from projets.forms.dossier.pieces import controle_des_pieces
from projets.models import Depot, PieceJointe, Projet
from projets.states import EtatProjet
from tests.comptes.fabriques import DocumentFactory, PersonneFactory
from tests.projets.dossiers import brouillon, porteur
from tests.projets.fabriques import AxeFactory, PieceFactory
from tests.socle.fichiers_d_essai import image, pdf

pytestmark = pytest.mark.django_db
FIGES = sorted(set(EtatProjet.values) - {"brouillon", "incomplet"})


@pytest.fixture
def adhesion():
    return porteur()


@pytest.fixture
def projet(adhesion):
    return brouillon(adhesion)


@pytest.fixture
def piece(projet):
    return PieceFactory(appel=projet.appel, intitule="Statuts à jour", taille_maximale=1)


def envoi(nom="statuts.pdf", contenu=None):
    return SimpleUploadedFile(nom, contenu or pdf())


def mettre(projet, etat):
    Projet.objects.filter(pk=projet.pk).update(etat=etat, numero=7)


def joindre(adhesion, projet, document, piece=None):
    return joindre_un_document(auteur=adhesion.personne, projet=projet, document=document, piece=piece)


def test_envoyer_met_dans_la_bibliotheque_et_joint(adhesion, projet, piece):
    version = projet.version
    ajout = envoyer_et_joindre(auteur=adhesion.personne, projet=projet, piece=piece, recu=envoi())
    jointe = PieceJointe.objects.get()
    assert (jointe.projet, jointe.piece, jointe.document, jointe.jointe_par) == (
        projet,
        piece,
        ajout.document,
        adhesion.personne,
    )
    assert (ajout.est_neuf, ajout.document.nature, ajout.document.intitule) == (True, "statuts", "statuts")
    projet.refresh_from_db()
    assert (projet.version, projet.modifie_par) == (version + 1, adhesion.personne)
    assert list(Journal.objects.order_by("pk").values_list("acte", flat=True))[-2:] == [
        "ajouter_un_document",
        "joindre_un_document",
    ]


def test_le_meme_fichier_renvoye_pour_un_autre_projet_est_le_meme_document(adhesion, projet, piece):
    premier = envoyer_et_joindre(auteur=adhesion.personne, projet=projet, piece=piece, recu=envoi())
    autre = brouillon(adhesion)
    second = envoyer_et_joindre(auteur=adhesion.personne, projet=autre, piece=None, recu=envoi("copie.pdf"))
    assert (second.est_neuf, second.document, Document.objects.count()) == (False, premier.document, 1)
    assert PieceJointe.objects.count() == 2


def test_joindre_deux_fois_ne_change_rien(adhesion, projet, piece):
    document = DocumentFactory(organisme=adhesion.organisme)
    assert joindre(adhesion, projet, document, piece) == joindre(adhesion, projet, document, piece)
    assert PieceJointe.objects.count() == 1


def test_un_fichier_qui_ne_convient_pas_a_la_piece_n_entre_pas_dans_la_bibliotheque(adhesion, projet, piece):
    with pytest.raises(ValidationError) as refus:
        envoyer_et_joindre(auteur=adhesion.personne, projet=projet, piece=piece, recu=envoi("p.png", image()))
    assert refus.value.messages == [
        "«\u00a0p.png\u00a0» est au format image PNG, qui n’est pas admis ici. Formats admis\u00a0: PDF."
    ]
    assert Document.objects.count() == 0


def test_un_refus_apres_l_envoi_n_en_laisse_rien(adhesion, projet, settings, tmp_path):
    """La pièce d’un autre axe se refuse après que le fichier a été écrit : il est repris."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    ailleurs = PieceFactory(appel=projet.appel, axe=AxeFactory(appel=projet.appel, numero=9))
    with pytest.raises(ValidationError) as refus:
        envoyer_et_joindre(auteur=adhesion.personne, projet=projet, piece=ailleurs, recu=envoi())
    assert refus.value.messages == ["Cette pièce n’est pas demandée pour ce projet."]
    assert (Document.objects.count(), [c for c in tmp_path.rglob("*") if c.is_file()]) == (0, [])


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"etat": "infecte"}, "a été écarté\u00a0: il est infecté (Essai-Virus)."),
        ({"etat": "refuse"}, "a été écarté\u00a0: il est abîmé."),
        ({"est_archive": True}, "est archivé\u00a0: reprenez-le d’abord."),
        ({"format": "png"}, "ne convient pas. Il est au format image PNG, cette pièce demande\u00a0: PDF."),
        ({"taille": 1048577}, "ne convient pas. Il dépasse 1\u00a0Mo, la limite de cette pièce."),
    ],
)
def test_un_document_qui_ne_convient_pas_ne_se_joint_pas(adhesion, projet, piece, champs, phrase):
    document = DocumentFactory(organisme=adhesion.organisme, intitule="Statuts", **champs)
    with pytest.raises(ValidationError) as refus:
        joindre(adhesion, projet, document, piece)
    assert refus.value.messages == [f"«\u00a0Statuts\u00a0» {phrase}"]


def test_le_document_d_un_autre_organisme_est_refuse_par_l_acte_et_par_la_base(adhesion, projet):
    etranger = DocumentFactory()
    with pytest.raises(ValidationError) as refus:
        joindre(adhesion, projet, etranger)
    assert refus.value.messages == ["Ce document est à un autre organisme."]
    with pytest.raises(IntegrityError, match="documents de son organisme"), transaction.atomic():
        PieceJointe.objects.create(projet=projet, document=etranger)


def test_un_document_supprime_entre_temps_se_dit(adhesion, projet):
    document = DocumentFactory(organisme=adhesion.organisme)
    Document.objects.all().delete()
    with pytest.raises(ValidationError) as refus:
        joindre(adhesion, projet, document)
    assert refus.value.messages == ["Ce document a été supprimé entre-temps."]


def test_la_piece_d_un_autre_appel_est_refusee_par_l_acte_et_par_la_base(adhesion, projet):
    document = DocumentFactory(organisme=adhesion.organisme)
    with pytest.raises(ValidationError):
        joindre(adhesion, projet, document, PieceFactory())
    with pytest.raises(IntegrityError, match="pièce de l’appel"), transaction.atomic():
        PieceJointe.objects.create(projet=projet, document=document, piece=PieceFactory())


@pytest.mark.parametrize("etat", FIGES)
def test_les_pieces_d_un_projet_depose_ne_changent_plus(adhesion, projet, etat):
    document, autre = DocumentFactory.create_batch(2, organisme=adhesion.organisme)
    jointe = joindre(adhesion, projet, document)
    mettre(projet, etat)
    for acte in (
        lambda: joindre(adhesion, projet, autre),
        lambda: retirer_une_piece(auteur=adhesion.personne, jointe=jointe),
        lambda: envoyer_et_joindre(auteur=adhesion.personne, projet=projet, piece=None, recu=envoi()),
    ):
        with pytest.raises(PassageRefuse) as refus:
            acte()
        assert str(refus.value) == "Ce projet est déposé\u00a0: ses pièces ne changent plus."
    for ecriture in (
        lambda: PieceJointe.objects.create(projet=projet, document=autre),
        lambda: PieceJointe.objects.filter(pk=jointe.pk).update(document=autre),
        lambda: PieceJointe.objects.filter(pk=jointe.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="ne changent plus"), transaction.atomic():
            ecriture()
    assert list(PieceJointe.objects.values_list("document", flat=True)) == [document.pk]
    assert Document.objects.count() == 2


@pytest.mark.parametrize("role", ["porteur", "instructeur", "pilote", "finances", "lecture", "administrateur"])
def test_qui_n_agit_pas_pour_l_organisme_ne_touche_pas_aux_pieces(adhesion, projet, role):
    document = DocumentFactory(organisme=adhesion.organisme)
    jointe, etranger = joindre(adhesion, projet, document), PersonneFactory(role=role)
    for acte in (
        lambda: joindre_un_document(auteur=etranger, projet=projet, document=document, piece=None),
        lambda: retirer_une_piece(auteur=etranger, jointe=jointe),
        lambda: envoyer_et_joindre(auteur=etranger, projet=projet, piece=None, recu=envoi()),
    ):
        with pytest.raises(PermissionDenied):
            acte()
    assert (PieceJointe.objects.count(), Document.objects.count()) == (1, 1)


def test_retirer_d_un_brouillon_efface_la_ligne_et_garde_le_document(adhesion, projet):
    jointe = joindre(adhesion, projet, DocumentFactory(organisme=adhesion.organisme))
    for _ in range(2):
        retirer_une_piece(auteur=adhesion.personne, jointe=jointe)
    assert (PieceJointe._base_manager.count(), Document.objects.count()) == (0, 1)
    assert Journal.objects.filter(acte="retirer_une_piece").count() == 1


def test_retirer_apres_un_depot_garde_la_trace_et_le_document_ne_se_supprime_plus(adhesion, projet):
    document = DocumentFactory(organisme=adhesion.organisme)
    jointe = joindre(adhesion, projet, document)
    Depot.objects.create(projet=projet, depose_le=projet.cree_le, contenu={}, empreinte="0" * 64)
    mettre(projet, "incomplet")
    with pytest.raises(IntegrityError, match="ne s’efface pas"), transaction.atomic():
        PieceJointe.objects.filter(pk=jointe.pk).delete()
    retirer_une_piece(auteur=adhesion.personne, jointe=jointe)
    assert (PieceJointe.objects.count(), PieceJointe._base_manager.count()) == (0, 1)
    with pytest.raises(ValidationError) as refus:
        supprimer_un_document(auteur=adhesion.personne, document=document)
    assert refus.value.messages == [
        f"«\u00a0{document.intitule}\u00a0» est joint à un projet, ou l’a été au dépôt\u00a0: "
        "il ne se supprime pas. Vous pouvez l’archiver."
    ]
    assert joindre(adhesion, projet, document) != jointe


def manques(projet):
    donnees = Dossier(Projet.objects.en_dossier().get(pk=projet.pk)).donnees
    return [(m.ancre, m.libelle, m.message) for m in controle_des_pieces(donnees)]


def test_il_manque_une_piece_obligatoire_et_tout_document_que_l_on_ne_peut_pas_deposer(adhesion, projet, piece):
    PieceFactory(appel=projet.appel, est_obligatoire=False, intitule="Plaquette")
    PieceFactory(appel=projet.appel, axe=AxeFactory(appel=projet.appel, numero=9))
    ancre = f"piece-{piece.pk}"
    assert manques(projet) == [(ancre, "Statuts à jour", "Joignez ce document, il est obligatoire.")]
    document = DocumentFactory(organisme=adhesion.organisme, etat="en_analyse", intitule="Statuts")
    joindre(adhesion, projet, document, piece)
    attente = "En cours de contrôle\u00a0: le projet se dépose dès que c’est fini."
    assert manques(projet) == [(ancre, "Statuts", attente)]
    Document.objects.filter(pk=document.pk).update(etat="infecte", motif="Essai", fichier="")
    ecarte = "Écarté\u00a0: ce fichier est infecté (Essai). Retirez-le et joignez-en un autre."
    assert manques(projet) == [(ancre, "Statuts", ecarte)]
    PieceJointe.objects.all().delete()
    joindre(adhesion, projet, DocumentFactory(organisme=adhesion.organisme, etat="non_analyse"), piece)
    assert manques(projet) == []


def test_un_document_repris_d_un_autre_projet_doit_convenir_a_la_piece(adhesion, projet, piece):
    """La copie d’un projet joint sans rien demander : c’est le contrôle de l’étape qui juge."""
    document = DocumentFactory(organisme=adhesion.organisme, format="docx", intitule="Statuts")
    PieceJointe.objects.create(projet=projet, document=document, piece=piece)
    phrase = "Il est au format Word (docx), cette pièce demande\u00a0: PDF."
    assert manques(projet) == [(f"piece-{piece.pk}", "Statuts", phrase)]


def test_le_depot_fige_la_liste_des_pieces_avec_leurs_empreintes(adhesion, projet, piece):
    document = DocumentFactory(organisme=adhesion.organisme, intitule="Statuts")
    joindre(adhesion, projet, document, piece)
    joindre(adhesion, projet, document)
    figees = Dossier(Projet.objects.en_dossier().get(pk=projet.pk)).donnees.pieces_figees()
    commun = {
        "document": document.pk,
        "nom": "document.pdf",
        "octets": document.taille,
        "empreinte": document.empreinte,
    }
    assert figees == [{"piece": "Statuts à jour", **commun}, {"piece": "Statuts", **commun}]


def test_la_bibliotheque_propose_d_abord_la_nature_que_demande_la_piece(adhesion, projet, piece):
    rib = DocumentFactory(organisme=adhesion.organisme, nature="rib")
    statuts = DocumentFactory(organisme=adhesion.organisme, nature="statuts")
    joint = DocumentFactory(organisme=adhesion.organisme)
    joindre(adhesion, projet, joint, piece)
    DocumentFactory(organisme=adhesion.organisme, format="png")
    DocumentFactory(organisme=adhesion.organisme, etat="infecte")
    DocumentFactory(organisme=adhesion.organisme, est_archive=True)
    DocumentFactory()
    dossier = Dossier(Projet.objects.en_dossier().get(pk=projet.pk))
    demandee, libres = dossier.formulaire(PAR_CLE["pieces"]).lignes
    assert (demandee.documents, [j.document for j in demandee.jointes]) == ([statuts, rib], [joint])
    assert (libres.piece, libres.jointes, len(libres.documents)) == (None, [], 4)


def test_un_verdict_rendu_entre_la_verification_et_le_depot_empeche_de_deposer(adhesion, projet):
    """La version vérifiée est la bonne : seul l’antivirus a parlé entre-temps."""
    Adhesion.objects.filter(pk=adhesion.pk).update(role="responsable")
    document = DocumentFactory(organisme=adhesion.organisme)
    joindre(adhesion, projet, document)
    projet.refresh_from_db()
    verifie = SimpleNamespace(version=projet.version)
    Document.objects.filter(pk=document.pk).update(etat="infecte", motif="Essai", fichier="")
    with pytest.raises(PassageRefuse) as refus:
        deposer(auteur=adhesion.personne, projet=projet, verifie=verifie)
    assert (
        str(refus.value) == "Toutes les pièces du projet ne sont pas contrôlées et saines. Relisez l’étape des pièces."
    )
