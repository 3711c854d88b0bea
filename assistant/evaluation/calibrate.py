"""Fit the refusal model: ``python -m assistant.evaluation.calibrate FILE… [--write]``.

Takes the questions on which no rule decides, gathers the signals of :mod:`assistant.answering.evidence`, fits a ridge
logistic regression by iteratively reweighted least squares (Hastie, Tibshirani, Friedman, *The Elements of Statistical
Learning*, 2nd ed., 4.4.1), and reports ten-fold cross-validated figures with n. Use development questions only.
"""

import argparse
import json
import sys
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence import Evidence
from assistant.chat import Assistant
from assistant.evaluation.answers import Golden, load_questions

RIDGE = 1.0
FOLDS = 10
_NAMES = [field.name for field in fields(Evidence)]
_TARGET = Path(__file__).resolve().parent.parent / "answering" / "refusal.json"

Matrix = NDArray[np.float64]


def gather_examples(assistant: Assistant, questions: list[Golden]) -> tuple[Matrix, Matrix, list[Golden]]:
    """Return (signals (n, 7), labels (n,) 1 = answerable, the questions) where the estimate decides."""
    rows, labels, kept = [], [], []
    for golden in questions:
        query, found = assistant.find(golden.question, as_of=golden.as_of)
        evidence = assistant.answerer.undecided(query, found)
        if evidence is not None:
            rows.append(astuple(evidence))
            labels.append(0.0 if golden.refuse else 1.0)
            kept.append(golden)
    return np.array(rows, np.float64), np.array(labels, np.float64), kept


def fit(signals: Matrix, labels: Matrix, ridge: float = RIDGE) -> Matrix:
    """Return weights (1 + number of signals,) for the signals as they are, the bias first.

    The penalty applies to standardised signals, so that it does not depend on their scales; the bias is not shrunk.
    """
    mean, spread = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    design = np.column_stack([np.ones(len(signals)), (signals - mean) / spread])
    penalty = ridge * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        estimate = 1 / (1 + np.exp(-design @ weights))
        curvature = estimate * (1 - estimate)
        gradient = design.T @ (labels - estimate) - penalty @ weights
        step = np.linalg.solve((design.T * curvature) @ design + penalty, gradient)
        weights += step
        if np.abs(step).max() < 1e-8:  # noqa: PLR2004
            break
    scaled = weights[1:] / spread
    return np.concatenate([[weights[0] - scaled @ mean], scaled])


def cross_validate(signals: Matrix, labels: Matrix) -> Matrix:
    """Return an estimate (n,) for every example from a model that has not seen it."""
    out = np.zeros(len(labels))
    folds = np.random.default_rng(0).permutation(len(labels)) % FOLDS
    for fold in range(FOLDS):
        weights = fit(signals[folds != fold], labels[folds != fold])
        held_out = np.column_stack([np.ones((folds == fold).sum()), signals[folds == fold]])
        out[folds == fold] = 1 / (1 + np.exp(-held_out @ weights))
    return out


def area_under_curve(estimates: Matrix, labels: Matrix) -> float:
    """Return the probability that an answerable question is rated above one to refuse (AUROC)."""
    positive, negative = estimates[labels == 1], estimates[labels == 0]
    wins = (positive[:, None] > negative[None, :]).mean() + 0.5 * (positive[:, None] == negative[None, :]).mean()
    return float(wins)


def main() -> None:
    """Fit, report, and with ``--write`` replace the weights in the package."""
    parser = argparse.ArgumentParser(description="Fit the refusal model on development questions.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the weights in the package")
    parser.add_argument("--show", action="store_true", help="show the questions on the wrong side")
    options = parser.parse_args()
    questions = [golden for path in options.files for turns in load_questions(path) for golden in turns[:1]]
    with Assistant.open(build_if_missing=True) as assistant:
        signals, labels, kept = gather_examples(assistant, questions)
    estimates = cross_validate(signals, labels)
    out = sys.stdout
    out.write(f"n = {len(labels)}: {int(labels.sum())} answerable, {int((1 - labels).sum())} to refuse\n")
    out.write(
        f"AUROC {area_under_curve(estimates, labels):.3f} (ten-fold)\nline   answered of answerable   refused of refusable\n"
    )
    for line in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        answered = (estimates[labels == 1] >= line).mean()
        refused = (estimates[labels == 0] < line).mean()
        out.write(f"{line:.1f}    {answered:.3f}    {refused:.3f}\n")
    weights = fit(signals, labels)
    for name, weight in zip(["bias", *_NAMES], weights, strict=True):
        out.write(f"{name:16}{weight:+.2f}\n")
    if options.show:
        for golden, estimate, label, row in sorted(
            zip(kept, estimates, labels, signals, strict=True), key=lambda entry: entry[1]
        ):
            if (estimate >= 0.5) != bool(label):  # noqa: PLR2004
                out.write(
                    f"{estimate:.2f} {'answerable' if label else 'refuse'} {golden.question} {np.round(row, 2).tolist()}\n"
                )
    if options.write:
        content = {"n": len(labels), "weights": dict(zip(["bias", *_NAMES], weights.round(3).tolist(), strict=True))}
        _TARGET.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
