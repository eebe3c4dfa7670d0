"""Les écrans des lettres de décision : leurs modèles, celles d’une délibération, la poste, la page du porteur."""
