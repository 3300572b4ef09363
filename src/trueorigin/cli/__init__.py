# SPDX-License-Identifier: Apache-2.0
"""The command line: every command of `trueorigin`, and how a refusal is told on a terminal.

Modules of commands import typer and their options only; what a command works with is imported
when it runs, so that `--help` answers at once.
"""

import os
import sys

import typer

from trueorigin.cli import accounts, catalog, codes, operation, people, remits, runs, serving
from trueorigin.cli.helping import load_help, translate_faults, translate_help
from trueorigin.cli.output import fail, fail_file, fail_unexpected, reader_language
from trueorigin.domain.errors import DomainError

_INTERRUPTED = 130

app = typer.Typer(
    name="trueorigin",
    help="A data centre that tells whether goods are genuine, and where they come from.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (serving, operation, accounts, people, remits, catalog, runs, codes):
    module.register(app)


def main() -> None:
    """Run one command. A refusal is one sentence on standard error and exit status 2."""
    command = typer.main.get_command(app)
    if reader_language() == "zh":
        sentences = load_help()
        translate_help(command, sentences)
        translate_faults(command, sentences)
    try:
        command()
    except DomainError as error:
        sys.exit(fail(error))
    except BrokenPipeError:
        # Whoever read our output has had enough; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        sys.exit(fail_file(error))
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - a defect is told in one sentence as well
        sys.exit(fail_unexpected(error))
