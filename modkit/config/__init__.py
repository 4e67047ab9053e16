"""Configuration: layers of sources, typed sections, every problem at once, every value with its origin."""

from modkit.config.configuration import Configuration
from modkit.config.dump import EffectiveValue, as_text, as_tree, as_yaml, effective
from modkit.config.problems import ConfigProblem, ConfigurationInvalid, Origin
from modkit.config.schema import configuration_schema

__all__ = [
    "ConfigProblem",
    "Configuration",
    "ConfigurationInvalid",
    "EffectiveValue",
    "Origin",
    "as_text",
    "as_tree",
    "as_yaml",
    "configuration_schema",
    "effective",
]
