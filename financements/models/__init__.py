"""Modèles des financements."""

from financements.models.action import Action, ContrepartieFse, PartTranche, Tranche
from financements.models.bilan import Bilan, IndicateurDAppel, LigneDeBilan, ReglageDesBilans
from financements.models.calcul import CalculDeSelection
from financements.models.comite import (
    Amendement,
    Comite,
    DeportDElu,
    EcartALaNote,
    Elu,
    PhotographieDeSeance,
    PointDuComite,
)
from financements.models.contenu_du_bilan import (
    CopieDeBilan,
    EffectifDeBilan,
    IndicateurDeBilan,
    PdfDeBilan,
    PieceDeBilan,
    RelanceDeBilan,
    SaisieDeBilan,
)
from financements.models.convention import Avenant, Convention
from financements.models.deliberation import Decision, Deliberation
from financements.models.derogation import Derogation
from financements.models.documents_de_convention import (
    ExemplaireSigne,
    LotDeConventions,
    PageDeRetour,
    RetourSigne,
    TirageDeConventions,
)
from financements.models.documents_du_comite import DocumentDuComite
from financements.models.engagement import AffectationDeCredits, MouvementDEngagement, ReportDeCredits
from financements.models.enveloppe import CreditAnnuel, Enveloppe
from financements.models.fse import (
    AideDeMinimis,
    AttestationFse,
    OperationFse,
    PdfDAttestation,
    SeuilDeMinimis,
)
from financements.models.import_execution import ImportDExecution, LigneDExecution
from financements.models.imputation import Imputation, RattachementDImputation
from financements.models.lettres import (
    FichierDeLettre,
    LectureDeNotification,
    LotDeLettres,
    ModeleDeLettre,
    Recommande,
)
from financements.models.modele_de_convention import ModeleDeConvention
from financements.models.notification import EnvoiDesNotifications, Notification
from financements.models.planification import EcheanceDeRapport, PlanificationDeRapport
from financements.models.procedure import ProcedureContradictoire, SoldeArrete
from financements.models.produit import ProduitDOrganisme
from financements.models.profil import NumeroDEngagement, ProfilDExport
from financements.models.publication import LignePubliee, Publication
from financements.models.rapport_assemblee import DocumentDeRapport, RapportALAssemblee
from financements.models.repartition import Dotation, DotationAxe, Repartition, ReserveAnnuelle
from financements.models.revision import CreditDeReference, RevisionEnveloppe
from financements.models.scenario import CoupDeScenario, LigneDeScenario, PartDeScenario, Scenario
from financements.models.signature import DemandeDeSignature, NotificationDuPrestataire
from financements.models.travaux import ImportProgramme, Rapport, Volume
from financements.models.versement import (
    EtapeDeVersement,
    PieceDeVersement,
    RegleDeVersement,
    TitreDeRecette,
    Versement,
)

__all__ = [
    "Action",
    "AffectationDeCredits",
    "AideDeMinimis",
    "Amendement",
    "AttestationFse",
    "Avenant",
    "Bilan",
    "CalculDeSelection",
    "Comite",
    "ContrepartieFse",
    "Convention",
    "CopieDeBilan",
    "CoupDeScenario",
    "CreditAnnuel",
    "CreditDeReference",
    "Decision",
    "Deliberation",
    "DemandeDeSignature",
    "DeportDElu",
    "Derogation",
    "DocumentDeRapport",
    "DocumentDuComite",
    "Dotation",
    "DotationAxe",
    "EcartALaNote",
    "EcheanceDeRapport",
    "EffectifDeBilan",
    "Elu",
    "Enveloppe",
    "EnvoiDesNotifications",
    "EtapeDeVersement",
    "ExemplaireSigne",
    "FichierDeLettre",
    "ImportDExecution",
    "ImportProgramme",
    "Imputation",
    "IndicateurDAppel",
    "IndicateurDeBilan",
    "LectureDeNotification",
    "LigneDExecution",
    "LigneDeBilan",
    "LigneDeScenario",
    "LignePubliee",
    "LotDeConventions",
    "LotDeLettres",
    "ModeleDeConvention",
    "ModeleDeLettre",
    "MouvementDEngagement",
    "Notification",
    "NotificationDuPrestataire",
    "NumeroDEngagement",
    "OperationFse",
    "PageDeRetour",
    "PartDeScenario",
    "PartTranche",
    "PdfDAttestation",
    "PdfDeBilan",
    "PhotographieDeSeance",
    "PieceDeBilan",
    "PieceDeVersement",
    "PlanificationDeRapport",
    "PointDuComite",
    "ProcedureContradictoire",
    "ProduitDOrganisme",
    "ProfilDExport",
    "Publication",
    "Rapport",
    "RapportALAssemblee",
    "RattachementDImputation",
    "Recommande",
    "ReglageDesBilans",
    "RegleDeVersement",
    "RelanceDeBilan",
    "Repartition",
    "ReportDeCredits",
    "ReserveAnnuelle",
    "RetourSigne",
    "RevisionEnveloppe",
    "SaisieDeBilan",
    "Scenario",
    "SeuilDeMinimis",
    "SoldeArrete",
    "TirageDeConventions",
    "TitreDeRecette",
    "Tranche",
    "Versement",
    "Volume",
]
