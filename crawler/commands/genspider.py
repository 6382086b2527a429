"""`scrapy genspider -t source|feed|sitemap NAME DOMAIN`: a spider, and a test beside it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scrapy.commands import genspider
from scrapy.exceptions import UsageError
from scrapy.utils.template import render_templatefile

from crawler.sanitize import http_url

if TYPE_CHECKING:
    import argparse
    import os

_NAME_AND_ADDRESS: Final = 2
TEMPLATES: Final = Path(__file__).parent / "templates"


class Command(genspider.Command):
    """Scrapy's own command with further templates, which have a test each.

    The test is written to the spider's folder, where pytest finds it and imports the spider
    whatever its settings; it needs no network.
    """

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Write the spider, unless there is a test of that name that is not to be replaced.

        Raises:
            UsageError: the address is none of the web.
        """
        self._replaces = opts.force
        if len(args) == _NAME_AND_ADDRESS:
            name, address = args
            # Scrapy takes the host of "news.example:8000" for a scheme.
            url = address if "://" in address else f"https://{address.lstrip('/')}"
            if (safe := http_url(url)) is None:
                raise UsageError(f"{address} is no address of the web", print_help=False)
            args = [name, safe]
        super().run(args, opts)

    def _find_template(self, template: str) -> Path | None:
        own = TEMPLATES / f"{template}.tmpl"
        return own if own.is_file() else super()._find_template(template)

    def _list_templates(self) -> None:
        super()._list_templates()
        print("\n".join(f"  {file.stem}" for file in _own()))

    def _generate_template_variables(
        self, module: str, name: str, url: str, template_name: str
    ) -> dict[str, Any]:
        variables = super()._generate_template_variables(module, name, url, template_name)
        assert self.settings is not None
        package = self.settings.get("NEWSPIDER_MODULE")
        variables["module_path"] = f"{package}.{module}" if package else module
        return variables

    def _genspider(
        self,
        module: str,
        name: str,
        url: str,
        template_name: str,
        template_file: str | os.PathLike[str],
    ) -> Path:
        spider_file = super()._genspider(module, name, url, template_name, template_file)
        template = Path(template_file)
        if template.parent != TEMPLATES:
            return spider_file
        test = spider_file.with_name(f"test_{module}.py")
        if test.exists() and not self._replaces:
            print(f"{test} already exists")
            return spider_file
        shutil.copyfile(template.with_suffix(".test.tmpl"), test)
        variables = self._generate_template_variables(module, name, url, template_name)
        render_templatefile(test, **variables)
        print(f"and its test {test.name}")
        return spider_file


def _own() -> list[Path]:
    return [file for file in sorted(TEMPLATES.glob("*.tmpl")) if not file.stem.endswith(".test")]
