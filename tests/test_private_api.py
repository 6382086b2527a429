"""What is used of the inside of other packages: in one module each, and still there.

A new version of Scrapy or Twisted that lacks something fails here first, with what it was and what
it was for. The tests import nothing of ours at the top, since that would fail with less to say.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

PACKAGE = Path(__file__).parents[1] / "crawler"
HANDLER = "scrapy.core.downloader.handlers.http11"
CLIENT = "twisted.web._newclient"
# Whose inside each module may use. What lxml calls `_Element` is its documented name for it.
MAY_USE = {
    "crawler.downloader.scrapy_internals": "scrapy",
    "crawler.downloader.http11": "twisted",
    "crawler.discovery.xml_feed": "feedparser",
}
# module, what is needed of it (its code, or its parameters), and what for
NEEDED = [
    (HANDLER, "_LenientHTTPClientParser", "", "header lines without a colon"),
    (HANDLER, "_LenientHTTP11ClientProtocol", "", "certificate and address of a response"),
    (HANDLER, "_LenientHTTP11ClientFactory", "", "the factory of its connections"),
    (HANDLER, "HTTP11DownloadHandler", "self._pool._factory = ", "bounds of an answer"),
    (HANDLER, "HTTP11DownloadHandler", "self._default_maxsize", "DOWNLOAD_MAXSIZE"),
    (
        "scrapy.core.downloader",
        "Downloader._get_slot",
        "(self, request, spider)",
        "the pace of a site, where its slot is made",
    ),
    (
        "scrapy.core.downloader",
        "Downloader._process_queue",
        "(self, slot)",
        "the pace of a site, before each request",
    ),
    ("scrapy.core.downloader", "Downloader", "self._get_slot(request)", "that it is called"),
    ("scrapy.core.downloader", "Downloader", "self._process_queue(slot)", "that it is called"),
    ("scrapy.core.engine", "ExecutionEngine", "self._slot: ", "requests in progress"),
    ("scrapy.core.engine", "_Slot", "self.inprogress: ", "requests in progress"),
    ("scrapy.core.engine", "_Slot", "self.nextcall: ", "to ask the scheduler again"),
    ("scrapy.core.engine", "_Slot", "self.closing: ", "not to ask it at the end"),
    (
        "scrapy.downloadermiddlewares.redirect",
        "MetaRefreshMiddleware",
        "self._maxdelay: ",
        "METAREFRESH_MAXDELAY",
    ),
    (
        "scrapy.downloadermiddlewares.redirect",
        "MetaRefreshMiddleware._redirect_request_using_get",
        "(self, request, response, redirect_url)",
        "redirects of pages",
    ),
    (
        "scrapy.downloadermiddlewares.redirect",
        "MetaRefreshMiddleware._redirect",
        "(self, redirected, request, reason)",
        "redirects of pages",
    ),
    ("scrapy.crawler", "AsyncCrawlerProcess._signal_shutdown", "(self, signum, _)", "Ctrl-C"),
    ("scrapy.crawler", "AsyncCrawlerProcess", "self._signal_shutdown", "Ctrl-C"),
    (CLIENT, "HEADER", "", "states of the parser"),
    (CLIENT, "STATUS", "", "states of the parser"),
    (CLIENT, "ParseError", "", "refusal of a status line"),
    (CLIENT, "RequestNotSent", "", "a state of a source"),
    (CLIENT, "Request", "", "types"),
    (CLIENT, "HTTPParser", "self._partialHeader", "lines that continue nothing"),
    (CLIENT, "HTTPClientParser", "_transferDecoders", "a lenient decoder of chunks"),
    (CLIENT, "HTTP11ClientProtocol", "self._parser = HTTPClientParser(", "a parser of one's own"),
    (CLIENT, "HTTP11ClientProtocol", "self._state = ", "connections that are being closed"),
    (CLIENT, "HTTP11ClientProtocol._disconnectParser", "(self, reason)", "bounds of an answer"),
    ("twisted.web.http", "_DataLoss", "", "chunks that break off"),
    ("twisted.web.client", "_HTTP11ClientFactory", "self._quiescentCallback", "connections"),
]


def code_of(what: Any) -> str:
    """Return the code of a class and of those it is made from in the same package, or of a name."""
    if not inspect.isclass(what):
        return repr(what)
    top = what.__module__.partition(".")[0]
    bases = [base for base in what.__mro__ if base.__module__.partition(".")[0] == top]
    return "\n".join(inspect.getsource(base) for base in bases)


def names_of_parameters(what: Any) -> str:
    return f"({', '.join(inspect.signature(what).parameters)})"


@pytest.mark.parametrize(
    ("module", "name", "needed", "purpose"), NEEDED, ids=[f"{row[1]}-{row[2]}" for row in NEEDED]
)
def test_what_is_needed_of_another_packages_inside_is_there(
    module: str, name: str, needed: str, purpose: str
) -> None:
    package = module.partition(".")[0]
    told = f"{package} {version(package)}: {module}.{name} {{}} (needed for: {purpose})"
    try:
        what: Any = importlib.import_module(module)
        for part in name.split("."):
            what = getattr(what, part)
    except (ImportError, AttributeError):
        pytest.fail(told.format("is not there any more"), pytrace=False)
    if needed.startswith("("):
        found = names_of_parameters(what)
        if found != needed:
            pytest.fail(told.format(f"takes {found} and no longer {needed}"), pytrace=False)
    elif needed not in code_of(what):
        pytest.fail(told.format(f"has no {needed!r} any more"), pytrace=False)


def modules() -> list[tuple[str, ast.Module]]:
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
        found.append((name.removesuffix(".__init__"), ast.parse(file.read_text("utf-8"))))
    return found


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def imported(tree: ast.AST) -> list[str]:
    """Return what a module imports of others, with dots."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return names


