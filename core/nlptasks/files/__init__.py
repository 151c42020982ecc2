"""Between a path and what stands in the file: paths, atomic writing, text encoding, TOML and YAML."""
