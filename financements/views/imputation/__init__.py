"""Les écrans des imputations."""
