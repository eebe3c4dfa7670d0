"""Le texte proposé pour un rapport à l’assemblée ; chaque département le réécrit. Des données."""

TITRE = "Rapport à l’assemblée départementale"
TEXTE = """# Objet

{{ appel }}\u00a0: attribution des subventions aux organismes retenus.

# Exposé

Le {{ departement }} a lancé l’appel à projets «\u00a0{{ appel }}\u00a0» ({{ periode }}) en direction des organismes \
qui accompagnent les allocataires du RSA.

Après instruction par les services et examen par le comité de sélection, il est proposé de soutenir \
{{ nombre_projets }} projets, portés par {{ nombre_organismes }} organismes, pour un montant total de \
{{ montant_total }}. Ces projets prévoient d’accompagner {{ nombre_allocataires }} allocataires par an.

Les organismes retenus demandaient ensemble {{ montant_demande }}. {{ nombre_attente }} projets sont inscrits en \
liste d’attente et {{ nombre_non_retenus }} ne sont pas retenus\u00a0; leur liste est annexée.

# Incidence financière

L’autorisation d’engagement ouverte pour cet appel est de {{ montant_ae }}. L’insertion professionnelle représente \
{{ part_professionnelle }} des montants proposés ({{ montant_professionnel }}), l’insertion sociale \
{{ montant_social }}.

Le tableau d’imputation et la liste des subventions, par axe puis par territoire, sont annexés au présent rapport.

# Propositions

Il est proposé à l’assemblée, réunie le {{ date_seance }}\u00a0:

- d’attribuer les subventions détaillées en annexe, pour un montant total de {{ montant_total }}\u00a0;
- d’autoriser la signature des conventions qui en découlent\u00a0;
- d’imputer les dépenses correspondantes sur les lignes du tableau d’imputation.
"""
