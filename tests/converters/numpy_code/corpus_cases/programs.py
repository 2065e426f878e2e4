"""Calls of programs and decorated."""

from __future__ import annotations

from tests.converters.numpy_code.corpus_case import Case, Floats, Generator, case, normal


def x(g: Generator) -> Floats:
    made: Floats = g.normal(size=4)
    return made


CASES: list[Case] = [
    case("decorated.numerical_gradient_by_nditer", lambda g: (normal(g, 2, 3),)),
    case("decorated.doubled_in_place", lambda g: (normal(g, 2, 3),)),
    case("decorated.train_network_of_classes", lambda g: (x(g),)),
    case("programs.adam_with_state", lambda g: (x(g),)),
    case("programs.numerical_gradient_of_rosenbrock", lambda g: (x(g),)),
    case("programs.steepest_descent_with_history", lambda g: (x(g),)),
    case("programs.spectrum_of_two_tones", lambda g: (x(g),)),
    case("programs.board_lines", lambda g: (x(g),), smooth=False),
    case("programs.mixture_by_expectation_maximization", lambda g: (x(g),)),
    case("programs.convolution_by_strides_of_strides", lambda g: (x(g),)),
    case("programs.partition_of_a_sequence", lambda g: (x(g),)),
    case("programs.quaternion_to_matrix", lambda g: (x(g),)),
    case("programs.tokens_with_attention", lambda g: (x(g),)),
    case("programs.principal_axes_of_a_cloud", lambda g: (x(g),)),
    case("programs.backtest_of_a_moving_average", lambda g: (x(g),)),
    case("programs.decision_tree_in_dicts", lambda g: (x(g),)),
    case("programs.smoothing_of_a_grid", lambda g: (x(g),)),
    case("programs.word_counts", lambda g: (x(g),)),
    case("programs.causal_attention_of_heads", lambda g: (x(g),)),
    case("programs.descent_with_decay", lambda g: (x(g),)),
    case("programs.unpacking", lambda g: (x(g),)),
    case("programs.stores_into_a_cube", lambda g: (x(g),)),
]
