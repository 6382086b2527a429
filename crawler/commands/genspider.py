"""`scrapy genspider -t source|feed|sitemap NAME DOMAIN`: a spider, and a test beside it."""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scrapy.commands import genspider
from scrapy.commands.genspider import extract_domain, sanitize_module_name
from scrapy.exceptions import UsageError
from scrapy.utils.conf import closest_scrapy_cfg
from scrapy.utils.template import render_templatefile

from crawler.sanitize import http_url

if TYPE_CHECKING:
    import argparse

_NAME_AND_ADDRESS: Final = 2
TEMPLATES: Final = Path(__file__).parent / "templates"
_INSTALLED: Final = frozenset({"site-packages", "dist-packages"})
_MAKE_A_PROJECT: Final = "`scrapy startproject NAME .` in an empty folder makes a project"


class Command(genspider.Command):
    """Scrapy's own command with further templates, which have a test each.

    The test is written to the spider's folder, where pytest finds it and imports the spider
    whatever its settings; it needs no network.
    """

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write the spider, unless there is a test of that name that is not to be replaced.

        Raises:
            UsageError: the address is none of the web, or the spider would become a part of an
                installed package.
        """
        if opts.dump in _own():
            opts.dump = str(_own()[opts.dump])
        if opts.list or opts.dump or len(args) != _NAME_AND_ADDRESS:
            super().run(args, opts)
            if opts.list:
                print("\n".join(f"  {name}" for name in _own()))
            return
        name, address = args
        # Scrapy takes the host of "news.example:8000" for a scheme.
        url = address if "://" in address else f"https://{address.lstrip('/')}"
        if (safe := http_url(url)) is None:
            raise UsageError(f"{address} is no address of the web", print_help=False)
        folder, package = self._place()
        module = sanitize_module_name(name)
        spider = folder / f"{module}.py"
        is_new = opts.force or not spider.exists()
        template = _own().get(opts.template)
        opts.template = str(template or opts.template)
        super().run([name, safe], opts)
        if template is not None and is_new and spider.exists():
            domain = extract_domain(safe)
            _write_test(template, spider, package, domain, replace=opts.force)
            if package is None:
                print(f"there is no project here, by which crawls find it: {_MAKE_A_PROJECT}")

    def _place(self) -> tuple[Path, str | None]:
        """Return the folder that spiders go to, and its package; without a project there is none.

        Raises:
            UsageError: it is no folder of the user's own.
        """
        assert self.settings is not None
        package: str | None = self.settings.get("NEWSPIDER_MODULE")
        if not package:
            return Path(), None
        file = import_module(package).__file__
        assert file is not None
        folder = Path(file).parent.resolve()
        config = closest_scrapy_cfg()
        is_own = bool(config) and folder.is_relative_to(Path(config).resolve().parent)
        if not is_own or _INSTALLED & set(folder.parts):
            raise UsageError(
                f"a spider of yours does not belong into {folder}: {_MAKE_A_PROJECT}",
                print_help=False,
            )
        return folder, package


def _write_test(
    template: Path, spider: Path, package: str | None, domain: str, *, replace: bool
) -> None:
    module = spider.stem
    test = spider.with_name(f"test_{module}.py")
    if test.exists() and not replace:
        print(f"{test} already exists")
        return
    shutil.copyfile(template.with_suffix(".test.tmpl"), test)
    classname = "".join(part.capitalize() for part in module.split("_")) + "Spider"
    module_path = f"{package}.{module}" if package else module
    render_templatefile(test, classname=classname, module_path=module_path, domain=domain)
    print(f"and its test {test.name}")


def _own() -> dict[str, Path]:
    files = sorted(TEMPLATES.glob("*.tmpl"))
    return {file.stem: file for file in files if not file.stem.endswith(".test")}