def test_no_other_module_imports_private_names() -> None:
    strangers = []
    for module, tree in modules():
        for name in imported(tree):
            package, *parts = name.split(".")
            if package == "crawler" or name == "lxml.etree._Element":
                continue
            if any(map(is_private, parts)) and MAY_USE.get(module) != package:
                strangers.append(f"{module}: {name}")
    assert strangers == []


def test_no_other_module_takes_private_attributes_of_objects() -> None:
    allowed = {PACKAGE / "downloader" / "scrapy_internals.py"}  # ruff refuses all others
    marked = {file for file in PACKAGE.rglob("*.py") if "SLF001" in file.read_text("utf-8")}
    assert marked == allowed


PRIVATE = re.compile(r"\b_(?!_)\w+")


def private_names_of(kind: type) -> set[str]:
    """Return the private names in the code of the foreign classes that a class is made from."""
    names: set[str] = set()
    for base in kind.__mro__:
        package = base.__module__.partition(".")[0]
        if package in {"crawler", *sys.stdlib_module_names}:
            continue
        names |= {name for name in vars(base) if is_private(name)}
        try:
            names |= set(PRIVATE.findall(inspect.getsource(base)))
        except (OSError, TypeError):  # of a compiled module
            continue
    return names


def private_names_in(node: ast.ClassDef) -> set[str]:
    """Return the private methods and attributes of itself that the code of a class names."""
    names = set()
    for part in ast.walk(node):
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(part.name)
        elif isinstance(part, ast.Attribute) and ast.unparse(part.value) in {"self", "super()"}:
            names.add(part.attr)
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            names.add(part.target.id)
    return set(filter(is_private, names))


def classes(module: ModuleType, tree: ast.Module) -> list[tuple[type, ast.ClassDef]]:
    nodes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return [(getattr(module, node.name), node) for node in nodes]


def test_no_other_class_uses_or_overrides_what_is_private_to_its_foreign_bases() -> None:
    strangers = []
    for name, tree in modules():
        if name in MAY_USE or name.endswith("__main__"):
            continue
        for kind, node in classes(importlib.import_module(name), tree):
            shared = private_names_in(node) & private_names_of(kind)
            strangers += [f"{name}.{node.name}: {private}" for private in sorted(shared)]
    assert strangers == []


def test_all_that_the_two_modules_use_is_listed_above() -> None:
    needed = " ".join(f"{name} {code}" for _, name, code, _ in NEEDED)
    for name in ("crawler.downloader.scrapy_internals", "crawler.downloader.http11"):
        tree = next(tree for module, tree in modules() if module == name)
        used = {part for path in imported(tree) for part in path.split(".")[1:]}
        for kind, node in classes(importlib.import_module(name), tree):
            used |= private_names_in(node) & private_names_of(kind)
        missing = {private for private in filter(is_private, used) if private not in needed}
        assert missing - {"_newclient"} == set()


def test_scrapy_is_kept_below_the_minor_version_that_was_not_tried() -> None:
    text = (PACKAGE.parent / "pyproject.toml").read_text("utf-8")
    [(lowest, below)] = re.findall(r'"scrapy>=(\d+\.\d+),<(\d+\.\d+)"', text)
    major, minor = map(int, lowest.split("."))
    assert below == f"{major}.{minor + 1}"
