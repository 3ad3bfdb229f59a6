"""What a command works with: the screen, the project, the home."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from lading.app.places import HOME_NAME, Place, find_definitions, find_home
from lading.cli.document import document, print_document
from lading.cli.options import Settings
from lading.cli.screen import Screen
from lading.cli.words import place as place_words
from lading.cli.words import quoted
from lading.errors import NoDefinitionsError


class Session:
    """What a command works with; each part is found when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.screen = Screen(settings.color)
        self._place: Place | None = None

    # ------------------------------------------------------------ the project

    def find_place(self) -> Place:
        """Where the definitions are.

        Raises:
            NoDefinitionsError: Nowhere.
            FileMissingError: The file that is named is not there.
        """
        if self._place is None:
            asked = self.settings
            self._place = find_definitions(asked.file, asked.module, asked.attribute, folder=asked.folder)
        return self._place

    def find_place_if_any(self) -> Place | None:
        """Where the definitions are, or None if nothing names them and none are found."""
        if self.settings.file is not None or self.settings.module is not None:
            return self.find_place()
        try:
            return self.find_place()
        except NoDefinitionsError:
            return None

    def enter(self, place: Place) -> None:
        """Make the project's root the current folder: relative paths of its definitions start there."""
        if os.getcwd() != place.root:
            os.chdir(place.root)

    def named(self) -> dict[str, str]:
        """What options named the definitions, as it can be used from any folder."""
        asked = self.settings
        given: dict[str, str] = {}
        if asked.file is not None:
            given["file"] = os.path.join(asked.folder, asked.file)
        elif asked.module is not None:
            given.update(module=asked.module, folder=asked.folder)
        if asked.attribute is not None:
            given["attribute"] = asked.attribute
        return given

    def adopt(self, given: Mapping[str, str]) -> None:
        """Go by what :meth:`named` gave to another command, unless this one names definitions itself."""
        asked = self.settings
        if given and asked.file is None and asked.module is None:
            for name, value in given.items():
                setattr(asked, name, value)
            if asked.file is not None:
                near = os.path.relpath(asked.file, asked.folder)
                asked.file = asked.file if near.startswith("..") else near
            self._place = None

    def home(self, place: Place | None = None) -> str:
        """The folder of the home."""
        return find_home(self.settings.home, place or self._place, folder=self.settings.folder)

    @property
    def root(self) -> str:
        """The folder that paths are shown from: the project's root, else the folder of the home."""
        if self._place is not None:
            return self._place.root
        home = self.home()
        return os.path.dirname(home) if os.path.basename(home) == HOME_NAME else self.settings.folder

    # ------------------------------------------------------------ commands to suggest

    def suggest(self, *words: str, definitions: bool = False) -> str:
        """A command line to paste.

        Args:
            words: The words after ``lading``.
            definitions: Whether the command needs the definitions, so that ``-f`` or ``-m`` must come along.
        """
        asked = self.settings
        extra: list[str] = []
        if definitions and asked.module is not None:
            extra = ["-m", asked.module]
        elif definitions and asked.file is not None:
            extra = ["-f", asked.file]
        if extra and asked.attribute is not None:
            extra += ["-a", asked.attribute]
        if asked.home is not None:
            extra += ["--home", asked.home]
        return " ".join(["lading", *(quoted(word) for word in (*words, *extra))])

    def shown_place(self, path: str) -> str:
        """A path as people read it."""
        return place_words(path, self.root)

    # ------------------------------------------------------------ answers

    def publish(self, ok: bool = True, **fields: Any) -> None:
        """Write the JSON document of this command."""
        print_document(self.screen.out, document(self.settings.command, ok, **fields))

    def opened(self, instance: Any) -> AbstractContextManager[Any]:
        """An instance that is closed at the end of the block, or nothing."""
        return nullcontext() if instance is None else instance
