"""Les écrans du vote et de ce qui le suit."""
