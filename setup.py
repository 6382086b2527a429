"""For `scrapyd-deploy` alone, which builds its egg by it; pip and all others use pyproject.toml."""

from setuptools import find_packages, setup

from crawler import __version__

setup(
    version=__version__,
    packages=find_packages(include=["crawler", "crawler.*"]),
    package_data={"": ["*.sql", "*.txt", "py.typed"], "crawler.demo": ["items/*", "site/**/*"]},
    zip_safe=True,
)
