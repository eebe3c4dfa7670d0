"""Les essais des serveurs embarqués."""
