# SPDX-License-Identifier: Apache-2.0
"""Tables at the edge: small ones are judged where they arrive, all others by the worker."""

import io
from dataclasses import replace
from typing import Final

from trueorigin.adapters.tables import TABLE_BYTES_MAX, glance
from trueorigin.domain.imports import Import
from trueorigin.domain.tenancy import Act
from trueorigin.services.judging import Upload, order_judgement, stage_table
from trueorigin.web.context import AppContext

# Some 200 rows, a tenth of a second: less than it takes until a worker looks.
SMALL_BYTES_MAX: Final = 16 * 2**10


def judge_table(context: AppContext, act: Act, upload: Upload) -> Import:
    """Judge a small table, or have a larger one judged; what is no table at all is refused."""
    content = upload.content.read(TABLE_BYTES_MAX + 1)
    upload = replace(upload, content=io.BytesIO(content))
    if len(content) <= SMALL_BYTES_MAX:
        return stage_table(context.database, act, upload)
    glance(upload.content)
    return order_judgement(context.database, act, upload, context.tables)
