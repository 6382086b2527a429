"""The `crawler` command, also as `python -m crawler`."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C is quiet, also while the program is still loading."""
    try:
        from crawler.cli import main as run_command_line  # noqa: PLC0415 - takes a second

        run_command_line()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
