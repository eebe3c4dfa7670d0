"""Enveloppes, actions financées, chiffres, imports et rapports."""
