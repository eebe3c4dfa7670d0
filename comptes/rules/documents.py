"""Deviner la nature d’un document à l’intitulé de la pièce qui le demande : une proposition, jamais un refus."""

import re
import unicodedata

# Dans l’ordre : le premier motif trouvé l’emporte (« rapport du commissaire » avant « comptes »).
_MOTIFS = (
    ("commissaire", r"commissaire|\bcac\b"),
    ("activite", r"rapport d.?activite|bilan d.?activite|rapport moral"),
    ("rib", r"\brib\b|\biban\b|identite bancaire"),
    ("statuts", r"\bstatuts?\b"),
    ("dirigeants", r"dirigeants?|conseil d.?administration|composition du bureau"),
    ("comptes", r"comptes? (annuels?|approuves?)|\bcomptes\b|compte de resultat|bilan|etats? financiers?"),
    ("pouvoir", r"\bpouvoir\b|delegation de signature"),
    ("agrement", r"agrement|conventionnement|habilitation"),
    ("deliberation", r"deliberation"),
)


def nature_probable(intitule: str) -> str:
    """« statuts » pour « Statuts à jour, signés » ; « autre » si rien ne se reconnaît."""
    sans_accents = unicodedata.normalize("NFKD", intitule).encode("ascii", "ignore").decode().lower()
    texte = re.sub(r"[^a-z0-9]+", " ", sans_accents)
    return next((nature for nature, motif in _MOTIFS if re.search(motif, texte)), "autre")
