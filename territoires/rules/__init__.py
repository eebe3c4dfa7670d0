"""Règles de répartition : pures et typées, en centimes entiers, sans Django ni ORM."""
