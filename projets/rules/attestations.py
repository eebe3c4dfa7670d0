"""Les déclarations du Cerfa 12156 que le signataire accepte au dépôt, et leur texte exact. Ni base ni horloge."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from config.socle.montants import en_euros, format_euros_ronds

CER_DEPUIS = date(2022, 1, 2)  # entrée en vigueur du décret n° 2021-1947


@dataclass(frozen=True, slots=True)
class Attestation:
    """Une déclaration, avec son texte exact : c’est lui qui est gardé. `reponses` (code, texte) : l’une est à choisir.

    Sans réponses, elle s’accepte ou non.
    """

    code: str
    texte: str
    reponses: tuple[tuple[str, str], ...] = ()

    def figee(self, reponse: str = "") -> dict[str, str]:
        """Ce que le dépôt en garde, la réponse écrite dans le texte. `KeyError` si ce n’en est pas une."""
        if not self.reponses:
            return {"code": self.code, "texte": self.texte}
        return {"code": self.code, "texte": f"{self.texte} {dict(self.reponses)[reponse]}.", "reponse": reponse}


SINCERITE = Attestation(
    "sincerite",
    "Je certifie exactes et sincères les informations de cette demande, notamment les demandes déposées auprès "
    "d’autres financeurs publics.",
)
OBLIGATIONS = Attestation(
    "obligations",
    "L’organisme est à jour de ses obligations administratives, comptables, sociales et fiscales, "
    "et des déclarations et paiements correspondants.",
)
CHARTE = Attestation(
    "charte",
    "L’association respecte les principes et valeurs de la Charte des engagements réciproques conclue le "
    "14 février 2014 entre l’État, les associations d’élus territoriaux et le Mouvement associatif.",
)
ENGAGEMENT_REPUBLICAIN = Attestation(
    "engagement_republicain",
    "L’association a souscrit le contrat d’engagement républicain annexé au décret n° 2021-1947 du "
    "31 décembre 2021 et s’engage à le respecter.",
)
CUMUL = Attestation(
    "cumul",
    "Le montant total et cumulé des aides publiques reçues par l’organisme (subventions, aides financières ou en "
    "nature) sur les trois derniers exercices, celui en cours compris, est",
    (
        ("au_plus", "inférieur ou égal à 500\u202f000\u00a0€"),
        ("au_dela", "supérieur à 500\u202f000\u00a0€"),
    ),
)
POUVOIR = Attestation(
    "pouvoir", "Je suis le représentant légal de l’organisme, ou j’ai reçu de lui le pouvoir de signer cette demande."
)


@dataclass(frozen=True, slots=True)
class Declarant:
    """Ce que la règle regarde d’un organisme. `est_association` : de droit, quelle que soit l’activité.

    `est_public` : commune, CCAS, intercommunalité, groupement d’intérêt public.
    """

    est_association: bool = False
    est_public: bool = False


@dataclass(frozen=True, slots=True)
class Demande:
    """`montants` : centimes demandés, par année ; `compte` : le compte choisi, IBAN masqué ; `titulaire` : le sien."""

    montants: Mapping[int, int]
    compte: str = ""
    titulaire: str = ""


def attestations(declarant: Declarant, demande: Demande, *, ouverture: date) -> list[Attestation]:
    """Celles du Cerfa 12156, dans l’ordre. `ouverture` : jour d’ouverture de l’appel (Paris).

    Le contrat d’engagement républicain vaut pour les demandes depuis le 2 janvier 2022 (loi n° 2000-321, art. 10-1).
    Le cumul des aides suit le règlement (UE) n° 360/2012, art. 2 : 500 000 € sur trois exercices à une entreprise
    chargée d’un service d’intérêt général. Le Cerfa le demande aux associations ; une personne publique, qui vit de
    ressources publiques, n’a rien à en déclarer.
    """
    propres = [CHARTE] if declarant.est_association else []
    if declarant.est_association and ouverture >= CER_DEPUIS:
        propres.append(ENGAGEMENT_REPUBLICAIN)
    if not declarant.est_public:
        propres.append(CUMUL)
    return [SINCERITE, OBLIGATIONS, *propres, *_de_la_demande(demande), POUVOIR]


def _de_la_demande(demande: Demande) -> list[Attestation]:
    """Ce qui est demandé, et où le verser ; rien de ce qui n’est pas encore dit."""
    par_annee = {annee: montant for annee, montant in demande.montants.items() if montant}
    dites = []
    if par_annee:
        total = _euros(sum(par_annee.values()))
        texte = f"L’organisme demande au département une aide de {total} au titre de {_exercices(par_annee)}."
        dites.append(Attestation("demande", texte))
    if demande.compte:
        compte = f"{demande.compte}, titulaire {demande.titulaire}"
        dites.append(
            Attestation(
                "versement", f"Si elle est accordée, l’aide sera versée sur ce compte bancaire\u00a0: {compte}."
            )
        )
    return dites


def _exercices(par_annee: Mapping[int, int]) -> str:
    """« l’exercice 2027 », « des exercices… » : chaque année et son montant s’il y en a plusieurs."""
    if len(par_annee) == 1:
        return f"l’exercice {next(iter(par_annee))}"
    *premiers, dernier = [f"{annee} ({_euros(montant)})" for annee, montant in par_annee.items()]
    return f"plusieurs exercices\u00a0: {', '.join(premiers)} et {dernier}"


def _euros(centimes: int) -> str:
    return format_euros_ronds(en_euros(centimes))
