"""Converters: graphs from other people's formats, and graphs written in them.

Each converter reads and writes one format, and imports the library of that format only when it is used. None imports
another.
"""

# The folder stands at the top of the tree and is linked into `irlib`. Imported under both names, its modules would
# exist twice, each copy with its own rule tables and its own classes.
if __name__ != "irlib.converters":
    raise ImportError(f"{__name__}: the wrong name for this package, import it as 'irlib.converters'")
