"""Règles pures des financements : ni ORM ni HTTP."""
