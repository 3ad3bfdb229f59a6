"""Arrays as ``.npy``, without pickles inside."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, BinaryIO

from lading.abc.format import Facts, Want
from lading.abc.store import Source
from lading.errors import CannotLoadError, CannotStoreError, ExtraMissingError
from lading.storage.types import library_name, type_name

_HEADER = 1 << 20  # of a table with very many fields


class NumpyFormat:
    """One array; scalars as arrays without dimensions."""

    name = "npy"
    suffix = ".npy"

    def accepts(self, kind: type) -> bool:
        names = [library_name(base) for base in kind.__mro__]
        return names[0] == "numpy.ndarray" or "numpy.generic" in names

    def dump(self, value: object, sink: BinaryIO) -> Facts:
        numpy = _numpy()
        if isinstance(value, numpy.ndarray) and type(value) not in {numpy.ndarray, numpy.memmap}:
            # A mask, units or field names would be lost.
            raise CannotStoreError(
                f"an array of type {type_name(type(value))} cannot be written as .npy",
                fix="return numpy.asarray(…) of it, or set allow_pickle=True",
            )
        array = numpy.asarray(value)
        if array.dtype.hasobject:
            raise CannotStoreError(
                "an array of objects cannot be written as .npy",
                fix="give the array a plain dtype, or set allow_pickle=True",
            )
        header = numpy.lib.format.header_data_from_array_1_0(array)
        try:
            numpy.lib.format.write_array_header_1_0(sink, header)
        except ValueError:  # a header longer than the first version allows
            numpy.lib.format.write_array_header_2_0(sink, header)
        if array.nbytes:
            laid_out = array.T if header["fortran_order"] else numpy.ascontiguousarray(array)
            # The array's own memory: no second copy.
            sink.write(laid_out.reshape(-1).view(numpy.uint8).data)
        return Facts(rows=array.shape[0] if array.ndim else None, shape=array.shape, schema=(("", str(array.dtype)),))

    def load(self, sources: Sequence[Source], want: Want) -> object:
        (source,) = sources
        numpy = _numpy()
        try:
            if want.lazy and source.path is not None:
                return numpy.load(source.path, mmap_mode="r", allow_pickle=False)
            with source.open() as reader:
                array = numpy.lib.format.read_array(reader, allow_pickle=False, max_header_size=_HEADER)
        except ValueError as error:
            raise CannotLoadError(f"this is no plain array: {error}") from error
        return array if array.ndim or want.stored == "numpy.ndarray" else array[()]


def _numpy() -> Any:
    try:
        numpy = import_module("numpy")
        import_module("numpy.lib.format")
    except ImportError as error:
        raise ExtraMissingError("arrays need numpy, which is not installed", fix="pip install numpy") from error
    return numpy


NUMPY = NumpyFormat()
