"""Un fichier reçu : son nom, son type, ses pièges, son antivirus, et comment on le rend à qui y a droit."""
