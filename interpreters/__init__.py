"""Interpreters: what runs a graph, forward and backward.

`numpy_ref` is the reference, the judge of all others. Every other back-end is a sibling of it, and none knows a
converter.
"""

# The folder stands at the top of the tree and is linked into `irlib`. Imported under both names, its modules would
# exist twice, each copy with its own kernel tables and its own classes.
if __name__ != "irlib.interpreters":
    raise ImportError(f"{__name__}: the wrong name for this package, import it as 'irlib.interpreters'")
