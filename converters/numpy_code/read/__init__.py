"""Python source read as a graph: an interpreter of a small part of Python that never runs what it reads."""
