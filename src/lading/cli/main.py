"""The command ``lading``: commands are loaded when they are called, errors leave in one shape with an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from lading import __version__
from lading.cli.document import failure, print_document
from lading.cli.failure import UnknownCommandError, bug, from_click, nearest, show
from lading.cli.options import Settings, options_of_all, options_of_definitions
from lading.cli.screen import Screen
from lading.errors import LadingError

_ROOM = "lading.cli."
# Name: the module that holds it, and what the list of commands says of it.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("start", "A working project with its tests."),
    "check": ("checking", "Load the definitions and report every error; run nothing."),
    "materialize": ("make", "Make assets, or run a job."),
    "backfill": ("fill", "Make what is missing, over all partitions."),
    "resume": ("resuming", "Take up a backfill, or a run, where it stopped."),
    "list": ("assets", "Assets: their state, size and when they were stored."),
    "show": ("facts", "The latest value of an asset: its facts, metadata and history."),
    "load": ("value", "The value of an asset, as a table, CSV or JSON."),
    "runs": ("runs", "What was run."),
    "log": ("log", "What happened in a run."),
}
GROUPS = {
    "Start": ("init", "check"),
    "Make": ("materialize", "backfill", "resume"),
    "See": ("list", "show", "load", "runs", "log"),
}
INTERRUPTED = 130


class Tree(click.Group):
    """The commands; each is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order they are shown."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        return getattr(import_module(_ROOM + COMMANDS[cmd_name][0]), f"{cmd_name}_command")  # type: ignore[no-any-return] - each is a click command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called."""
        name = args[0]
        found = self.get_command(ctx, name)
        if found is None:
            near = nearest(name, list(COMMANDS))
            raise UnknownCommandError(
                f"no command {name}", where="`lading`", did_you_mean=near,
                fix=f"did you mean `lading {near}`?" if near else None,
            )  # fmt: skip
        ctx.ensure_object(Settings).command = name
        return name, found, args[1:]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing one."""
        for title, names in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name, COMMANDS[name][1]) for name in names])


def _version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"lading {__version__}")
        context.exit()


tree = Tree(
    "lading",
    help="Data assets whose storage takes care of itself.",
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    params=[
        *options_of_definitions(),
        *options_of_all(),
        click.Option(
            ["--version"], is_flag=True, expose_value=False, callback=_version, is_eager=True, help="The version."
        ),
    ],
)


@click.pass_context
def _without_command(context: click.Context) -> None:
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


tree.callback = _without_command


def run(argv: Sequence[str]) -> int:
    """Run one command line.

    Args:
        argv: The words after ``lading``.

    Returns:
        The exit code.
    """
    words = list(argv)
    settings = Settings()
    try:
        with tree.make_context("lading", list(words), obj=settings) as context:
            result: Any = tree.invoke(context)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as left:
        return left.exit_code
    except BrokenPipeError:
        return _reader_left()
    except LadingError as error:
        return _fail(error, settings, words)
    except click.ClickException as error:
        named = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "lading"
        return _fail(from_click(error, named), settings, words)
    except (KeyboardInterrupt, click.Abort):
        Screen(settings.color).tell("cancelled")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - whatever it is, a person gets a report file and not a traceback
        return _fail(bug(error, words), settings, words)


def _fail(error: LadingError, settings: Settings, words: list[str]) -> int:
    wants_json = settings.json or "--json" in words or "--jsonl" in words
    try:
        if wants_json:
            print_document(sys.stdout, failure(settings.command, error), one_line="--jsonl" in words)
        show(error, Screen(settings.color))
    except BrokenPipeError:
        return _reader_left()
    return error.exit_code


def _reader_left() -> int:
    """The reader of stdout has seen enough: end silently, also when Python flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def main() -> None:
    """Run the command line of this process, and end it."""
    sys.exit(run(sys.argv[1:]))
