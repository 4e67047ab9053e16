"""Whatever is done to a document, it ends in content or in an error of the contract, and the platform stays as it was."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import psutil
import pytest
from anyio import CapacityLimiter, fail_after
from file_parser_fuzz.campaign import Verdict, campaign, verdict
from file_parser_fuzz.growth import Growth, growth, pattern, patterns
from file_parser_fuzz.mutants import Mutant, corpus, mutant, mutants

from hyperspot.file_parser.testing import SAMPLES
from hyperspot.file_parser_builtin.infra.builtin_parser import BuiltinParser
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool

pytestmark = pytest.mark.anyio

SEED = 20260801
TURNS = 8
MEBIBYTE = 1024**2


async def test_mutants_end_as_declared_and_leave_nothing_behind(tmp_path: Path) -> None:
    documents, this = corpus(), psutil.Process()
    fine = tmp_path / "fine.md"
    fine.write_bytes(SAMPLES["text/markdown"].data)
    failures: list[str] = []
    weights: list[str] = []

    def tell(hurt: Mutant, found: Verdict) -> None:
        weights.append(found.weight)
        if found.weight == "failed":
            failures.append(f"{hurt.label} as {hurt.media_type}: {found.outcome}\n{found.report}")

    source, many = mutants(documents, SEED), TURNS * len(documents)
    children = set(this.children(recursive=True))
    async with ReaderPool(CapacityLimiter(2)) as pool:
        parser = BuiltinParser(pool)
        await campaign(parser, islice(source, len(documents)), tmp_path, tell)
        descriptors, memory = this.num_fds(), this.memory_info().rss
        with fail_after(100):
            await campaign(parser, islice(source, many - len(documents)), tmp_path, tell)
        assert (await verdict(parser, fine, "text/markdown")).outcome == "content"
        assert this.num_fds() <= descriptors
        assert this.memory_info().rss < memory + 32 * MEBIBYTE
    assert "".join(failures) == ""
    assert len(weights) == many
    assert set(this.children(recursive=True)) <= children
    assert list(tmp_path.iterdir()) == [fine]


def test_mutant_is_made_again_by_its_label() -> None:
    documents = corpus()
    first = [mutant(document, SEED, turn) for document in documents for turn in range(5)]
    assert first == [mutant(document, SEED, turn) for document in documents for turn in range(5)]
    originals = {document.data for document in documents}
    assert sum(hurt.data in originals for hurt in first) < len(first) / 10


def test_growth_is_bad_when_it_is_steep_and_can_be_felt() -> None:
    assert Growth(once_s=0.5, twice_s=1.9).is_bad
    assert not Growth(once_s=0.5, twice_s=1.1).is_bad
    assert not Growth(once_s=0.01, twice_s=0.04).is_bad


def test_growing_text_is_made_again_and_twice_as_long() -> None:
    for tried in islice(patterns(SEED), 200):
        media_type, seed, number = tried.label.rsplit(":", 2)
        assert tried == pattern(media_type, int(seed), int(number))
        once, twice = (len(tried.text(size)) for size in (10_000, 20_000))
        assert 1.8 < twice / once < 2.2


def test_growth_is_measured(tmp_path: Path) -> None:
    tried = next(patterns(SEED))
    found = growth(tried, tmp_path)
    assert found.once_s > 0
    assert found.twice_s > 0
