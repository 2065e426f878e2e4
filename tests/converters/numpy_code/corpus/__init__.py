"""Functions as people write them with numpy, by topic: what tracing and reading source are measured on.

They are written as their fields write them, not as irlib would like them; `corpus_cases` says how each is called.
"""
