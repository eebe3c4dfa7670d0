"""Des bilans écrits tels quels, pour la table des accès : le sien, et celui d’autrui."""

from datetime import UTC, date, datetime

from django.core.files.base import ContentFile

from financements.models import Action, AideDeMinimis, Bilan, CopieDeBilan, OperationFse, PdfDeBilan, PieceDeBilan
from tests.comptes.fabriques import DocumentFactory
from tests.projets.fabriques import PDF_D_ESSAI

DEPOSE_LE = datetime(2017, 6, 1, 10, tzinfo=UTC)
CONTENU = {
    "annee": 2016,
    "reference": "AAP16-0001",
    "est_tardif": False,
    "effectifs": {"accompagnes": "20", "prevus": "20", "repartitions": []},
    "indicateurs": [],
    "textes": [],
    "tableaux": [],
    "tableaux_en_nature": [],
    "explications": [],
    "charges_indirectes": "",
}


def bilans_de(action: Action, autre: Action) -> dict[str, object]:
    """Un bilan à remplir en 2016 et un déposé en 2017, avec sa copie et une pièce, pour chaque action."""
    mien, d_autrui = _bilans(action), _bilans(autre)
    return {
        "bilan_depose": mien[0],
        "piece_de_bilan": mien[1],
        "autre_projet": autre.projet_id,
        "bilan_d_autrui": d_autrui[0],
        "autre_piece": d_autrui[1],
        **_fse(autre),
    }


def _fse(action: Action) -> dict[str, object]:
    operation = OperationFse.objects.create(
        contrepartie=action.contrepartie_fse,
        numero="201600001",
        cout_eligible=1000,
        taux=50,
        debut_le=date(2016, 1, 1),
        fin_le=date(2016, 12, 31),
        montant_mobilise=100,
    )
    type(action.contrepartie_fse).objects.update(montant_mobilise=100)
    aide = AideDeMinimis.objects.create(
        siren="732829320",
        regime="general",
        origine="declaree",
        autorite="Région",
        accordee_le=date(2016, 1, 1),
        montant=10,
    )
    return {"operation_fse": operation.pk, "aide_de_minimis": aide.pk}


def _bilans(action: Action) -> tuple[int, int]:
    Bilan.objects.create(action=action, annee=2016, du_le=date(2017, 6, 30))
    depose = Bilan.objects.create(
        action=action, annee=2017, etat="depose", du_le=date(2018, 6, 30), depose_le=DEPOSE_LE
    )
    copie = CopieDeBilan.objects.create(bilan=depose, deposee_le=DEPOSE_LE, contenu=CONTENU, empreinte="a" * 64)
    PdfDeBilan.objects.create(copie=copie, fichier=ContentFile(PDF_D_ESSAI, "b.pdf"), empreinte="b" * 64)
    document = DocumentFactory(organisme=action.projet.organisme)
    return depose.pk, PieceDeBilan.objects.create(bilan=depose, document=document).pk
