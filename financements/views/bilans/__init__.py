"""Les écrans du bilan annuel, du porteur et du service."""
