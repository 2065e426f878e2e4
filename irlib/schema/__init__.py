"""The generated modules of the file format; the schema itself is in `proto/`."""
