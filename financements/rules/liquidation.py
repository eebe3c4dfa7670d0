"""Ce qui manque pour payer un versement, dit phrase par phrase (CGCT, annexe I, rubrique 72)."""

from dataclasses import dataclass

from config.socle.montants import en_euros, format_euros


@dataclass(frozen=True, slots=True)
class Situation:
    """Ce qu’on sait d’un versement au moment de le liquider (centimes).

    `bilan_attendu` : l’année du bilan qui doit être validé, None s’il n’en attend pas ; `engage_libre` et
    `cp_libres` : ce qui reste à prendre, lui compris.
    """

    montant: int
    est_notifiee: bool = True
    convention_manque: bool = False
    convention_finie: bool = False
    bilan_attendu: int | None = None
    est_bilan_valide: bool = False
    pieces_attendues: tuple[str, ...] = ()
    pieces_a_verifier: tuple[str, ...] = ()
    a_un_compte: bool = True
    est_suspendu: bool = False
    procedure: str = ""
    solde_a_arreter: bool = False
    engage_libre: int | None = None
    cp_libres: int | None = None
    exercice: int = 0


def manques(vue: Situation) -> list[str]:
    """Chaque chose qui manque, dans l’ordre où on s’en occupe ; vide : le versement est prêt."""
    return [*_de_l_acte(vue), *_des_justificatifs(vue), *_de_l_argent(vue)]


def _de_l_acte(vue: Situation) -> list[str]:
    dits = []
    if not vue.est_notifiee:
        dits.append("La décision n’est pas notifiée à l’organisme.")
    if vue.convention_manque:
        dits.append("La convention obligatoire n’est pas signée.")
    if vue.convention_finie:
        dits.append("La convention est résiliée ou caduque\u00a0: seul un solde arrêté se paie encore.")
    if vue.est_suspendu:
        dits.append("Le versement est suspendu.")
    if vue.procedure:
        dits.append(f"Une procédure contradictoire est en cours\u00a0: {vue.procedure}.")
    return dits


def _des_justificatifs(vue: Situation) -> list[str]:
    dits = []
    if vue.bilan_attendu is not None and not vue.est_bilan_valide:
        dits.append(f"Le bilan de {vue.bilan_attendu} n’est pas validé.")
    elif vue.solde_a_arreter:
        dits.append("Le solde n’est pas arrêté d’après le bilan.")
    dits += [f"Pièce attendue\u00a0: {libelle}." for libelle in vue.pieces_attendues]
    dits += [f"Pièce à vérifier\u00a0: {libelle}." for libelle in vue.pieces_a_verifier]
    if not vue.a_un_compte:
        dits.append("L’organisme n’a pas de compte bancaire (RIB).")
    return dits


def _de_l_argent(vue: Situation) -> list[str]:
    dits = []
    if not vue.montant:
        dits.append("Il n’y a rien à verser.")
    if vue.engage_libre is not None and vue.montant > vue.engage_libre:
        dits.append(f"L’engagement de {vue.exercice} ne laisse que {format_euros(en_euros(vue.engage_libre))}.")
    if vue.cp_libres is not None and vue.montant > vue.cp_libres:
        dits.append(
            f"Les crédits de paiement de {vue.exercice} ne laissent que {format_euros(en_euros(vue.cp_libres))}."
        )
    return dits
