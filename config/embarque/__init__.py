"""Les serveurs embarqués de la démonstration et des essais : PostgreSQL et Valkey, sans rien installer sur le système.

Ce paquet ne connaît pas Django. `preparation` ne connaît que la bibliothèque standard : il s’exécute avant
que l’environnement `.venv` existe.

- `preparation` : crée `.venv`, installe depuis les verrous, vérifie les bibliothèques du système ;
- `lieux` : où vivent les données, les sockets et les journaux ; adresses des serveurs ;
- `processus` : lancer, surveiller et arrêter un processus du système ;
- `postgresql`, `valkey` : un serveur chacun : vérifier, démarrer, réparer, arrêter ;
- `usage` : partager les serveurs entre plusieurs commandes, les arrêter quand la dernière s’en va ;
- `superviseur` : ce que lance `make demo`.
"""
