"""Calls of regression, networks, convolution, recurrent, transformers and learning."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tests.converters.numpy_code.corpus_case import (
    Case,
    Generator,
    case,
    integers,
    normal,
    spd,
    stochastic,
    uniform,
)


def xy(g: Generator, n: int = 6, d: int = 3) -> tuple[Any, Any]:
    return normal(g, n, d), normal(g, n)


def labelled(g: Generator, n: int = 5, d: int = 4, k: int = 3) -> tuple[Any, ...]:
    return normal(g, d, k), normal(g, n, d), integers(g, k, n), 0.1


def weights_biases(g: Generator) -> tuple[list[Any], list[Any]]:
    sizes = [4, 3, 2]
    return (
        [normal(g, m, n) for n, m in itertools.pairwise(sizes)],
        [normal(g, m, 1) for m in sizes[1:]],
    )


def two_layers(g: Generator) -> dict[str, Any]:
    return {"W1": normal(g, 4, 5), "b1": normal(g, 5), "W2": normal(g, 5, 3), "b2": normal(g, 3)}


def deep(g: Generator) -> dict[str, Any]:
    return {
        "W1": normal(g, 4, 3), "b1": normal(g, 4, 1), "W2": normal(g, 3, 4), "b2": normal(g, 3, 1),
        "W3": normal(g, 1, 3), "b3": normal(g, 1, 1),
    }  # fmt: skip


def lstm(g: Generator) -> tuple[Any, ...]:
    return normal(g, 2, 3, 4), normal(g, 2, 3), normal(g, 4, 12), normal(g, 3, 12), normal(g, 12)


def char_rnn(g: Generator) -> tuple[Any, ...]:
    return (
        [1, 0, 3, 2], [0, 3, 2, 2], normal(g, 5, 1), 0.3 * normal(g, 5, 4), 0.3 * normal(g, 5, 5),
        0.3 * normal(g, 4, 5), normal(g, 5, 1), normal(g, 4, 1),
    )  # fmt: skip


def gru(g: Generator) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for gate in "zrh":
        made["W" + gate], made["U" + gate], made["b" + gate] = normal(g, 3, 2), normal(g, 3, 3), normal(g, 3)
    return made


def block(g: Generator, d: int) -> dict[str, Any]:
    return {
        "mlp": {
            "c_fc": {"w": normal(g, d, 2 * d), "b": normal(g, 2 * d)},
            "c_proj": {"w": normal(g, 2 * d, d), "b": normal(g, d)},
        },
        "attn": {
            "c_attn": {"w": normal(g, d, 3 * d), "b": normal(g, 3 * d)},
            "c_proj": {"w": normal(g, d, d), "b": normal(g, d)},
        },
        "ln_1": {"g": normal(g, d), "b": normal(g, d)},
        "ln_2": {"g": normal(g, d), "b": normal(g, d)},
    }


def gpt(g: Generator, d: int = 4) -> dict[str, Any]:
    return {
        "wte": normal(g, 7, d), "wpe": normal(g, 6, d), "blocks": [block(g, d), block(g, d)],
        "ln_f": {"g": normal(g, d), "b": normal(g, d)},
    }  # fmt: skip


def convnet(g: Generator) -> dict[str, Any]:
    return {
        "conv1_W": normal(g, 2, 1, 3, 3), "conv1_b": normal(g, 2), "fc_W": normal(g, 8, 3), "fc_b": normal(g, 3),
    }  # fmt: skip


def signs(g: Generator, n: int) -> Any:
    return np.where(g.normal(size=n) > 0, 1.0, -1.0)


CASES: list[Case] = [
    case("regression.linear_regression_gd", xy),
    case("regression.normal_equation", lambda g: (normal(g, 6, 2), normal(g, 6, 1))),
    case("regression.ridge_closed_form", lambda g: (*xy(g), 0.3)),
    case("regression.mse_with_l2", lambda g: (normal(g, 3), *xy(g), 0.1)),
    case("regression.logistic_loss", lambda g: (normal(g, 3, 1), np.array(0.2), normal(g, 5, 3), g.integers(0, 2, (1, 5)))),
    case("regression.logistic_gradient", lambda g: (normal(g, 3, 1), np.array(0.2), normal(g, 5, 3), g.integers(0, 2, (1, 5)))),
    case("regression.logistic_fit", lambda g: (normal(g, 6, 3), g.integers(0, 2, 6), 0.1, 5)),
    case("regression.softmax_regression_loss", labelled),
    case("regression.softmax_regression_gradient", labelled),
    case("regression.softmax_loss_naive", labelled),
    case("regression.one_vs_all_targets", lambda g: (integers(g, 4, 6), 4)),
    case("regression.svm_loss_vectorized", labelled),
    case("regression.svm_pegasos_epoch", lambda g: (normal(g, 6, 3), signs(g, 6), 0.1)),
    case("regression.perceptron_epoch", lambda g: (normal(g, 6, 3), signs(g, 6), normal(g, 4), 0.1)),
    case("regression.huber", lambda g: (normal(g, 8), normal(g, 8))),
    case("regression.quantile_loss", lambda g: (normal(g, 8), normal(g, 8), 0.3)),
    case("regression.lasso_coordinate_descent", lambda g: (normal(g, 7, 3), normal(g, 7, 1), 0.2, 3)),
    case("regression.irls_logistic", lambda g: (normal(g, 9, 2), g.integers(0, 2, 9).astype(float), 3)),
    case("regression.poisson_deviance", lambda g: (normal(g, 3), normal(g, 6, 3), np.array([0, 2, 1, 3, 0, 1]))),
    case("regression.kernel_ridge_predict", lambda g: (normal(g, 5, 2), normal(g, 5), normal(g, 3, 2), 0.5, 0.1)),
    case("regression.gp_posterior", lambda g: (normal(g, 5, 2), normal(g, 5), normal(g, 3, 2), 1.0, 0.3)),
    case("regression.polynomial_features", lambda g: (normal(g, 5), 3)),
    case("regression.polynomial_fit_lstsq", lambda g: (np.linspace(-1, 1, 8) + 0.01 * normal(g, 8), normal(g, 8), 3)),
    case("regression.r2_score", lambda g: (normal(g, 6), normal(g, 6))),
    case("regression.standardize_and_fit", xy),
    case("networks.feedforward", lambda g: (normal(g, 4, 1), *weights_biases(g))),
    case("networks.quadratic_cost", lambda g: (normal(g, 4, 1), normal(g, 2, 1), *weights_biases(g))),
    case("networks.backprop", lambda g: (normal(g, 4, 1), normal(g, 2, 1), *weights_biases(g))),
    case("networks.update_mini_batch", lambda g: ([normal(g, 4, 1) for _ in "ab"], [normal(g, 2, 1) for _ in "ab"], *weights_biases(g), 0.5)),
    case("networks.two_layer_forward", lambda g: (two_layers(g), normal(g, 6, 4), integers(g, 3, 6))),
    case("networks.two_layer_backward", lambda g: (two_layers(g), normal(g, 6, 4), integers(g, 3, 6))),
    case("networks.deep_cost", lambda g: (normal(g, 3, 5), integers(g, 2, 1, 5), deep(g))),
    case("networks.linear_activation_backward", lambda g: (normal(g, 3, 5), normal(g, 4, 5), normal(g, 3, 4), normal(g, 3, 5), "relu")),
    case("networks.layers_loss", lambda g: (normal(g, 5, 3), normal(g, 5, 2), normal(g, 3, 4), normal(g, 4), normal(g, 4, 2), normal(g, 2))),
    case("networks.layers_gradients", lambda g: (normal(g, 5, 3), normal(g, 5, 2), normal(g, 3, 4), normal(g, 4), normal(g, 4, 2), normal(g, 2))),
    case("networks.dropout_forward", lambda g: (normal(g, 4, 3), uniform(g, 4, 3, low=0.0, high=1.0), 0.6), fixed="mask_u"),
    case("networks.batchnorm_forward", lambda g: (normal(g, 6, 3), normal(g, 3), normal(g, 3))),
    case("networks.batchnorm_backward", lambda g: (normal(g, 6, 3), normal(g, 6, 3), normal(g, 3))),
    case("networks.batchnorm_train", lambda g: (normal(g, 6, 3), normal(g, 3), normal(g, 3), {"mean": normal(g, 3), "var": uniform(g, 3)})),
    case("networks.layernorm_forward", lambda g: (normal(g, 4, 5), normal(g, 5), normal(g, 5))),
    case("networks.layernorm_backward", lambda g: (normal(g, 4, 5), normal(g, 4, 5), normal(g, 5))),
    case("networks.adam_step", lambda g: ({"w": normal(g, 3), "b": normal(g, 2)}, {"w": normal(g, 3), "b": normal(g, 2)}, {"w": normal(g, 3), "b": normal(g, 2)}, {"w": uniform(g, 3), "b": uniform(g, 2)}, 3)),
    case("networks.momentum_step", lambda g: ([normal(g, 3), normal(g, 2, 2)], [normal(g, 3), normal(g, 2, 2)], [normal(g, 3), normal(g, 2, 2)], 0.1, 0.9)),
    case("networks.rmsprop_step", lambda g: (normal(g, 4), normal(g, 4), uniform(g, 4))),
    case("networks.clip_gradients", lambda g: ({"w": normal(g, 3, 2), "b": normal(g, 3)}, 1.5)),
    case("networks.xor_training", lambda g: (np.array([[0.0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]), np.array([[0.0], [1], [1], [0]]), normal(g, 3, 4), normal(g, 4, 1), 4)),
    case("networks.mixup_batch", lambda g: (normal(g, 4, 3), stochastic(g, 4, 2), 0.3, np.array([2, 0, 3, 1]))),
    case("networks.label_smoothing_loss", lambda g: (normal(g, 4, 3), integers(g, 3, 4), 0.1)),
    case("networks.accuracy", lambda g: (normal(g, 6, 3), integers(g, 3, 6)), smooth=False),
    case("networks.residual_mlp", lambda g: (normal(g, 3, 4), [{"w1": normal(g, 4, 5), "b1": normal(g, 5), "w2": normal(g, 5, 4)} for _ in range(2)])),
    case("convolution.conv2d_loops", lambda g: (normal(g, 5, 6), normal(g, 3, 2))),
    case("convolution.conv_forward_naive", lambda g: (normal(g, 2, 2, 5, 5), normal(g, 2, 2, 3, 3), normal(g, 2), 2, 1)),
    case("convolution.conv_backward_naive", lambda g: (normal(g, 1, 2, 3, 3), normal(g, 1, 2, 5, 5), normal(g, 2, 2, 3, 3), normal(g, 2), 2, 1)),
    case("convolution.conv_im2col", lambda g: (normal(g, 2, 2, 5, 5), normal(g, 3, 2, 3, 3), normal(g, 3), 2, 1)),
    case("convolution.col2im", lambda g: (normal(g, 8, 9), (1, 2, 4, 4), 2, 2, 0, 1)),
    case("convolution.im2col_slices", lambda g: (normal(g, 2, 2, 5, 5), 3, 3, 2, 1)),
    case("convolution.conv_as_strided", lambda g: (normal(g, 2, 2, 5, 4), normal(g, 3, 2, 3, 2))),
    case("convolution.conv_sliding_window", lambda g: (normal(g, 2, 2, 6, 5), normal(g, 3, 2, 3, 2), 2)),
    case("convolution.conv1d_causal", lambda g: (normal(g, 6), normal(g, 3), 2)),
    case("convolution.depthwise_conv", lambda g: (normal(g, 4, 4, 2), normal(g, 3, 3, 2))),
    case("convolution.conv_transpose", lambda g: (normal(g, 3, 3), normal(g, 3, 2), 2)),
    case("convolution.max_pool_forward", lambda g: (normal(g, 2, 2, 4, 6), 2, 2, 2)),
    case("convolution.max_pool_backward", lambda g: (normal(g, 1, 2, 2, 2), normal(g, 1, 2, 4, 4), 2, 2, 2)),
    case("convolution.max_pool_reshape", lambda g: (normal(g, 2, 2, 4, 6),)),
    case("convolution.average_pool_1d", lambda g: (normal(g, 11), 3)),
    case("convolution.upsample_nearest", lambda g: (normal(g, 1, 2, 3), 2)),
    case("convolution.global_average_then_linear", lambda g: (normal(g, 2, 3, 4, 4), normal(g, 5, 3), normal(g, 5))),
    case("convolution.small_convnet_loss", lambda g: (normal(g, 2, 1, 6, 6), integers(g, 3, 2), convnet(g))),
    case("convolution.spatial_batchnorm", lambda g: (normal(g, 2, 3, 2, 2), normal(g, 3), normal(g, 3))),
    case("recurrent.rnn_forward", lambda g: (normal(g, 2, 3, 4), normal(g, 2, 3), normal(g, 4, 3), normal(g, 3, 3), normal(g, 3))),
    case("recurrent.rnn_backward", lambda g: (normal(g, 2, 3, 3), normal(g, 2, 3, 4), normal(g, 2, 3), normal(g, 4, 3), normal(g, 3, 3), normal(g, 3))),
    case("recurrent.char_rnn_loss", char_rnn),
    case("recurrent.char_rnn_gradients", char_rnn),
    case("recurrent.lstm_forward", lstm),
    case("recurrent.lstm_backward", lambda g: (normal(g, 2, 3, 3), *lstm(g))),
    case("recurrent.lstm_classifier", lambda g: (normal(g, 3, 2, 2), {gate: normal(g, 5, 3) for gate in "fioc"}, normal(g, 3, 4))),
    case("recurrent.gru_forward", lambda g: (normal(g, 4, 2), normal(g, 3), gru(g))),
    case("recurrent.bidirectional_rnn", lambda g: (normal(g, 4, 2), normal(g, 2, 3), normal(g, 3, 3), normal(g, 2, 3), normal(g, 3, 3))),
    case("recurrent.embedding_forward", lambda g: (normal(g, 6, 3), integers(g, 6, 2, 4))),
    case("recurrent.embedding_backward", lambda g: (normal(g, 2, 4, 3), normal(g, 6, 3), integers(g, 6, 2, 4))),
    case("recurrent.temporal_softmax_loss", lambda g: (normal(g, 2, 3, 4), integers(g, 4, 2, 3), np.array([[1, 1, 0], [1, 1, 1]]))),
    case("recurrent.esn_states", lambda g: (normal(g, 5, 2), normal(g, 4, 3), 0.3 * normal(g, 4, 4), 0.3)),
    case("transformers.scaled_dot_product_attention", lambda g: (normal(g, 2, 3, 4), normal(g, 2, 5, 4), normal(g, 2, 5, 3), integers(g, 2, 3, 5) | np.eye(3, 5, dtype=int))),
    case("transformers.attention_backward", lambda g: (normal(g, 3, 4), normal(g, 3, 4), normal(g, 5, 4), normal(g, 5, 4))),
    case("transformers.plain_attention", lambda g: (normal(g, 3, 4), normal(g, 5, 4), normal(g, 5, 4))),
    case("transformers.transformer_block", lambda g: (normal(g, 3, 4), *block(g, 4).values(), 2)),
    case("transformers.gpt2", lambda g: ([3, 0, 6], *gpt(g).values(), 2)),
    case("transformers.lm_loss", lambda g: ([3, 0, 6, 1, 1], gpt(g), 2)),
    case("transformers.causal_mha", lambda g: (normal(g, 2, 3, 4), *(normal(g, 4, 4) for _ in range(4)), 2)),
    case("transformers.positional_encoding", lambda _: (6, 4)),
    case("transformers.sinusoidal_embedding", lambda g: (normal(g, 5, 4), 4)),
    case("transformers.rotary", lambda g: (normal(g, 5, 4),)),
    case("transformers.alibi_scores", lambda g: (normal(g, 2, 3, 4), normal(g, 2, 3, 4), 2)),
    case("transformers.kv_cache_decode", lambda g: ([1, 4, 2], normal(g, 5, 3), normal(g, 3, 2), normal(g, 3, 2), normal(g, 3, 2))),
    case("transformers.rms_norm_swiglu", lambda g: (normal(g, 3, 4), normal(g, 4), normal(g, 4, 5), normal(g, 4, 5), normal(g, 5, 4))),
    case("transformers.mixture_of_experts", lambda g: (normal(g, 3, 4), normal(g, 4, 3), [normal(g, 4, 4) for _ in range(3)])),
    case("transformers.vision_patches", lambda g: (normal(g, 4, 6, 3), 2, normal(g, 12, 5))),
    case("transformers.additive_attention", lambda g: (normal(g, 2, 3), normal(g, 2, 4, 3), normal(g, 2, 4, 5), normal(g, 3, 6), normal(g, 3, 6), normal(g, 6))),
    case("transformers.clip_contrastive_loss", lambda g: (normal(g, 3, 4), normal(g, 3, 4), np.array(0.7))),
    case("learning.kmeans_step", lambda g: (np.vstack([normal(g, 4, 2), 6 + normal(g, 4, 2)]), np.array([[0.1, 0.2], [5.0, 6.0]])), fixed="centroids"),
    case("learning.kmeans_step_onehot", lambda g: (np.vstack([normal(g, 4, 2), 6 + normal(g, 4, 2)]), np.array([[0.1, 0.2], [5.0, 6.0]]))),
    case("learning.pca_eigh", lambda g: (normal(g, 8, 3) * np.array([1.0, 2.0, 4.0]), 2)),
    case("learning.pca_svd_reconstruction", lambda g: (normal(g, 8, 3) * np.array([1.0, 2.0, 4.0]), 2)),
    case("learning.whiten_zca", lambda g: (normal(g, 8, 3) * np.array([1.0, 2.0, 4.0]),)),
    case("learning.gmm_em_step", lambda g: (normal(g, 7, 2), np.array([0.4, 0.6]), normal(g, 2, 2), np.stack([spd(g, 2), spd(g, 2)]))),
    case("learning.hmm_forward", lambda g: ([0, 2, 1, 2], stochastic(g, 3, 3), stochastic(g, 3, 3), stochastic(g, 3))),
    case("learning.hmm_backward", lambda g: (np.array([0, 2, 1, 2]), stochastic(g, 3, 3), stochastic(g, 3, 3))),
    case("learning.hmm_log_likelihood", lambda g: (np.array([0, 2, 1, 2]), np.log(stochastic(g, 3, 3)), np.log(stochastic(g, 3, 3)), np.log(stochastic(g, 3)))),
    case("learning.viterbi", lambda g: (np.array([0, 2, 1, 2]), stochastic(g, 3, 3), stochastic(g, 3, 3), stochastic(g, 3))),
    case("learning.knn_predict", lambda g: (normal(g, 8, 2), integers(g, 3, 8), normal(g, 3, 2), 3, 3)),
    case("learning.knn_regression", lambda g: (normal(g, 8, 2), normal(g, 8), normal(g, 3, 2), 3)),
    case("learning.naive_bayes", lambda g: (normal(g, 8, 2), np.array([0, 1, 0, 1, 1, 0, 0, 1]), normal(g, 3, 2), 2)),
    case("learning.naive_bayes_text", lambda g: (integers(g, 5, 6, 4).astype(float), np.array([0, 1, 0, 2, 1, 2]), 1.0)),
    case("learning.decision_stump", lambda g: (normal(g, 8, 2), np.where(normal(g, 8) > 0, 1, -1), stochastic(g, 8), np.linspace(-1, 1, 4))),
    case("learning.gini_split", lambda g: (normal(g, 8), np.array([0, 1, 1, 0, 1, 0, 0, 1]), 0.1)),
    case("learning.adaboost_weights", lambda g: (signs(g, 6), np.stack([signs(g, 6), signs(g, 6)]), np.full(6, 1 / 6)), fixed="y predictions"),
    case("learning.lda_direction", lambda g: (normal(g, 5, 3), 1 + normal(g, 6, 3))),
    case("learning.nmf_updates", lambda g: (uniform(g, 4, 3), uniform(g, 4, 2), uniform(g, 2, 3), 3)),
    case("learning.matrix_factorization_epoch", lambda g: (np.array([[5.0, 3, 0], [4, 0, 1], [1, 1, 5]]), uniform(g, 3, 2), uniform(g, 2, 3), 0.01, 0.02), fixed="R"),
    case("learning.word2vec_negative_sampling", lambda g: (2, 3, np.array([0, 4, 0]), normal(g, 6, 3), normal(g, 6, 3), 0.1)),
    case("learning.skipgram_loss", lambda g: (np.array(2), np.array(3), normal(g, 6, 3), normal(g, 6, 3))),
    case("learning.vae_loss", lambda g: (uniform(g, 3, 5), normal(g, 3, 2), normal(g, 5, 4), normal(g, 4, 2), normal(g, 4, 2), normal(g, 2, 4), normal(g, 4, 5))),
    case("learning.rbm_contrastive_divergence", lambda g: (integers(g, 2, 4, 5).astype(float), normal(g, 5, 3), normal(g, 5), normal(g, 3), uniform(g, 4, 3), uniform(g, 4, 5), 0.1), fixed="u_h u_v"),
    case("learning.gan_losses", lambda g: (uniform(g, 6), uniform(g, 6))),
    case("learning.diffusion_forward", lambda g: (normal(g, 3, 4), normal(g, 3, 4), np.array([0, 5, 9]), np.linspace(0.05, 0.2, 10))),
    case("learning.tsne_gradient", lambda g: (stochastic(g, 5, 5) / 5, normal(g, 5, 2))),
    case("learning.triplet_loss", lambda g: (normal(g, 5, 3), normal(g, 5, 3), normal(g, 5, 3))),
    case("learning.bandit_ucb", lambda g: (normal(g, 3, 8), 1.5)),
    case("learning.policy_gradient_loss", lambda g: (normal(g, 5, 3), integers(g, 3, 5), normal(g, 5), 0.9)),
]  # fmt: skip
