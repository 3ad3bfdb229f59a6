"""Small facts in memory."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

from lading.abc.history import Registry


class MemoryRegistry(Registry):
    """Small facts, for as long as the process lives."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._facts: dict[str, dict[str, Any]] = {}
        self._partitions: dict[str, dict[str, None]] = {}

    def get(self, kind: str, name: str) -> Any:
        return self._facts.get(kind, {}).get(name)

    def put(self, kind: str, name: str, fact: Any) -> None:
        with self._lock:
            self._put(kind, name, fact)

    def compare_and_set(self, kind: str, name: str, old: Any, new: Any) -> bool:
        with self._lock:
            if self.get(kind, name) != old:
                return False
            self._put(kind, name, new)
            return True

    def _put(self, kind: str, name: str, fact: Any) -> None:
        facts = self._facts.setdefault(kind, {})
        if fact is None:
            facts.pop(name, None)
        else:
            facts[name] = fact

    def list(self, kind: str) -> dict[str, Any]:
        with self._lock:
            return dict(sorted(self._facts.get(kind, {}).items()))

    def add_dynamic_partitions(self, name: str, keys: Sequence[str]) -> None:
        with self._lock:
            self._partitions.setdefault(name, {}).update(dict.fromkeys(keys))

    def get_dynamic_partitions(self, name: str, /) -> Sequence[str]:
        with self._lock:
            return list(self._partitions.get(name, ()))

    def has_dynamic_partition(self, name: str, key: str, /) -> bool:
        return key in self._partitions.get(name, {})

    def delete_dynamic_partition(self, name: str, key: str) -> None:
        with self._lock:
            self._partitions.get(name, {}).pop(key, None)
