"""L’acte d’import : tout ou rien, sans effet la seconde fois, montants répartis au centime."""

from datetime import date
from decimal import Decimal

import pytest

from comptes.models import Organisme
from config.socle.lecture.erreurs import ErreurLigne
from config.socle.lecture.tableau import FichierIllisible
from config.socle.models import Journal
from config.socle.montants import format_euros
from financements.actions.importer_programme import importer_programme
from financements.imports.compte_rendu import CompteRendu, LigneTotaux
from financements.imports.conduite import ImportRefuse
from financements.models import Action, AffectationDeCredits, ContrepartieFse, Deliberation, PartTranche, Tranche
from projets.models import ExerciceProjet, PartProjet, Projet
from projets.states import EtatAppel
from territoires.models import Territoire
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory, siret_d_essai
from tests.financements.fabriques import enveloppe_repartie, ouvrir_une_ae
from tests.financements.fichiers import SIRET, appel_du_nord, ecrire_csv, ecrire_xlsx, ligne
from tests.projets.fabriques import ProjetFactory

pytestmark = pytest.mark.django_db
TABLES = (
    Action,
    ContrepartieFse,
    Deliberation,
    ExerciceProjet,
    Journal,
    Organisme,
    PartProjet,
    PartTranche,
    Projet,
    Tranche,
)


def photographie():
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in TABLES}


@pytest.fixture
def appel():
    return appel_du_nord()


@pytest.fixture
def importer(appel, tmp_path):
    def _importer(*lignes, ecrire=ecrire_csv, auteur=None, simuler=False):
        chemin = ecrire(tmp_path / "programme.dat", list(lignes))
        return importer_programme(auteur=auteur, appel=appel, chemin=chemin, simuler=simuler)

    return _importer


def erreurs(rendu):
    return [(e.ligne, e.colonne) for e in rendu.erreurs]


def test_une_ligne_devient_un_projet_retenu_et_son_action(importer):
    rendu = importer(ligne(rna="w2a1234567", fse="oui", montant_fse="30 000"))
    assert (rendu.erreurs, rendu.creees, rendu.inchangees, rendu.organismes_crees) == ([], 1, 0, 1)
    projet = Projet.objects.get()
    assert (projet.numero, projet.axe.numero, projet.intitule, projet.etat, projet.allocataires_prevus) == (
        1, 3, "Chantier d’insertion maraîchage", "retenu", 40,
    )  # fmt: skip
    assert (projet.organisme.nom, projet.organisme.siret, projet.organisme.rna) == (
        "Les Ateliers de la Scarpe", SIRET, "W2A1234567",
    )  # fmt: skip
    assert dict(PartProjet.objects.values_list("territoire__code", "pourcentage")) == {
        "VAL": Decimal("60.00"),
        "DOU": Decimal("40.00"),
    }
    action = projet.action
    assert (action.deliberation.reference, action.deliberation.adoptee_le) == ("DLES/2016/131", date(2016, 6, 13))
    assert action.contrepartie_fse.montant_fse == Decimal("30000.00")


def test_le_cout_et_les_parts_se_repartissent_au_centime(importer):
    importer(ligne())
    assert list(ExerciceProjet.objects.values_list("annee", "cout", "montant_demande")) == [
        (2016, Decimal("19999.60"), Decimal("10000.00")),
        (2017, Decimal("40000.19"), Decimal("20000.50")),
        (2018, Decimal("40000.21"), Decimal("20000.51")),
    ]
    parts = PartTranche.objects.order_by("tranche__annee", "-territoire__code")
    assert list(parts.values_list("tranche__annee", "territoire__code", "montant")) == [
        (2016, "VAL", Decimal("6000.00")),
        (2016, "DOU", Decimal("4000.00")),
        (2017, "VAL", Decimal("12000.30")),
        (2017, "DOU", Decimal("8000.20")),
        (2018, "VAL", Decimal("12000.31")),
        (2018, "DOU", Decimal("8000.20")),
    ]


