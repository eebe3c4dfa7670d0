"""Les formulaires du bilan annuel."""
