"""The calls of the corpus, a table for each of its modules."""

from tests.converters.numpy_code.corpus_case import Case
from tests.converters.numpy_code.corpus_cases import learning, numeric, plain, programs, sciences

ALL: list[Case] = [*learning.CASES, *numeric.CASES, *sciences.CASES, *plain.CASES, *programs.CASES]
