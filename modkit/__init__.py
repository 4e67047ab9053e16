"""ModKit: a framework for modular, multi-tenant platforms.

Start at `module`, which declares a module, and `ModuleContext`, which it receives. Heavier parts are imported by
name: ``modkit.rest``, ``modkit.config``, ``modkit.testing``, ``modkit.cli``.
"""

from msgspec import UNSET, Meta, UnsetType

from modkit.capability import Capability, CapabilityHandler
from modkit.client_handle import HubError
from modkit.client_hub import ClientHub, ModuleHub
from modkit.context import ModuleContext, Resources, UnknownResource
from modkit.lifecycle.hooks import (
    background,
    health_check,
    on_ready,
    on_start,
    on_stop,
    periodic,
)
from modkit.lifecycle.ready_signal import ReadySignal
from modkit.module import ModuleSpec, NoConfig, module
from modkit.plugins import Plugin, PluginContract, PluginEntry, Plugins, PluginScope
from modkit.secret import Secret
from modkit.security import AccessScope, Predicate, SecurityContext
from modkit.startup_error import Phase, StartupError

__all__ = [
    "AccessScope",
    "Capability",
    "CapabilityHandler",
    "ClientHub",
    "HubError",
    "Meta",
    "ModuleContext",
    "ModuleHub",
    "ModuleSpec",
    "NoConfig",
    "Phase",
    "Plugin",
    "PluginContract",
    "PluginEntry",
    "PluginScope",
    "Plugins",
    "Predicate",
    "ReadySignal",
    "Resources",
    "Secret",
    "SecurityContext",
    "StartupError",
    "UNSET",
    "UnknownResource",
    "UnsetType",
    "background",
    "health_check",
    "module",
    "on_ready",
    "on_start",
    "on_stop",
    "periodic",
]
