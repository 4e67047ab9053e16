"""Files of the server: those of one folder are read, and no path, link, race or kind of file leads anywhere else."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest
from anyio import fail_after
from hypothesis import given
from hypothesis import strategies as st

from hyperspot.file_parser import FileParserModule
from hyperspot.file_parser.contract import FileParserClient, LocalFile, LocalPathSource
from hyperspot.file_parser.contract.errors import (
    EmptyFile,
    FileTooLarge,
    LocalFileNotFound,
    LocalFilesClosed,
    NotARegularFile,
    PathNotAllowed,
)
from hyperspot.file_parser.infra.beneath import LeadsOutside, open_beneath
from hyperspot.file_parser.infra.local_folder import LocalFolder
from hyperspot.file_parser.testing import FakeParser
from modkit.security import SecurityContext
from modkit.startup_error import StartupError
from modkit.testing import ModuleHarness, security_context
from modkit_errors import PlatformError

CALLER = security_context()
SECRET = "what nobody may read"


@pytest.fixture(name="outside")
def outside_fixture(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text(SECRET)
    return tmp_path / "outside"


@pytest.fixture(name="base")
def base_fixture(tmp_path: Path) -> Path:
    base = tmp_path / "base"
    (base / "deep").mkdir(parents=True)
    (base / "a.txt").write_text("alpha")
    (base / "deep" / "b.txt").write_text("beta")
    return base


@pytest.fixture(name="harness")
async def harness_fixture(base: Path, tmp_path: Path) -> AsyncIterator[ModuleHarness]:
    (tmp_path / "spool").mkdir()
    config = {
        "allowed_local_base_dir": str(base),
        "spool_dir": str(tmp_path / "spool"),
        "max_file_size_mb": 1,
    }
    async with ModuleHarness(FileParserModule, fakes=[FakeParser()], config=config) as harness:
        yield harness


@pytest.fixture(name="client")
def client_fixture(harness: ModuleHarness) -> FileParserClient:
    return harness.hub.get(FileParserClient)


async def parsed(client: FileParserClient, path: str) -> str:
    with fail_after(10):
        result = await client.parse(CALLER, LocalFile(path=path), render_markdown=True)
    assert result.document.meta.source == LocalPathSource(path=path)
    assert result.document.meta.original_filename == Path(path).name
    return (result.markdown or "").rstrip("\n")


async def refusal(client: FileParserClient, path: str) -> PlatformError:
    with fail_after(10), pytest.raises(PlatformError) as caught:
        await client.parse(CALLER, LocalFile(path=path))
    assert SECRET not in str(caught.value)
    return caught.value


@pytest.mark.anyio
async def test_tenants_have_folders_of_their_own(base: Path, outside: Path) -> None:
    acme, globex, initech = (
        security_context(tenant=name) for name in ("acme", "globex", "initech")
    )
    config = {
        "allowed_local_base_dir": str(base),
        "tenants": {
            str(globex.subject_tenant_id): {"allowed_local_base_dir": str(outside)},
            str(initech.subject_tenant_id): {"allowed_local_base_dir": ""},
        },
    }
    async with ModuleHarness(FileParserModule, fakes=[FakeParser()], config=config) as harness:
        client = harness.hub.get(FileParserClient)

        async def text(caller: SecurityContext, path: Path) -> str | None:
            document = LocalFile(path=str(path))
            return (await client.parse(caller, document, render_markdown=True)).markdown

        assert await text(acme, base / "a.txt") == "alpha\n"
        assert await text(globex, outside / "secret.txt") == f"{SECRET}\n"
        for caller, path, error in (
            (acme, outside / "secret.txt", PathNotAllowed),
            (globex, base / "a.txt", PathNotAllowed),
            (initech, base / "a.txt", LocalFilesClosed),
        ):
            with pytest.raises(error):
                await text(caller, path)


@pytest.mark.anyio
async def test_folder_of_a_tenant_must_be_there(base: Path) -> None:
    tenant = {str(CALLER.subject_tenant_id): {"allowed_local_base_dir": str(base / "absent")}}
    with pytest.raises(StartupError, match=r"absent. is not a folder"):
        async with ModuleHarness(FileParserModule, config={"tenants": tenant}):
            pass


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.txt", "alpha", id="relative"),
        pytest.param("./deep//./b.txt", "beta", id="dots-and-slashes"),
        pytest.param("{base}/deep/b.txt", "beta", id="absolute"),
    ],
)
async def test_files_of_the_folder_are_parsed(
    client: FileParserClient, base: Path, path: str, text: str
) -> None:
    assert await parsed(client, path.format(base=base)) == text


@pytest.mark.anyio
@pytest.mark.parametrize(
    "path",
    [
        "../outside/secret.txt",
        "deep/../a.txt",
        "{base}/../outside/secret.txt",
        "{outside}/secret.txt",
        "{base}x/secret.txt",
        "/dev/zero",
        "//etc/passwd",
        "a.txt\0",
        "a\ud800.txt",
        "/",
    ],
)
async def test_paths_that_leave_the_folder_are_refused_by_their_text(
    client: FileParserClient, base: Path, outside: Path, path: str
) -> None:
    path = path.format(base=base, outside=outside)
    base.rename(base.with_name("moved"))  # so what is refused was refused without a look at it
    assert isinstance(await refusal(client, path), PathNotAllowed)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("target", "text"),
    [
        pytest.param("deep/b.txt", "beta", id="inside"),
        pytest.param("deep/../a.txt", "alpha", id="up-and-down-inside"),
        pytest.param("{base}/deep/b.txt", "beta", id="absolute-inside"),
        pytest.param("{base}/deep/../a.txt", "alpha", id="absolute-up-inside"),
    ],
)
async def test_links_inside_the_folder_are_followed(
    client: FileParserClient, base: Path, target: str, text: str
) -> None:
    (base / "link.txt").symlink_to(target.format(base=base))
    assert await parsed(client, "link.txt") == text


@pytest.mark.anyio
@pytest.mark.parametrize(
    "target",
    [
        "../outside/secret.txt",
        "deep/../../outside/secret.txt",
        "{outside}/secret.txt",
        "{base}/../outside/secret.txt",
        "/dev/zero",
        "/proc/self/environ",
        "link.txt",
        "/outside/none",
    ],
)
async def test_links_that_lead_outside_are_refused(
    client: FileParserClient, base: Path, outside: Path, target: str
) -> None:
    (base / "link.txt").symlink_to(target.format(base=base, outside=outside))
    assert isinstance(await refusal(client, "link.txt"), PathNotAllowed)


@pytest.mark.anyio
async def test_folder_link_that_leads_outside_is_refused(
    client: FileParserClient, base: Path, outside: Path
) -> None:
    (base / "door").symlink_to(outside)
    assert isinstance(await refusal(client, "door/secret.txt"), PathNotAllowed)
    assert isinstance(await refusal(client, "door/no-such-file"), PathNotAllowed)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "error"),
    [
        pytest.param("none.txt", LocalFileNotFound, id="missing"),
        pytest.param("none/a.txt", LocalFileNotFound, id="missing-folder"),
        pytest.param("a.txt/b", LocalFileNotFound, id="file-as-folder"),
        pytest.param("x" * 300, LocalFileNotFound, id="name-too-long"),
        pytest.param("x/" * 3000, LocalFileNotFound, id="path-too-long"),
        pytest.param("deep", NotARegularFile, id="folder"),
        pytest.param("", NotARegularFile, id="the-folder-itself"),
        pytest.param(".", NotARegularFile, id="dot"),
        pytest.param("pipe", NotARegularFile, id="pipe"),
        pytest.param("pipe/x", LocalFileNotFound, id="pipe-as-folder"),
        pytest.param("socket", NotARegularFile, id="socket"),
        pytest.param("empty.txt", EmptyFile, id="empty"),
        pytest.param("large.txt", FileTooLarge, id="too-large"),
    ],
)
async def test_what_is_no_file_to_parse_is_refused(
    client: FileParserClient, base: Path, path: str, error: type[PlatformError]
) -> None:
    os.mkfifo(base / "pipe")
    (base / "empty.txt").touch()
    (base / "large.txt").write_bytes(b"x" * (1024**2 + 1))
    with bound_socket(base):
        assert isinstance(await refusal(client, path), error)


@contextmanager
def bound_socket(folder: Path) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as listening:
        with chdir(folder):  # the path of a socket must be short
            listening.bind("socket")
        yield


@pytest.mark.anyio
async def test_without_a_folder_every_path_is_refused_and_the_setting_is_named() -> None:
    async with ModuleHarness(FileParserModule) as harness:
        error = await refusal(harness.hub.get(FileParserClient), "/etc/passwd")
    assert isinstance(error, LocalFilesClosed)
    assert "allowed_local_base_dir" in str(error)


@pytest.mark.anyio
async def test_over_http(harness: ModuleHarness) -> None:
    client = harness.client(CALLER)
    answer = await client.post("/file-parser/v1/parse-local", json={"file_path": "a.txt"})
    assert answer.status_code == 200
    assert answer.json()["document"]["meta"]["source"] == {"type": "local_path", "path": "a.txt"}
    streamed = await client.post(
        "/file-parser/v1/parse-local/markdown", json={"file_path": "deep/b.txt"}
    )
    assert (streamed.status_code, streamed.text) == (200, "beta\n")
    for path, status in (("../a.txt", 403), ("none.txt", 404), ("deep", 400), ("", 422)):
        refused = await client.post("/file-parser/v1/parse-local", json={"file_path": path})
        assert refused.status_code == status
    text = await client.post(
        "/file-parser/v1/parse-local", content=b"a.txt", headers={"content-type": "text/plain"}
    )
    assert text.status_code == 415


class Swap:
    """Does something the moment before the system opens a name for the first time; hooks of Python stay for good."""

    def __init__(self, name: str, act: Callable[[], None]) -> None:
        self._name = name
        self._act = act
        self.is_done = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[object, ...]) -> None:
        if event == "open" and args[0] == self._name and not self.is_done:
            self.is_done = True
            self._act()


@pytest.mark.parametrize(
    ("swapped", "target", "names"),
    [
        pytest.param("raced-folder", "outside", ("raced-folder", "secret.txt"), id="folder"),
        pytest.param("raced-file", "outside/secret.txt", ("raced-file",), id="file"),
    ],
)
def test_a_link_put_in_place_between_check_and_opening_is_not_followed(
    base: Path, outside: Path, swapped: str, target: str, names: tuple[str, ...]
) -> None:
    place = base / swapped
    if len(names) > 1:
        place.mkdir()
    else:
        place.write_text("harmless")

    def put_link() -> None:
        place.rename(base / "aside")
        place.symlink_to(outside.parent / target)

    swap = Swap(swapped, put_link)
    with pytest.raises(OSError, match=r"symbolic|directory"):
        open_beneath(base, names)
    assert swap.is_done


def test_a_pipe_put_in_place_between_check_and_opening_does_not_block(base: Path) -> None:
    place = base / "raced-pipe"
    place.write_text("harmless")

    def put_pipe() -> None:
        place.unlink()
        os.mkfifo(place)

    swap = Swap("raced-pipe", put_pipe)
    with pytest.raises(NotARegularFile):
        LocalFolder(base).opened("raced-pipe")
    assert swap.is_done


def open_files() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def test_a_refused_walk_leaves_no_file_open(base: Path, outside: Path) -> None:
    (base / "deep" / "door").symlink_to(outside)
    before = open_files()
    for names in (("deep", "door", "x"), ("deep", "none"), ("deep",)):
        with pytest.raises((LeadsOutside, OSError)):
            open_beneath(base, names)
    assert open_files() == before


@given(
    names=st.lists(
        st.sampled_from(["a", "b", "..", "up", "out", "loop", "f"]), min_size=1, max_size=6
    )
)
def test_whatever_the_names_the_file_is_inside(
    names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.mktemp("tree") / "base"
    (base / "a" / "b").mkdir(parents=True)
    for folder in (base.parent, base, base / "a", base / "a" / "b"):
        (folder / "f").write_bytes(b"inside" if folder != base.parent else b"outside")
        (folder / "up").symlink_to("..")
        (folder / "out").symlink_to(base.parent)
        (folder / "loop").symlink_to("loop")
    try:
        file = open_beneath(base, names)
    except (LeadsOutside, OSError):
        return
    with os.fdopen(file, "rb") as opened:
        assert opened.read() == b"inside"
