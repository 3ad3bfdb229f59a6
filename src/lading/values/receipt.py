"""What one write left behind."""

from __future__ import annotations

from lading.values.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    """To whom a stored object belongs: an asset (and partition), or one output of one step of one run.

    Run, step and output are also kept for assets, where they say who wrote the object last; they do not take part in
    the question whose it is.
    """

    asset: tuple[str, ...] = ()
    partition: str | None = None
    run_id: str = ""
    step: str = ""
    output: str = ""
    mapping_key: str | None = None

    @property
    def identity(self) -> tuple[object, ...]:
        """What two owners must share to be the same."""
        if self.asset:
            return (self.asset, self.partition)
        return (self.run_id, self.step, self.output, self.mapping_key)

    def __str__(self) -> str:
        if self.asset:
            name = "asset " + "/".join(self.asset)
            return name if self.partition is None else f"{name}, partition {self.partition}"
        if not self.step:
            return f"output {self.output}" if self.output else "nobody"
        mapping = "" if self.mapping_key is None else f"[{self.mapping_key}]"
        return f"output {self.output}{mapping} of step {self.step} in run {self.run_id}"


NOBODY = Owner()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one write left behind, or what one read found.

    ``digest`` is ``blake3:<hex>`` of the stored bytes and the version of the value. ``foreign`` marks an object
    without a record: it was loaded as it lies and counts as unverified.
    """

    url: str
    bytes: int
    digest: str
    format: str
    codec: str = "none"
    type: str = ""
    owner: Owner = NOBODY
    seconds: float = 0.0
    stored_at: float = 0.0
    foreign: bool = False

    @property
    def version(self) -> str:
        """The version of the value, short: the first 16 digits of its digest; empty where none was taken."""
        return self.digest.partition(":")[2][:16]