def test_une_annee_sans_credit_n_a_pas_de_tranche(importer):
    importer(ligne(montant_2016=None, montant_2017="0", montant_2018="5000", territoires="douaisis"))
    assert list(Tranche.objects.values_list("annee", "montant")) == [(2018, Decimal("5000.00"))]
    assert list(ExerciceProjet.objects.values_list("annee", "cout")) == [(2018, Decimal("100000.00"))]
    assert list(PartTranche.objects.values_list("territoire__code", "montant")) == [("DOU", Decimal("5000.00"))]


def test_le_compte_rendu_dit_les_totaux_et_les_colonnes_ignorees(importer):
    rendu = importer(ligne(remarque="x"), ligne(remarque="", numero="2", axe="1", montant_2016=None))
    assert rendu.lignes_totaux == [
        LigneTotaux(1, (Decimal("0.00"), Decimal("20000.50"), Decimal("20000.51")), Decimal("40001.01")),
        LigneTotaux(3, (Decimal("10000.00"), Decimal("20000.50"), Decimal("20000.51")), Decimal("50001.01")),
        LigneTotaux(0, (Decimal("10000.00"), Decimal("40001.00"), Decimal("40001.02")), Decimal("90002.02")),
    ]
    assert (rendu.colonnes_ignorees, rendu.total, rendu.lues) == (("remarque",), Decimal("90002.02"), 2)
    assert (rendu.creees, rendu.organismes_crees) == (2, 1)
    assert CompteRendu.depuis_json(rendu.en_json()) == rendu


def test_l_import_s_ecrit_au_journal_une_seule_fois(importer, appel):
    pilote = PersonneFactory(pilote=True)
    rendu = importer(ligne(), auteur=pilote)
    entree = Journal.objects.get()
    assert (entree.acte, entree.auteur, entree.objet_type, entree.objet_id) == (
        "importer_programme", pilote, "projets.AppelAProjets", str(appel.pk),
    )  # fmt: skip
    assert entree.apres == {
        "fichier": "programme.dat",
        "empreinte": rendu.empreinte,
        "actions": 1,
        "inchangees": 0,
        "organismes": 1,
        "total": "50001.01",
    }


def test_le_meme_fichier_importe_deux_fois_ne_change_rien(importer):
    lignes = [ligne(fse="oui", montant_fse="1"), ligne(numero="2", rna="W591234567", siret=None, organisme="Autre")]
    importer(*lignes)
    avant = photographie()
    rendu = importer(*lignes)
    assert (rendu.erreurs, rendu.creees, rendu.inchangees, rendu.organismes_crees) == ([], 0, 2, 0)
    assert photographie() == avant


