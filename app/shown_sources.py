"""What the commands about sources show, in the shape docs/json.md promises; never a secret."""

from typing import Any

from app.cli_deliveries import outcome_json
from app.fetching import FetchResult, known_sources
from app.settings import read_secret
from app.wiring import House
from ingest.mapping import load_mappings, named
from ingest.sources.spec import AnySource, HttpSource, SftpSource
from ingest.sources.veil import address_of
from warehouse.engine import reading
from warehouse.sources import SourceState, read_state


def result_json(result: FetchResult) -> dict[str, Any]:
    """Return what became of one attempt."""
    return {
        "source": result.source,
        "status": result.status,
        "message": result.message,
        "next_try_at": result.next_try_at,
        "files": [outcome_json(one) for one in result.files],
    }


def listed_sources(house: House) -> list[dict[str, Any]]:
    """Return every source with its state."""
    mappings = load_mappings(house.mapping_folders)
    sources = known_sources(house)
    with reading(house.engine) as connection:
        states = [read_state(connection, one.name) for one in sources]
    return [
        _told(house, one, state) | {"feed": named(mappings, one.mapping).feed}
        for one, state in zip(sources, states, strict=True)
    ]


def _told(house: House, source: AnySource, state: SourceState) -> dict[str, Any]:
    return {
        "source": source.name,
        "kind": source.kind,
        "mapping": source.mapping,
        "divisions": list(source.divisions),
        "address": shown_address(source),
        "every_minutes": source.every_minutes,
        "secret": _secret(source),
        "result": state.last_result,
        "message": state.last_message,
        "failures": state.failures,
        "last_tried_at": state.last_tried_at,
        "last_taken_at": state.last_taken_at,
        "next_try_at": state.next_try_at,
        "fetched_by": state.claimed_by if state.is_claimed(house.clock()) else None,
    }


def shown_address(source: AnySource) -> str:
    """Return where a source's files come from, as it may be shown."""
    if isinstance(source, HttpSource):
        return address_of(source.url)
    if isinstance(source, SftpSource):
        return f"sftp://{source.host}:{source.port}/{source.folder.lstrip('/')}"
    return f"{address_of(source.url)} {source.view}"


def _secret(source: AnySource) -> str:
    """Say whether its secret is there: given, missing, or none where it needs none."""
    if read_secret(source.secret_variable) is not None:
        return "given"
    return "missing" if source.needs_secret else "none"
