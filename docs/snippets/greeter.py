"""The smallest platform with a REST API: one module, the HTTP server, and a command that runs both."""

from attrs import frozen

from hyperspot.api_ingress import ApiIngressModule
from modkit import module
from modkit.application import Application
from modkit.cli import command_line
from modkit.discovery import specs_of
from modkit.rest import RestCapability, Routes


# region module
@frozen(kw_only=True)
class Greeting:
    text: str


@module(name="greeter")
class GreeterModule(RestCapability):
    def routes(self, routes: Routes) -> None:
        (
            routes.get("/greeter/v1/greetings/{name}")
            .operation_id("greeter.get_greeting")
            .summary("Greet somebody by name")
            .public()
            .returns(Greeting)
            .handler(self.greet)
        )

    async def greet(self, name: str) -> Greeting:
        return Greeting(text=f"Hello, {name}!")


# endregion
PLATFORM = Application(
    name="greeter",
    summary="Greets, over HTTP.",
    version="1.0.0",
    env_prefix="GREETER_",
    defaults={
        "server": {"home_dir": "~/.greeter"},
        "modules": {"api_ingress": {"config": {"auth_disabled": True}}},
    },
    modules=lambda: specs_of([GreeterModule, ApiIngressModule]),
)

if __name__ == "__main__":
    command_line(PLATFORM)()
