"""The router finds what a naive matcher finds, whatever the order of registration."""

from __future__ import annotations

import time
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.rest.operation import InvalidOperations, Operation
from modkit.rest.router import Router
from modkit_errors import NotFound
from modkit_errors.refusals import InvalidPath, MethodNotAllowed, UpgradeRequired


def operation(path: str, method: str = "GET") -> Operation:
    return Operation(method=method, path=path, module="shop", declared_at=f"{method} {path}:1")


def router(*routes: str) -> Router[str]:
    """Route ``METHOD path`` lines to themselves."""
    return Router(
        (operation(path, method), f"{method} {path}") for method, path in map(str.split, routes)
    )


@pytest.mark.parametrize(
    ("path", "target", "values"),
    [
        pytest.param("/a", "GET /a", (), id="static"),
        pytest.param("/a/me", "GET /a/me", (), id="literal-before-parameter"),
        pytest.param("/a/you", "GET /a/{x}", ("you",), id="parameter"),
        pytest.param("/a/nil/c", "GET /a/{x}/c", ("nil",), id="literal-dead-end"),
        pytest.param("/a/me/d", "GET /a/me/{y}", ("d",), id="leftmost-literal-first"),
        pytest.param("/a/b%2Fc", "GET /a/{x}", ("b/c",), id="encoded-slash-stays-inside"),
        pytest.param("/%61", "GET /a", (), id="encoded-literal"),
        pytest.param("/a/%E2%82%AC", "GET /a/{x}", ("€",), id="utf-8"),
        pytest.param("/a/%6De", "GET /a/me", (), id="encoded-literal-before-parameter"),
        pytest.param("/a/x+y", "GET /a/{x}", ("x+y",), id="plus-is-no-space"),
        pytest.param("/", "GET /", (), id="root"),
    ],
)
def test_a_path_leads_to(path: str, target: str, values: tuple[str, ...]) -> None:
    routes = router(
        "GET /",
        "GET /a",
        "GET /a/me",
        "GET /a/{x}",
        "GET /a/{x}/c",
        "GET /a/me/{y}",
        "GET /a/nil/k",
    )
    assert routes.find("GET", path) == (target, values)
    assert routes.find("HEAD", path) == (target, values)


@pytest.mark.parametrize(
    "path", ["", "a", "/b", "/a/", "//a", "/a//c", "/a/x/y", "/a/x/c/", "/A", "/a/../a", "*"]
)
def test_a_path_leads_nowhere(path: str) -> None:
    with pytest.raises(NotFound):
        router("GET /a", "GET /a/{x}", "GET /a/{x}/c").find("GET", path)


@pytest.mark.parametrize(
    "path", ["/a/%", "/a/%2", "/a/%zz", "/a/%ff", "/a/%C3%28", "/a/%ED%A0%80", "/a/\xe4"]
)
def test_a_badly_encoded_path_is_refused(path: str) -> None:
    with pytest.raises(InvalidPath):
        router("GET /a/{x}").find("GET", path)


def test_a_wrong_method_names_the_right_ones() -> None:
    routes = router("GET /a", "POST /a", "DELETE /a/{x}", "WEBSOCKET /w", "WEBSOCKET /a")
    with pytest.raises(MethodNotAllowed) as caught:
        routes.find("PATCH", "/a")
    assert caught.value.allowed == ("GET", "HEAD", "OPTIONS", "POST")
    with pytest.raises(MethodNotAllowed) as caught:
        routes.find("HEAD", "/a/1")
    assert caught.value.allowed == ("DELETE", "OPTIONS")
    assert routes.methods("/a/1") == ("DELETE", "OPTIONS")
    assert routes.find("WEBSOCKET", "/w") == ("WEBSOCKET /w", ())
    with pytest.raises(UpgradeRequired):
        routes.find("GET", "/w")
    with pytest.raises(NotFound):
        routes.find("POST", "/w")
    with pytest.raises(NotFound):
        routes.methods("/w")
    with pytest.raises(NotFound):
        routes.find("WEBSOCKET", "/a/1")


