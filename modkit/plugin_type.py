"""The type of plugins in the global type system: what a worker says about itself, as a document that is checked."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from attrs import frozen
from msgspec import Meta

from modkit.client_handle import HubError
from modkit.codec.decode import decoder
from modkit.codec.encode import encoder
from modkit.gts.faults import InvalidGtsId
from modkit.gts.identifier import GtsInstanceId, is_gts_id
from modkit.gts.typed import gts_type, type_id_of
from modkit.gts.typed_instances import gts_instance
from modkit.module import contract_name
from modkit.plugins import Plugin
from modkit_errors import Invalid

_encode: Final = encoder(dict[str, Any])


@gts_type("gts.x.core.modkit.plugin.v1~")
@frozen(kw_only=True)
class BaseModkitPluginV1:
    """A worker behind a gateway, as it describes itself.

    The gateway derives a class, which says in a class of its own what `properties` its workers have, and names it as
    ``plugin_type`` of its contract.

    Attributes:
        id: Unique among all workers; begins with the type of the plugin.
        vendor: Who wrote it.
        priority: Among several that fit, the lowest is chosen first.
        properties: What the gateway chooses by.
    """

    id: GtsInstanceId
    vendor: Annotated[str, Meta(min_length=1)]
    priority: Annotated[int, Meta(ge=0, le=1000)] = 100
    properties: Annotated[Any, Meta(extra_json_schema={"type": "object"})]


def plugin_document(kind: type[Any], plugin: Plugin, *, module: str) -> dict[str, Any]:
    """Return what *plugin* says about itself as a document of the type *kind*.

    A short id becomes ``vendor.module._.id.v1`` after the type.

    Args:
        kind: A class declared with ``gts_type``, such as `BaseModkitPluginV1`.
        plugin: The description.
        module: Name of the module that brings the worker.

    Raises:
        InvalidGtsId: The id is neither an instance of *kind* nor a short one of a-z, 0-9 and _.
        TypeError: A property has no form in JSON.

    Example:
        >>> plugin_document(BaseModkitPluginV1, Plugin(id="csv", vendor="acme"), module="export")["id"]
        'gts.x.core.modkit.plugin.v1~acme.export._.csv.v1'
    """
    document: dict[str, Any] = msgspec.json.decode(
        _encode(
            {
                "id": _instance_id(kind, plugin, module),
                "vendor": plugin.vendor,
                "priority": plugin.priority,
                "properties": plugin.properties,
            }
        )
    )
    return document


def check_plugin(contract: Any, kind: type[Any], plugin: Plugin, *, module: str) -> None:
    """Make sure that what *plugin* says about itself fits *kind*, the type of the plugins of *contract*.

    Raises:
        HubError: It does not; the message names the properties and what they should be.
    """
    who = f"{module} provides worker {plugin.id!r} of {contract_name(contract)}"
    try:
        decoder(kind)(_encode(plugin_document(kind, plugin, module=module)))
    except (InvalidGtsId, TypeError) as error:
        raise HubError(f"{who}, which cannot be described: {error}") from error
    except Invalid as error:
        faults = "; ".join(f"{one.field.removeprefix('$.')} {one.message}" for one in error.errors)
        raise HubError(f"{who}, which is no {type_id_of(kind)}: {faults}") from error


def _instance_id(kind: type[Any], plugin: Plugin, module: str) -> GtsInstanceId:
    if not is_gts_id(plugin.id):
        return gts_instance(kind, f"{plugin.vendor}.{module}._.{plugin.id}.v1")
    type_id = type_id_of(kind)
    found = GtsInstanceId(plugin.id)
    if found.parent != type_id:
        raise InvalidGtsId(plugin.id, f"it is no instance of {type_id}")
    return found
