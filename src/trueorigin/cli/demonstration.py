# SPDX-License-Identifier: Apache-2.0
"""Prepare the demo's data folder and say how to look around; a second start finds it again.

What cannot be read back from the database, the keys, is kept beside it in demo.json.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trueorigin.adapters.files import FOLDER_NAME, FolderStore
from trueorigin.adapters.keyfile import write_private_file
from trueorigin.cli.output import reader_language, show_progress
from trueorigin.cli.session import Session, now
from trueorigin.domain.designs import parse_look
from trueorigin.domain.errors import ConflictError
from trueorigin.services import accounts, issuing, logos
from trueorigin.services.demo import SignIn, Story, build_demo
from trueorigin.services.demo_stage import Stage
from trueorigin.services.installation import ensure_installation
from trueorigin.services.labelling import LabelFormat, build_labels
from trueorigin.services.printing import PrintOrder
from trueorigin.settings import Settings
from trueorigin.storage.accounts import find_organisation
from trueorigin.web.i18n import translator
from trueorigin.web.labels import build_label_order

NOTE = "demo.json"
LABELS = "labels.pdf"
_LAYOUT = "a4-24"
_DESIGN = "branded"


def prepare(settings: Settings) -> str:
    """Make the demo where it is not there yet, and return what to tell its user.

    Refuses a data centre that somebody uses for something else.
    """
    database, vault = ensure_installation(settings.place, at=now(), entropy=os.urandom)
    session = Session(settings=settings, database=database, vault=vault)
    try:
        story = _find_story(session)
        if story is None:
            with show_progress("demo", None):
                story = _store_story(session)
        labels = settings.data / LABELS
        if not labels.exists():
            _print_labels(session, story, labels)
    finally:
        database.close()
    return _tell(settings, story, labels)


def _find_story(session: Session) -> Story | None:
    """Return the story that was stored, or None in an empty data centre."""
    note = session.settings.data / NOTE
    with session.database.read() as tx:
        if note.exists():
            story = _parse_story(json.loads(note.read_text(encoding="utf-8")))
            # The note is written first: a crash may have left it without its data.
            if find_organisation(tx, story.witness) is not None:
                return story
        if accounts.list_organisations(tx, after=None, limit=1):
            raise ConflictError("demo_place_used", data=str(session.settings.data))
    return None


def _store_story(session: Session) -> Story:
    settings = session.settings
    with session.database.write() as tx:
        stage = Stage(
            tx=tx,
            vault=session.vault,
            files=FolderStore(settings.data / FOLDER_NAME),
            at=now(),
            entropy=os.urandom,
            public_url=settings.public_address,
        )
        story = build_demo(stage)
        text = json.dumps(asdict(story), ensure_ascii=False, indent=2, default=str)
        write_private_file(settings.data / NOTE, text.encode())
    return story


def _parse_story(found: dict[str, Any]) -> Story:
    from uuid import UUID

    return Story(
        witness=UUID(found["witness"]),
        sign_ins=tuple(SignIn(**each) for each in found["sign_ins"]),
        items=found["items"],
        label_run=found["label_run"],
        label_range=(found["label_range"][0], found["label_range"][1]),
    )


def _print_labels(session: Session, story: Story, target: Path) -> None:
    """Build a label sheet; it takes its name only once its symbols were read back."""
    start, stop = story.label_range
    order = PrintOrder(
        run_id=story.label_run,
        level=0,
        start=start,
        stop=stop,
        format=LabelFormat.PDF.value,
        layout=_LAYOUT,
        language="zh",
        dpi=300,
        look=parse_look(_DESIGN),
    )
    with session.database.write() as tx:
        act = session.open_act_of_run(tx, story.label_run)
        export = issuing.open_export(
            tx, session.vault, act, order.run_id, order.range, purpose="label"
        )
        logo = logos.find_logo(tx, act.scope, order.look)
    picture = logos.open_logo(FolderStore(session.settings.data / FOLDER_NAME), logo)
    draft_file = target.with_suffix(".draft")
    build_labels(export, build_label_order(export, order, picture), draft_file)
    draft_file.replace(target)


def _tell(settings: Settings, story: Story, labels: Path) -> str:
    """Say where to look, in the reader's language."""
    language = translator(reader_language())
    base = settings.public_address
    items = [
        f"  {base}{path}\n      {language.text(f'demo-{name}')}"
        for name, path in story.items.items()
    ]
    people = [
        f"  {each.email}   {each.password}\n      {each.organisation}"
        for each in story.sign_ins
        if each.email is not None
    ]
    keys = [f"  {each.key}\n      {each.organisation} ({each.role})" for each in story.sign_ins]
    blocks = [
        [language.text("demo-title", url=f"{base}/")],
        items,
        [language.text("demo-labels", file=str(labels))],
        [language.text("demo-people", url=f"{base}/console")],
        people,
        [language.text("demo-keys")],
        keys,
        [
            language.text("demo-api", url=f"{base}/api/v1/openapi.json"),
            language.text("demo-stop"),
        ],
    ]
    return "\n" + "\n\n".join("\n".join(block) for block in blocks)
