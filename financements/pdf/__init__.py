"""Le rapport budgétaire pluriannuel en PDF balisé : découpage en volumes, contenu, mise en page.

Ne connaît ni HTTP ni file d’attente : un périmètre et une édition entrent, un fichier sort.
"""
