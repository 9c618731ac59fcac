"""The command ``mingzhang`` (``python -m app`` is the same): exit 0 done, 1 refused or failed, 2 usage or settings."""

import logging
import sys

import typer

from app import (
    cli_accounts,
    cli_backup,
    cli_deliveries,
    cli_feeds,
    cli_house,
    cli_judgement,
    cli_offices,
    cli_rules,
    cli_sources,
)
from app.output import in_words

ROOMS = frozenset({"alerts", "app", "budget", "dashboard", "ingest", "reports", "rules", "sample", "warehouse"})
DONE, REFUSED, USAGE = 0, 1, 2
# What is wrong with the call or the settings, before anything was begun; by name, as their rooms are heavy.
USAGE_ERRORS = frozenset(
    {"SettingsError", "DataFolderError", "PortTakenError", "HolidayTableError", "RuleSettingsError", "MappingError"}
    | {"SourceError", "CalendarError", "RuleTestError", "BacktestError", "NewRuleError"}
)

cli = typer.Typer(
    name="mingzhang",
    help="明账: online supervision of public budgets. Logs go to stderr; --json prints one document on stdout.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
cli_house.add_to(cli)
cli_accounts.add_to(cli)
cli_backup.add_to(cli)
cli_deliveries.add_to(cli)
cli_feeds.add_to(cli)
cli_judgement.add_to(cli)
cli_offices.add_to(cli)
cli_rules.add_to(cli)
cli_sources.add_to(cli)


def main() -> None:
    """Run one command and end with its exit code; a refusal is one line on stderr."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        cli()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        sys.exit(DONE)
    except (ValueError, RuntimeError, OSError) as error:
        if not is_refusal(error):
            raise
        sys.stderr.write(f"mingzhang: {in_words(error)}\n")
        sys.exit(USAGE if type(error).__name__ in USAGE_ERRORS else REFUSED)


def is_refusal(error: Exception) -> bool:
    """Tell whether an error is a sentence for the user: one of our own kinds, or the machine's about a file."""
    return isinstance(error, OSError) or type(error).__module__.partition(".")[0] in ROOMS
