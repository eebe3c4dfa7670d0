"""Les dessins de l’exécution, qui se lisent en gris : plein pour le payé, rayé, clair, puis vide pour ce qui reste."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from config.socle import dessins
from config.socle.montants import en_centimes, en_euros, format_euros_ronds, format_euros_signe, format_meuros
from financements.chiffres.dessins import ton_de_l_axe
from financements.chiffres.execution.cloture import Cloture
from financements.chiffres.execution.programme import Execution
from financements.chiffres.execution.rythme import Trimestre
from financements.chiffres.execution.tableaux import Chiffres
from financements.chiffres.tableaux import ZERO

# Étage, ton, motif : du plus sûr au moins sûr.
ETAGES = (
    ("payé", "bleu", "plein"),
    ("mandaté, à payer", "bleu", "hachures"),
    ("engagé, à mandater", "bleu", "clair"),
    ("à engager", "neutre", "vide"),
)
MILLION = 1_000_000
UN_TRIMESTRE_SUR = 2  # au-delà de huit trimestres, l’axe n’écrit que le premier de chaque année


def _etages(chiffres: Chiffres, plafond: Decimal | None = None) -> tuple[int, ...]:
    """Les étages, en centimes ; à engager : jusqu’au plafond, à défaut jusqu’à l’attribué, jamais négatif."""
    a_engager = (chiffres.attribue if plafond is None else plafond) - chiffres.engage
    restes = (chiffres.paye, chiffres.reste_a_payer, chiffres.reste_a_mandater, a_engager)
    return tuple(en_centimes(max(reste, ZERO)) for reste in restes)


def dessin_par_exercice(execution: Execution, *, largeur: float = 640, hauteur: float = 300) -> dessins.Dessin:
    """Une pile par exercice : payé, mandaté, engagé, reste des crédits ouverts.

    Une part (un territoire, un axe) n’a pas de crédits à elle, et l’attribué d’une année s’engage sur deux exercices :
    les comparer inventerait un reste. Sa pile s’arrête à l’engagé.
    """
    lignes = execution.par_exercice
    plafonds = [ligne.chiffres.engage if ligne.cp_ouverts is None else ligne.cp_ouverts for ligne in lignes]
    piles = [_etages(ligne.chiffres, plafond) for ligne, plafond in zip(lignes, plafonds, strict=True)]
    etages = ETAGES[:-1] if lignes and all(ligne.cp_ouverts is None for ligne in lignes) else ETAGES
    return dessins.barres_empilees(
        titre=f"Exécution par exercice : {', '.join(nom for nom, *_ in etages)}",
        categories=[str(ligne.exercice) for ligne in lignes],
        series=[
            dessins.Serie(nom, tuple(pile[rang] for pile in piles), ton=ton, motif=motif)
            for rang, (nom, ton, motif) in enumerate(etages)
        ],
        largeur=largeur,
        hauteur=hauteur,
        format_montant=_format(max((sum(pile) for pile in piles), default=0)),
    )


def _format(plus_grand: int) -> dessins.FormatMontant:
    return dessins.EN_MILLIONS if plus_grand >= MILLION * 100 else dessins.EN_EUROS


def _ecriture(plus_grand: int) -> Callable[[int], str]:
    """Comment s’écrivent des centimes de cet ordre : en millions, ou en euros ronds."""
    ecrire = format_meuros if plus_grand >= MILLION * 100 else format_euros_ronds
    return lambda centimes: ecrire(en_euros(centimes))


def dessin_par_axe(execution: Execution, *, largeur: float = 640) -> dessins.Dessin:
    """Une bande par axe : payé, mandaté, engagé, puis ce qui reste de l’affecté (à défaut, de l’attribué)."""
    return _bandes(
        "Exécution par axe : payé, mandaté, engagé et reste à engager",
        [(f"{ligne.axe.numero}. {ligne.axe.intitule}", ligne.chiffres, ligne.affecte) for ligne in execution.par_axe],
        largeur,
    )


def dessin_par_territoire(execution: Execution, *, largeur: float = 640) -> dessins.Dessin:
    """Une bande par territoire, à hauteur de sa part."""
    lignes = [(ligne.territoire.nom, ligne.chiffres, None) for ligne in execution.par_territoire]
    return _bandes("Exécution par territoire : payé, mandaté, engagé et reste à engager", lignes, largeur)


def _bandes(titre: str, lignes: Sequence[tuple[str, Chiffres, Decimal | None]], largeur: float) -> dessins.Dessin:
    bandes = [dessins.LigneAvancement(nom, _etages(chiffres, plafond)) for nom, chiffres, plafond in lignes]
    return dessins.avancement(
        titre=titre,
        etapes=[dessins.Etape(nom, ton, motif) for nom, ton, motif in ETAGES],
        lignes=bandes,
        largeur=largeur,
        ecrire=_ecriture(max((bande.total for bande in bandes), default=0)),
    )


def courbe_du_rythme(
    trimestres: Sequence[Trimestre], *, largeur: float = 640, hauteur: float = 280
) -> dessins.Dessin | None:
    """Prévu et mandaté, cumulés ; None sans deux trimestres."""
    if len(trimestres) < 2:  # noqa: PLR2004 (une courbe a deux points)
        return None
    peu = len(trimestres) <= 4 * UN_TRIMESTRE_SUR
    return dessins.courbes(
        titre="Versements prévus et mandatés, cumulés par trimestre",
        periodes=[t.libelle if peu else str(t.debut.year) if t.numero == 1 else "" for t in trimestres],
        series=[
            dessins.Courbe("prévu", tuple(en_centimes(t.prevu) for t in trimestres), "neutre", est_prevue=True),
            dessins.Courbe(
                "mandaté", tuple(None if t.mandate is None else en_centimes(t.mandate) for t in trimestres), "bleu"
            ),
        ],
        largeur=largeur,
        hauteur=hauteur,
        ecrire=_ecriture(max(en_centimes(t.prevu) for t in trimestres)),
    )


def dessin_des_ages(execution: Execution, *, largeur: float = 480) -> dessins.Dessin:
    """Les restes à mandater par ancienneté de leur exercice."""
    montants = [(tranche.libelle, en_centimes(max(tranche.montant, ZERO))) for tranche in execution.ages]
    ecrire = _ecriture(max(montant for _, montant in montants))
    return dessins.barres_horizontales(
        titre="Restes à mandater par ancienneté",
        barres=[dessins.Barre(nom, montant, texte=ecrire(montant)) for nom, montant in montants],
        largeur=largeur,
    )


def dessin_des_besoins(cloture: Cloture, *, largeur: float = 560) -> dessins.Dessin | None:
    """Ce que chaque exercice à venir demandera, axe par axe ; None s’il n’y en a pas."""
    previsions = cloture.previsions
    if not previsions:
        return None
    retards = tuple(en_centimes(max(p.en_retard, ZERO)) for p in previsions)
    series = [dessins.Serie(f"retards de {cloture.exercice} et avant", retards, ton="neutre", motif="clair")]
    series += [
        dessins.Serie(
            f"{axe.numero}. {axe.intitule}",
            tuple(en_centimes(max(p.par_axe[axe.pk], ZERO)) for p in previsions),
            ton=ton_de_l_axe(axe.numero),
        )
        for axe in cloture.axes
    ]
    return dessins.barres_empilees(
        titre="Paiements attendus par exercice et par axe, d’après les échéanciers",
        categories=[str(p.exercice) for p in previsions],
        series=series,
        largeur=largeur,
        format_montant=_format(max(en_centimes(max(p.a_payer, ZERO)) for p in previsions)),
    )


def dessin_des_ecarts_de_cp(cloture: Cloture, *, largeur: float = 560) -> dessins.Dessin | None:
    """Crédits ouverts moins besoin, par exercice ; None sans enveloppe ou sans exercice à venir."""
    ecarts = [
        dessins.Ecart(str(p.exercice), en_centimes(p.ecart), format_euros_signe(p.ecart))
        for p in cloture.previsions
        if p.ecart is not None
    ]
    if not ecarts:
        return None
    titre = "Crédits ouverts moins besoin, par exercice, en euros"
    return dessins.barres_divergentes(titre=titre, ecarts=ecarts, largeur=largeur)
