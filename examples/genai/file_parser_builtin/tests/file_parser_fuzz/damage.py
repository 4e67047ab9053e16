"""What befalls bytes: flips, cuts, copies, extreme numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Final, TypeAlias

Change: TypeAlias = Callable[[bytearray, Random], None]

_WORDS: Final = (1, 2, 4, 8)
_DIGITS: Final = re.compile(rb"\d+")
_NUMBERS: Final = (
    *(b"0", b"-1", b"1e999", b"NaN", b"2147483647", b"2147483648", b"4294967295"),
    *(b"9223372036854775808", b"9" * 400),
)
_MARKUP: Final = re.compile(rb"<[^<>]{0,200}>")


def damaged(data: bytes, random: Random) -> bytes:
    """Return *data* after one to eight changes; most mutants are hurt little, so that readers go deep into them."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        if changed:
            random.choice(_CHANGES)(changed, random)
    return bytes(changed)


def _flip_a_bit(data: bytearray, random: Random) -> None:
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _set_bytes(data: bytearray, random: Random) -> None:
    start, end = _block(data, random, longest=16)
    data[start:end] = random.randbytes(end - start)


def _cut_short(data: bytearray, random: Random) -> None:
    del data[random.randrange(len(data)) :]


def _remove(data: bytearray, random: Random) -> None:
    start, end = _block(data, random, longest=len(data))
    del data[start:end]


def _repeat(data: bytearray, random: Random) -> None:
    start, end = _block(data, random, longest=512)
    data[start:start] = data[start:end] * random.choice((1, 2, 200))


def _move(data: bytearray, random: Random) -> None:
    start, end = _block(data, random, longest=512)
    block = data[start:end]
    del data[start:end]
    at = random.randint(0, len(data))
    data[at:at] = block


def _make_extreme(data: bytearray, random: Random) -> None:
    """Put a number of extreme size where a binary format may keep a length, a count or an offset."""
    size = random.choice(_WORDS)
    top = 1 << (8 * size - 1)
    value = random.choice((0, 1, top - 1, top, 2 * top - 1, len(data) % (2 * top)))
    start = random.randrange(len(data))
    data[start : start + size] = value.to_bytes(size, random.choice(("little", "big")))


def _write_extreme(data: bytearray, random: Random) -> None:
    """The same where a text format keeps one."""
    if found := _pick(_DIGITS, data, random):
        data[found.start() : found.end()] = random.choice(_NUMBERS)


def _unbalance(data: bytearray, random: Random) -> None:
    """Drop a tag, say it often, or put it elsewhere."""
    if found := _pick(_MARKUP, data, random):
        tag = found.group()
        start = found.start()
        data[start : found.end()] = random.choice((b"", tag * 2, tag * 1000))
        at = random.randint(0, len(data))
        data[at:at] = random.choice((b"", tag))


_CHANGES: Final[Sequence[Change]] = (
    _flip_a_bit,
    _set_bytes,
    _cut_short,
    _remove,
    _repeat,
    _move,
    _make_extreme,
    _write_extreme,
    _unbalance,
)


def _block(data: bytearray, random: Random, longest: int) -> tuple[int, int]:
    start = random.randrange(len(data))
    return start, min(len(data), start + random.randint(1, longest))


def _pick(pattern: re.Pattern[bytes], data: bytearray, random: Random) -> re.Match[bytes] | None:
    """Return the first match after a random place, or the first of all."""
    return pattern.search(data, random.randrange(len(data))) or pattern.search(data)
