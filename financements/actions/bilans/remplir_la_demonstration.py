"""Remplir les bilans de 2016 de la démonstration, déjà dans leur état : lignes, effectifs, copies. En lot.

Ils repassent à remplir le temps d’écrire leurs lignes, que la base fige une fois déposés, puis reprennent leur état.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from config.socle.montants import en_centimes, en_euros, format_euros, format_nombre, format_pourcent
from financements.demonstration.bilans import A_CORRIGER, CORRIGES, EURO, REPARTITION, VACANCE, BilanDemo
from financements.models import Bilan, CopieDeBilan, EffectifDeBilan, LigneDeBilan, SaisieDeBilan, Tranche
from financements.rules.bilan import part_pour_mille
from financements.states.bilans import PAR_SEXE, SORTIES, Critere
from financements.states.execution import EtatBilan
from projets.models import AppelAProjets, ExerciceProjet
from projets.rules.depot import empreinte
from projets.rules.lignes_cerfa import NOMMEES, PAR_COMPTE, cle_montant

PAR_PAQUET = 1000
TITRES = {"charge": ("Charges", "Total des charges"), "produit": ("Produits", "Total des produits")}
Remplis = Mapping[Bilan, BilanDemo]


def remplir_les_bilans_de_la_demonstration(appel: AppelAProjets) -> None:
    """Sans effet si les bilans de l’appel ont déjà des lignes."""
    bilans = Bilan.objects.filter(action__projet__appel=appel)
    if not bilans.exists() or LigneDeBilan.objects.filter(bilan__in=bilans).exists():
        return
    remplis = _remplis(bilans.select_related("action__projet__organisme", "action__projet__axe", "depose_par"))
    bilans.update(etat=EtatBilan.A_REMPLIR)
    rendus = {bilan: demo for bilan, demo in remplis.items() if bilan.etat != EtatBilan.A_REMPLIR}
    LigneDeBilan.objects.bulk_create(_lignes(remplis), batch_size=PAR_PAQUET)
    EffectifDeBilan.objects.bulk_create(_effectifs(rendus), batch_size=PAR_PAQUET)
    SaisieDeBilan.objects.bulk_create(_saisies(rendus), batch_size=PAR_PAQUET)
    CopieDeBilan.objects.bulk_create(_copies(appel, rendus), batch_size=PAR_PAQUET)
    Bilan.objects.bulk_update(list(remplis), ["etat", "cout_prevu", "cout_propose", "correction"], batch_size=500)


def _remplis(bilans: Any) -> dict[Bilan, BilanDemo]:
    """Chaque bilan et ce qui s’y écrit ; quelques déposés sont à corriger."""
    lus = list(bilans.order_by("pk"))
    projets = [bilan.action.projet_id for bilan in lus]
    annees = {bilan.annee for bilan in lus}
    couts = {
        (projet, annee): en_centimes(cout)
        for projet, annee, cout in ExerciceProjet.objects.filter(projet__in=projets, annee__in=annees).values_list(
            "projet", "annee", "cout"
        )
    }
    tranches = {
        (action, annee): en_centimes(montant)
        for action, annee, montant in Tranche.objects.filter(
            action__in=[bilan.action_id for bilan in lus], annee__in=annees
        ).values_list("action", "annee", "montant")
    }
    return {
        bilan: _rempli(
            bilan,
            couts.get((bilan.action.projet_id, bilan.annee), 0),
            tranches.get((bilan.action_id, bilan.annee), 0),
        )
        for bilan in lus
    }


def _rempli(bilan: Bilan, cout: int, attribue: int) -> BilanDemo:
    """Un bilan validé a le coût que le service a retenu ; un autre, un coût en euros ronds."""
    numero = bilan.action.projet.numero or 0
    ronds = cout * (100 - numero % 9) // 100 // EURO * EURO
    cout_reel = en_centimes(bilan.cout_reel) if bilan.cout_reel is not None else ronds
    bilan.cout_prevu = en_euros(cout)
    if bilan.etat == EtatBilan.DEPOSE and numero % CORRIGES == 1:
        bilan.etat, bilan.correction = EtatBilan.A_CORRIGER, A_CORRIGER
    if bilan.etat != EtatBilan.A_REMPLIR:
        bilan.cout_propose = en_euros(cout_reel)
    return BilanDemo(numero, cout, cout_reel, attribue, bilan.action.projet.allocataires_prevus)


def _lignes(remplis: Remplis) -> Iterator[LigneDeBilan]:
    for bilan, demo in remplis.items():
        est_rendu = bilan.etat != EtatBilan.A_REMPLIR
        for ligne in demo.lignes():
            if ligne.prevu or est_rendu:
                yield LigneDeBilan(
                    bilan=bilan,
                    cote=ligne.cote,
                    compte=ligne.compte,
                    prevu=en_euros(ligne.prevu),
                    realise=en_euros(ligne.realise) if est_rendu else None,
                )


def _effectifs(rendus: Remplis) -> Iterator[EffectifDeBilan]:
    for bilan, demo in rendus.items():
        for critere, effectif in demo.effectifs().items():
            yield EffectifDeBilan(bilan=bilan, critere=critere, nombre=effectif.nombre, marque=effectif.marque)


def _saisies(rendus: Remplis) -> Iterator[SaisieDeBilan]:
    """Ce que l’organisme retrouve quand il corrige."""
    for bilan, demo in rendus.items():
        if bilan.etat != EtatBilan.A_CORRIGER or bilan.depose_le is None:
            continue
        tapees = {champ: texte for champ, _, texte in demo.textes()}
        tapees |= {
            cle_montant(ligne.compte, bilan.annee): format_nombre(en_euros(ligne.realise))
            for ligne in demo.lignes()
            if ligne.compte != "EXC"
        }
        tapees |= {f"effectif_{c}": e.marque or str(e.nombre) for c, e in demo.effectifs().items()}
        tapees |= {"charges_indirectes": REPARTITION, "explication_64": VACANCE}
        for champ, valeur in tapees.items():
            yield SaisieDeBilan(
                bilan=bilan, champ=champ, valeur=valeur, auteur=bilan.depose_par, saisie_le=bilan.depose_le
            )


def _copies(appel: AppelAProjets, rendus: Remplis) -> Iterator[CopieDeBilan]:
    for bilan, demo in rendus.items():
        if bilan.depose_le is None:
            continue
        contenu = _contenu(appel, bilan, demo)
        yield CopieDeBilan(
            bilan=bilan,
            deposee_le=bilan.depose_le,
            deposee_par=bilan.depose_par,
            contenu=contenu,
            empreinte=empreinte(contenu),
        )


def _contenu(appel: AppelAProjets, bilan: Bilan, demo: BilanDemo) -> dict[str, Any]:
    """La même forme que `financements.forms.bilans.copie`."""
    projet, effectifs = bilan.action.projet, demo.effectifs()
    return {
        "annee": bilan.annee,
        "du_le": bilan.du_le.isoformat(),
        "reference": f"{appel.prefixe}-{projet.numero:04}" if appel.prefixe else str(projet.numero),
        "intitule": projet.intitule,
        "axe": str(projet.axe),
        "appel": {"intitule": appel.intitule, "service": appel.service, "contact": appel.contact},
        "organisme": {
            "nom": projet.organisme.nom,
            "siret": projet.organisme.siret or "",
            "rna": projet.organisme.rna or "",
        },
        "textes": [{"libelle": libelle, "texte": texte} for _, libelle, texte in demo.textes()],
        "indicateurs": [],
        "effectifs": {
            "accompagnes": str(effectifs[Critere.ACCOMPAGNES]),
            "prevus": format_nombre(demo.prevus),
            "repartitions": [
                {
                    "titre": titre,
                    "parts": [
                        {"libelle": f"{c.label[0].upper()}{c.label[1:]}", "nombre": str(effectifs[c])}
                        for c in criteres
                        if c in effectifs
                    ],
                }
                for titre, criteres in (("Par sexe", PAR_SEXE), ("À la sortie de l’action", SORTIES))
            ],
        },
        "tableaux": [_tableau(demo, cote) for cote in TITRES],
        "tableaux_en_nature": [],
        "explications": [{"poste": "64 Charges de personnel", "ecart": _ecart_du_personnel(demo), "texte": VACANCE}]
        if demo.a_un_poste_vacant
        else [],
        "charges_indirectes": REPARTITION,
        "cout_propose": format_euros(en_euros(demo.cout_reel)),
        "pieces": [],
        "certifie": "Je certifie exactes les informations de ce compte rendu.",
        "depose_le": bilan.depose_le.isoformat() if bilan.depose_le else "",
        "depose_par": {"nom": str(bilan.depose_par or projet.organisme.nom), "courriel": ""},
        "est_tardif": False,
    }


def _ecart_du_personnel(demo: BilanDemo) -> str:
    prevu, realise = demo.personnel()
    return f"{format_euros(en_euros(realise))} pour {format_euros(en_euros(prevu))} prévus"


def _tableau(demo: BilanDemo, cote: str) -> dict[str, Any]:
    lignes = [ligne for ligne in demo.lignes() if ligne.cote == cote and ligne.compte != "EXC"]
    titre, total = TITRES[cote]
    prevu, realise = demo.total(cote)
    excedent = max(0, demo.attribue - demo.cout_reel)
    return {
        "titre": titre,
        "lignes": [
            _montants(ligne.prevu, ligne.realise)
            | {
                "numero": ligne.compte[:2] if ligne.compte[0].isdigit() else "",
                "libelle": NOMMEES.get(ligne.compte, PAR_COMPTE[ligne.compte].libelle),
                "est_un_poste": False,
            }
            for ligne in lignes
        ],
        "total": _montants(prevu, realise) | {"libelle": total},
        "resultat": _montants(0, excedent) | {"libelle": "Excédent (bénéfice)"}
        if cote == "charge" and excedent
        else None,
    }


def _montants(prevu: int, realise: int) -> dict[str, str]:
    part, ecart = part_pour_mille(realise, prevu), realise - prevu
    return {
        "prevu": format_euros(en_euros(prevu)),
        "realise": format_euros(en_euros(realise)),
        "ecart": f"{'+' if ecart > 0 else ''}{format_euros(en_euros(ecart))}",
        "part": "" if part is None else format_pourcent(en_euros(part) * 10),
    }
