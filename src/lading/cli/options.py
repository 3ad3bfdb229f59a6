"""The options of all commands, and commands that carry them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import click


class Settings:
    """What was asked for before or after the name of the command."""

    __slots__ = (
        "attribute", "color", "command", "file", "folder", "home", "json", "module", "no_progress", "quiet", "verbose"
    )  # fmt: skip

    def __init__(self, folder: str | None = None) -> None:
        self.json = False
        self.quiet = False
        self.verbose = False
        self.color = "auto"
        self.no_progress = False
        self.home: str | None = None
        self.file: str | None = None
        self.module: str | None = None
        self.attribute: str | None = None
        self.command = "lading"
        self.folder = os.getcwd() if folder is None else folder


def _keep(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Put a value that was given into the settings; what was not given changes nothing."""
    if value not in (None, False):
        setattr(context.ensure_object(Settings), option.name or "", value)


def _option(*names: str, **attributes: Any) -> click.Option:
    attributes.setdefault("default", None)
    return click.Option(names, expose_value=False, callback=_keep, **attributes)


def options_of_all() -> list[click.Parameter]:
    """Options that every command takes."""
    return [
        _option("--json", is_flag=True, help="One JSON document on stdout, and nothing else there."),
        _option("-q", "--quiet", is_flag=True, help="Errors only."),
        _option("-v", "--verbose", is_flag=True, help="Engine events, and all frames of an exception."),
        _option("--color", type=click.Choice(["auto", "always", "never"]), help="Default: on a terminal."),
        _option("--no-progress", is_flag=True, help="No moving line."),
        _option("--home", metavar="DIR", help="The home: history and settings. Default: .lading/ of the project."),
    ]


def options_of_definitions() -> list[click.Parameter]:
    """Options of commands that load definitions."""
    return [
        _option("-f", "--file", metavar="FILE", help="The file that holds the definitions."),
        _option("-m", "--module", metavar="MODULE", help="The module that holds the definitions."),
        _option("-a", "--attribute", metavar="NAME", help="The Definitions in it, where there are several."),
    ]


class Command(click.Command):
    """A command whose help starts with two examples.

    Args:
        examples: Each a command line and what it does.
    """

    def __init__(self, *args: Any, examples: Sequence[tuple[str, str]] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.examples = examples

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then what click writes."""
        width = max((len(line) for line, _ in self.examples), default=0)
        for line, text in self.examples:
            formatter.write(f"  {line.ljust(width)}   {text}\n")
        formatter.write("\n")
        super().format_help(ctx, formatter)


Function = Callable[..., Any]


def command(
    name: str, *examples: tuple[str, str], definitions: bool = True, **attributes: Any
) -> Callable[[Function], Command]:
    """Make a command of a function; it takes the options of all, and where it says so those of definitions."""

    def decorate(function: Function) -> Command:
        made = click.command(
            name, cls=Command, examples=examples, context_settings={"help_option_names": ["-h", "--help"]}, **attributes
        )(function)
        made.params.extend([*(options_of_definitions() if definitions else ()), *options_of_all()])
        return made

    return decorate
