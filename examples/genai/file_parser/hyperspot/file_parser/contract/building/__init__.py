"""What workers make blocks with: a builder that keeps them well-formed, and a budget that every reader spends from."""

from hyperspot.file_parser.contract.building.block_builder import BlockBuilder
from hyperspot.file_parser.contract.building.budget import Budget
from hyperspot.file_parser.contract.building.inline_run import clean, one_line

__all__ = ["BlockBuilder", "Budget", "clean", "one_line"]