def test_un_second_fichier_n_ajoute_que_ses_actions_nouvelles(importer):
    importer(ligne())
    rendu = importer(ligne(), ligne(numero="2"))
    assert (rendu.creees, rendu.inchangees, rendu.organismes_crees) == (1, 1, 0)
    assert list(Projet.objects.values_list("numero", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("colonne", "valeur", "attendu"),
    [
        ("axe", "2", "« 3 », la valeur"),
        ("organisme", None, None),
        ("intitule", "Autre chantier", "« Chantier d’insertion maraîchage », la valeur"),
        ("territoires", "Douaisis", "« DOU 40,00 %, VAL 60,00 % », la valeur"),
        ("allocataires_prevus", "41", "« 40 », la valeur"),
        ("cout_total", "100 001", "« 100\u202f000,00\u00a0€ », la valeur"),
        ("montant_2017", None, "« 20\u202f000,50\u00a0€ », la valeur"),
        ("deliberation", "DLES/2016/132", "« DLES/2016/131 », la valeur"),
        ("date_deliberation", "14/06/2016", "« 13/06/2016 », la valeur"),
    ],
)
def test_une_action_deja_votee_ne_se_corrige_pas_par_un_import(importer, colonne, valeur, attendu):
    importer(ligne())
    avant = photographie()
    change = {"siret": siret_d_essai(1), "organisme": "Autre"} if colonne == "organisme" else {colonne: valeur}
    rendu = importer(ligne(**change))
    attendu = attendu or "« Les Ateliers de la Scarpe », la valeur"
    assert erreurs(rendu) == [(2, colonne)]
    assert (
        rendu.erreurs[0].attendu
        == f"{attendu} de l’action n° 1 : une action votée se corrige par un acte, pas par un import"
    )
    assert photographie() == avant


def test_le_fse_et_le_dispositif_se_comparent_aussi(importer):
    importer(ligne(sous_type="ACI"))
    assert erreurs(importer(ligne(sous_type="IOD", fse="oui", montant_fse="10"))) == [
        (2, "montant_fse"),
        (2, "sous_type"),
    ]
    assert importer(ligne()).inchangees == 1  # sans la colonne, le dispositif ne se compare pas


def test_une_seule_erreur_et_rien_n_est_ecrit(importer):
    avant = photographie()
    rendu = importer(ligne(), ligne(numero="2", axe="9"))
    assert rendu.erreurs == [ErreurLigne(3, "axe", "9", "un axe de l’appel : 1, 2, 3, 4, 5")]
    assert (rendu.creees, rendu.est_ecrit) == (0, False)
    assert photographie() == avant


def test_une_simulation_dit_tout_et_n_ecrit_rien(importer):
    avant = photographie()
    rendu = importer(ligne(), simuler=True)
    assert (rendu.creees, rendu.organismes_crees, rendu.total, rendu.est_ecrit) == (1, 1, Decimal("50001.01"), False)
    assert photographie() == avant


def test_une_panne_au_milieu_ne_laisse_rien(appel, tmp_path):
    chemin = ecrire_csv(tmp_path / "p.csv", [ligne()])
    avant = photographie()

    def arreter(progression, etape):
        if etape.startswith("Écriture"):
            assert Action.objects.count() == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importer_programme(auteur=None, appel=appel, chemin=chemin, avancer=arreter)
    assert photographie() == avant


def test_le_numero_d_un_projet_depose_est_refuse(importer, appel):
    ProjetFactory(appel=appel, axe=appel.axes.first(), numero=1)
    rendu = importer(ligne())
    assert [(e.colonne, e.attendu) for e in rendu.erreurs] == [
        ("numero", "un autre numéro : celui-ci est celui d’un projet déposé qui n’est pas encore financé")
    ]


def test_deux_appels_ont_chacun_leurs_numeros(importer):
    ProjetFactory(numero=1)
    assert importer(ligne()).creees == 1


def test_un_appel_solde_ne_recoit_plus_d_actions(importer, appel):
    appel.etat = EtatAppel.SOLDE
    appel.save()
    with pytest.raises(ImportRefuse, match="L’appel est soldé : il ne reçoit plus d’actions"):
        importer(ligne())


def test_un_fichier_illisible_se_dit(appel, tmp_path):
    (tmp_path / "vide.csv").write_bytes(b"")
    with pytest.raises(FichierIllisible, match="Le fichier est vide"):
        importer_programme(auteur=None, appel=appel, chemin=tmp_path / "vide.csv")


# --- Organismes --------------------------------------------------------------------------------------------
def test_un_organisme_connu_garde_son_nom_et_recoit_l_identifiant_qui_lui_manquait(importer, appel):
    ouvrir_une_ae(appel)
    connu = OrganismeFactory(siret=SIRET, nom="Ateliers de la Scarpe (ancien nom)")
    rendu = importer(ligne(rna="W591234567"))
    connu.refresh_from_db()
    assert (connu.nom, connu.rna, Organisme.objects.count()) == ("Ateliers de la Scarpe (ancien nom)", "W591234567", 1)
    assert (rendu.organismes_crees, rendu.organismes_completes) == (0, 1)
    assert rendu.avertissements == [
        ErreurLigne(
            2,
            "organisme",
            "Les Ateliers de la Scarpe",
            "cet organisme est connu sous le nom « Ateliers de la Scarpe (ancien nom) » : ce nom est gardé",
        )
    ]


def test_un_organisme_se_reconnait_par_son_rna_seul_ailleurs_dans_le_fichier(importer):
    rendu = importer(ligne(siret=None, rna="W591234567"), ligne(numero="2", rna="W591234567"))
    assert (rendu.organismes_crees, Organisme.objects.get().siret) == (1, SIRET)


@pytest.mark.parametrize(
    ("connus", "attendu"),
    [
        ([(siret_d_essai(1), "W591234567")], [(2, "siret")]),
        ([(SIRET, "W597654321")], [(2, "rna")]),
        ([(SIRET, None), (None, "W591234567")], [(2, "rna")]),
    ],
)
def test_des_identifiants_qui_contredisent_la_base_sont_refuses(importer, connus, attendu):
    for siret, rna in connus:
        OrganismeFactory(siret=siret, rna=rna, nom="Les Ateliers de la Scarpe")
    assert erreurs(importer(ligne(rna="W591234567"))) == attendu


def test_forme_commune_et_dispositif_sont_facultatifs(importer, appel):
    ouvrir_une_ae(appel)
    rendu = importer(
        ligne(forme_juridique="Structure d’insertion par l’activité économique", commune="roubaix", sous_type="ACI")
    )
    organisme = Organisme.objects.get()
    assert (organisme.forme_juridique, organisme.commune.nom, Projet.objects.get().sous_type) == (
        "siae",
        "Roubaix",
        "ACI",
    )
    assert rendu.avertissements == []


def test_une_commune_inconnue_est_signalee_sans_bloquer(importer, appel):
    ouvrir_une_ae(appel)
    rendu = importer(ligne(commune="Arras"))
    assert rendu.avertissements == [ErreurLigne(2, "commune", "Arras", "commune inconnue : laissée vide")]
    assert Organisme.objects.get().commune is None


def test_l_import_affecte_ses_credits_axe_par_axe(importer, appel):
    ouvrir_une_ae(appel)
    importer(ligne(), ligne(numero="2", axe="1"))
    affectes = AffectationDeCredits.objects.order_by("axe__numero").values_list("axe__numero", "montant", "motif")
    assert list(affectes) == [
        (1, Decimal("50001.01"), "Import de programme.dat"),
        (3, Decimal("50001.01"), "Import de programme.dat"),
    ]


def test_sans_ae_ou_au_dela_l_import_se_fait_rien_ne_s_affecte_et_c_est_dit(importer, appel):
    attendu = "au plus ce que l’AE laisse à affecter {} : rien n’est affecté"
    assert importer(ligne()).avertissements == [
        ErreurLigne(0, "affectation", format_euros(Decimal("50001.01")), attendu.format("(aucune AE n’est votée)"))
    ]
    ouvrir_une_ae(appel, "20000.00")
    lus = importer(ligne(), ligne(numero="2", axe="1")).avertissements
    assert lus[-1] == ErreurLigne(
        0,
        "affectation",
        format_euros(Decimal("100002.02")),
        attendu.format(f"({format_euros(Decimal(60000))})"),
    )
    assert (Action.objects.count(), AffectationDeCredits.objects.count()) == (2, 0)


def test_un_depassement_des_credits_de_paiement_est_signale(importer, appel):
    enveloppe_repartie(
        appel,
        {2016: "9999.99", 2017: "50000.00", 2018: "50000.00"},
        {Territoire.objects.get(code="VAL"): 10},
    )
    assert importer(ligne()).avertissements == [
        ErreurLigne(
            0,
            "montant_2016",
            "10\u202f000,00\u00a0€",
            "au plus les crédits de paiement de 2016 (9\u202f999,99\u00a0€)",
        )
    ]


# --- Formats -----------------------------------------------------------------------------------------------
def test_un_xlsx_aux_vraies_cellules_donne_le_meme_resultat(importer):
    rendu = importer(
        ligne(numero=1, axe=3, allocataires_prevus=40, cout_total=100000, montant_2016=10000, montant_2017=20000.50,
              montant_2018=20000.51, date_deliberation=date(2016, 6, 13)),
        ecrire=ecrire_xlsx,
    )  # fmt: skip
    assert (rendu.erreurs, rendu.format, rendu.total) == ([], "XLSX", Decimal("50001.01"))
    assert importer(ligne()).inchangees == 1
