# SPDX-License-Identifier: Apache-2.0
"""What a label says beside its symbol and code: product, lot, last day, kind of package."""

from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain.catalog import Batch, Product, Run
from trueorigin.web.i18n import Translator


def word_label(
    product: Product, batch: Batch, run: Run, level: int, language: Translator
) -> LabelText:
    """Word the labels of one level of a run in one language, in the order of importance."""
    lines = []
    if level:
        kind = language.text(f"level-{level}")
        count = run.packing[level - 1]
        lines.append(language.text("label-group", level=kind, count=count))
    elif product.specification is not None:
        lines.append(product.specification)
    lines.append(language.text("label-lot", lot=batch.lot))
    if batch.expires_on is not None:
        lines.append(language.text("label-expires", day=batch.expires_on.isoformat()))
    return LabelText(title=product.name.pick(language.language), lines=tuple(lines))
