"""The city's identity card, from one TOML file. Nothing in the code knows Seoul."""
