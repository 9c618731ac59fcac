"""Trying again what may pass by itself, later and later."""

from collections.abc import Callable
from typing import TypeVar

import tenacity

from ingest.sources.errand import Errand, PassingError

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1, 30
Result = TypeVar("Result")


def try_again(step: Callable[[], Result], attempts: int, errand: Errand) -> Result:
    """Take a step up to so many times while its trouble may pass: after 1, 2, 4 … seconds, at most 30."""
    return tenacity.Retrying(
        stop=tenacity.stop_after_attempt(attempts),
        wait=tenacity.wait_exponential(multiplier=FIRST_WAIT_SECONDS, max=LONGEST_WAIT_SECONDS),
        retry=tenacity.retry_if_exception_type(PassingError),
        sleep=errand.wait,
        reraise=True,
    )(step)
