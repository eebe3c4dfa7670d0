"""Un objet devient un courriel : destinataire, objet, texte et HTML. Rien ne part d’ici."""