def test_the_path_picks_the_template_before_the_method() -> None:
    with pytest.raises(MethodNotAllowed) as caught:
        router("GET /a/me", "DELETE /a/{x}").find("DELETE", "/a/me")
    assert caught.value.allowed == ("GET", "HEAD", "OPTIONS")


@pytest.mark.parametrize(
    "routes", [("GET /a", "GET /a"), ("GET /a/{x}", "POST /a/{y}")], ids=["same", "other-names"]
)
def test_conflicting_templates_are_refused_with_both_places(routes: tuple[str, ...]) -> None:
    with pytest.raises(InvalidOperations) as caught:
        router(*routes)
    assert all(f"{route}:1" in str(caught.value) for route in routes)


segments = st.sampled_from(["a", "b", "c", "{x}"])
templates = st.lists(segments, min_size=1, max_size=5).map(lambda parts: "/" + "/".join(parts))
values = st.one_of(
    st.sampled_from(["a", "b", "c"]),
    st.text(min_size=1, max_size=4).filter(lambda text: text.isprintable()),
)
paths = st.lists(values, min_size=1, max_size=6)


def naive(routes: set[str], path: list[str]) -> tuple[str, tuple[str, ...]] | None:
    """Try every template; prefer the one whose first literal is furthest left."""
    fits = []
    for route in routes:
        parts = route[1:].split("/")
        if len(parts) == len(path) and all(
            part in ("{x}", value) for part, value in zip(parts, path, strict=True)
        ):
            fits.append(([part == "{x}" for part in parts], route))
    if not fits:
        return None
    shape, route = min(fits)
    return route, tuple(
        value for value, is_parameter in zip(path, shape, strict=True) if is_parameter
    )


@given(
    routes=st.sets(templates, max_size=12), path=paths, shuffled=st.randoms(use_true_random=False)
)
def test_the_router_equals_a_naive_matcher_in_any_order(
    routes: set[str], path: list[str], shuffled: object
) -> None:
    ordered = sorted(routes)
    shuffled.shuffle(ordered)  # type: ignore[attr-defined] # a random.Random of hypothesis
    built: Router[str] = Router((operation(route), route) for route in ordered)
    text = "/" + "/".join(quote(segment, safe="") for segment in path)
    expected = naive(routes, path)
    if expected is None:
        with pytest.raises(NotFound):
            built.find("GET", text)
    else:
        assert built.find("GET", text) == expected


@given(
    path=st.text(alphabet=st.characters(max_codepoint=0x200), max_size=30)
    | st.lists(st.sampled_from(["a", "b", "", "%2F", "%zz", "%C3", "\xe4"]), max_size=4).map(
        "/".join
    )
)
def test_any_text_is_found_or_refused(path: str) -> None:
    routes = {"/a", "/a/{x}", "/{x}/{x}/{x}"}
    built: Router[str] = Router((operation(route), route) for route in routes)
    expected = naive(routes, [unquote(segment) for segment in path.split("/")])
    if expected is not None and not all(expected[1]):
        expected = None  # a parameter is never empty
    try:
        assert built.find("GET", "/" + path) == expected
    except NotFound:
        assert expected is None
    except InvalidPath:
        assert not path.isascii() or "%" in path


def test_a_path_of_many_ambiguous_segments_is_found_at_once() -> None:
    depth = 16
    routes = [
        "GET /" + "/".join(["a"] * cut + ["{x}"] * (depth - cut)) + "/end"
        for cut in range(depth + 1)
    ]
    renamed = [_number(route) for route in routes]
    built = router(*renamed)
    started = time.process_time()
    with pytest.raises(NotFound):
        built.find("GET", "/a" * 100_000)
    assert (
        time.process_time() - started < 2
    )  # a search that goes back would take 2 ** 16 steps a segment


def _number(route: str) -> str:
    parts = route.split("/")
    return "/".join(f"{{p{index}}}" if part == "{x}" else part for index, part in enumerate(parts))
