"""The samples of the contract suite."""

from collections.abc import Callable, Mapping
from functools import partial

from hyperspot.file_parser.testing import SAMPLES, Sample


def _data(sample: Sample) -> bytes:
    return sample.data


DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    sample.name: partial(_data, sample) for sample in SAMPLES.values()
}
