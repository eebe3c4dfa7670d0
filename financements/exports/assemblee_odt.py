"""Le rapport à l’assemblée en ODT, que le secrétariat rouvre et met à sa forme. Mêmes chiffres que le PDF."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from config.socle.jours import jour
from config.socle.montants import en_euros
from config.socle.texte_odt import Case, Colonne, Rangee, TexteOdt
from financements.chiffres.rapport_assemblee.annexe import AxeDAnnexe, TerritoireDAnnexe
from financements.chiffres.rapport_assemblee.contenu import FICTION, NOTE_DES_PARTS, Contenu
from financements.chiffres.rapport_assemblee.ecartes import Ecarte
from financements.chiffres.rapport_assemblee.imputations import LigneDImputation
from financements.rules.blocs import Bloc, Sorte

UTILE = 267  # millimètres d’une page paysage, marges ôtées
MONTANT = 18


def ecrire_l_odt(contenu: Contenu, cible: Path) -> None:
    """Écrit le document dans `cible`."""
    odt = TexteOdt(contenu.titre, contenu.departement)
    odt.paragraphe([contenu.departement, contenu.appel])
    odt.entete(contenu.titre)
    if contenu.seance_le:
        odt.paragraphe(f"Séance du {jour(contenu.seance_le)}")
    if contenu.est_fictif:
        odt.paragraphe(FICTION)
    for bloc in contenu.blocs:
        _bloc(odt, bloc)
    odt.titre("Annexe 1. Imputation budgétaire", page="paysage")
    _imputations(odt, contenu)
    odt.titre("Annexe 2. Subventions proposées, par axe et territoire", page="paysage")
    _annexe(odt, contenu)
    odt.titre("Annexe 3. Liste d’attente", page="paysage")
    _ecartes(odt, "Projets en liste d’attente", contenu.ecartes.attente, contenu.ecartes.demande_en_attente)
    odt.titre("Annexe 4. Projets non retenus", page="paysage")
    _ecartes(odt, "Projets non retenus", contenu.ecartes.non_retenus, contenu.ecartes.demande_non_retenue)
    odt.enregistrer(cible)


def _bloc(odt: TexteOdt, bloc: Bloc) -> None:
    if bloc.sorte == Sorte.LISTE:
        odt.liste(bloc.lignes)
    elif bloc.sorte == Sorte.PARAGRAPHE:
        odt.paragraphe(bloc.lignes)
    else:
        odt.titre(bloc.lignes[0], 1 if bloc.sorte == Sorte.TITRE else 2)


def _imputations(odt: TexteOdt, contenu: Contenu) -> None:
    tableau = contenu.tableau
    titres = ("Autorisés", "Déjà contractés", "Disponibles", "Proposés", "Nouveau solde")
    colonnes = [Colonne("Imputation", 107), *(Colonne(f"{titre} (€)", 32, est_nombre=True) for titre in titres)]
    rangees = [_imputation(ligne) for ligne in tableau.lignes]
    rangees += [
        Rangee([f"À imputer. {phrase}", None, None, None, en_euros(montant), None])
        for phrase, montant in tableau.a_imputer.items()
    ]
    odt.tableau("Engagements par imputation", colonnes, [*rangees, _imputation(tableau.total, est_forte=True)])
    if tableau.insuffisantes:
        codes = ", ".join(ligne.code for ligne in tableau.insuffisantes)
        odt.paragraphe(f"Attention : le nouveau solde est négatif pour {codes}.")


def _imputation(ligne: LigneDImputation, *, est_forte: bool = False) -> Rangee:
    montants = (ligne.autorise, ligne.contracte, ligne.disponible, ligne.propose, ligne.solde)
    return Rangee([f"{ligne.code}\n{ligne.libelle}".strip(), *map(en_euros, montants)], est_forte=est_forte)


def _annexe(odt: TexteOdt, contenu: Contenu) -> None:
    annees = contenu.annees
    recapitulatif = [Colonne("Axe", UTILE - 32 * (len(annees) + 1)), *_annuelles(annees, 32)]
    rangees = [Rangee([f"{axe.numero}. {axe.intitule}", *_euros(axe.montants)]) for axe in contenu.axes]
    total = Rangee(["Total", *_euros(contenu.annexe.sous_totaux)], est_forte=True)
    odt.tableau("Montants proposés par axe", recapitulatif, [*rangees, total])
    odt.paragraphe(NOTE_DES_PARTS)
    for axe in contenu.annexe.axes:
        odt.titre(f"Axe {axe.numero}. {axe.intitule}", 2)
        for territoire in axe.territoires:
            odt.tableau(
                f"Axe {axe.numero}, {territoire.nom}",
                _colonnes(annees),
                _rangees(territoire, f"Sous-total {territoire.nom}"),
            )
        odt.tableau(f"Sous-total de l’axe {axe.numero}", recapitulatif, [_total_d_axe(axe)])
    odt.tableau("Total du rapport", recapitulatif, [total])


def _total_d_axe(axe: AxeDAnnexe) -> Rangee:
    return Rangee([f"Axe {axe.numero}, {_projets(axe.projets)}", *_euros(axe.sous_totaux)], est_forte=True)


def _colonnes(annees: Sequence[int]) -> list[Colonne]:
    fixes = 8 + 46 + 11 + 2 * MONTANT + 25
    intitule = UTILE - fixes - MONTANT * (len(annees) + 1)
    return [
        Colonne("N°", 8),
        Colonne("Organisme, SIRET, commune", 46),
        Colonne("Projet", max(intitule, 30)),
        Colonne("Alloc. par an", 11, est_nombre=True),
        Colonne("Coût (€)", MONTANT, est_nombre=True),
        Colonne("Demandé (€)", MONTANT, est_nombre=True),
        *_annuelles(annees, MONTANT),
        Colonne("Imputation", 25),
    ]


def _annuelles(annees: Sequence[int], largeur: int) -> list[Colonne]:
    titres = [*(f"{annee} (€)" for annee in annees), "Proposé (€)"]
    return [Colonne(titre, largeur, est_nombre=True) for titre in titres]


def _rangees(territoire: TerritoireDAnnexe, libelle: str) -> Iterator[Rangee]:
    for ligne in territoire.lignes:
        yield Rangee(
            [
                str(ligne.rang),
                "\n".join(filter(None, (ligne.organisme, ligne.identifiant, ligne.commune))),
                ". ".join(filter(None, (f"{ligne.reference} {ligne.intitule}", ligne.part_lue))),
                ligne.allocataires,
                en_euros(ligne.cout),
                en_euros(ligne.demande),
                *_euros(ligne.montants),
                ligne.imputation,
            ]
        )
    yield Rangee([None, libelle, None, None, None, None, *_euros(territoire.sous_totaux), None], est_forte=True)


def _projets(nombre: int) -> str:
    return f"{nombre} projet{'s' if nombre > 1 else ''}"


def _euros(montants: Sequence[int]) -> list[Case]:
    """Par année, puis en tout."""
    return [*map(en_euros, montants), en_euros(sum(montants))]


def _ecartes(odt: TexteOdt, legende: str, lignes: Sequence[Ecarte], demande: int) -> None:
    if not lignes:
        odt.paragraphe("Aucun projet.")
        return
    colonnes = [
        Colonne("Axe", 10),
        Colonne("Organisme, commune", 60),
        Colonne("Projet", 72),
        Colonne("Demandé (€)", 25, est_nombre=True),
        Colonne("Motif", 100),
    ]
    rangees = [
        Rangee(
            [
                str(un.axe),
                "\n".join(filter(None, (un.organisme, un.commune))),
                f"{un.reference} {un.intitule}",
                en_euros(un.demande),
                un.motif,
            ]
        )
        for un in lignes
    ]
    total = Rangee([None, _projets(len(lignes)), None, en_euros(demande), None], est_forte=True)
    odt.tableau(legende, colonnes, [*rangees, total])
