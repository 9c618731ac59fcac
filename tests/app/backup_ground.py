"""Ground of the backup tests: a small judged district, houses on either engine, and archives tampered with."""

import gzip
import io
import json
import tarfile
from pathlib import Path

from app.judging import judge
from app.loading import load_files
from app.settings import read_settings
from app.wiring import House, now
from sample.people import OFFICES
from sample.write import write_sample
from warehouse.dump import count_in_force, count_tables
from warehouse.engine import reading, writing
from warehouse.jobs import DONE, claim_run, finish_run
from warehouse.offices import Office, save_offices
from warehouse.opening import make_ready

REPOSITORY = Path(__file__).resolve().parents[2]
TOWN = "990101100"


def house_on(data: Path, url: str = "", clock=now) -> House:
    """Return a house over a data folder; with a URL its warehouse is there instead of in the folder."""
    settings = read_settings(REPOSITORY / "settings.toml")
    if url:
        settings = settings.model_copy(update={"warehouse": settings.warehouse.model_copy(update={"url": url})})
    return House(settings=settings, settings_file=REPOSITORY / "settings.toml", data=data, clock=clock)


def made_ready(house: House) -> House:
    house.data.mkdir(parents=True, exist_ok=True)
    make_ready(house.engine, house.clock())
    return house


def write_town(folder: Path, until) -> list[Path]:
    """Write the sample's files and return those of one town's last year."""
    files = write_sample(folder, until=until, seed=20260101, scale=0.02).files
    return sorted(path for path in files if path.name.startswith("units-2026") or f"-{TOWN}-2026" in path.name)


def judged_town(data: Path, files: list[Path], until) -> House:
    """Load and judge a town, with mails owed and a file of the site's own."""
    house = made_ready(house_on(data))
    with writing(house.engine) as connection:
        save_offices(connection, [Office(**office._asdict()) for office in OFFICES])
        due = house.clock()
        claim_run(connection, "inbox", due, "test", due)
        finish_run(connection, "inbox", due, outcome=DONE, message="nothing waits", now=due)
    load_files(house, files, actor="test")
    judge(house, as_of=until)
    (data / "feeds").mkdir()
    (data / "feeds" / "own.txt").write_text("notes on mappings of the site's own\n", encoding="utf-8")
    (data / "secret_key").write_text("signs sessions", encoding="utf-8")
    return house


def tallies(house: House) -> tuple[dict, dict]:
    with reading(house.engine) as connection:
        return count_tables(connection), count_in_force(connection)


def forge(source: Path, target: Path, change) -> Path:
    """Write an archive again; ``change`` gets members as {name: (TarInfo, bytes)} and manifest, and returns both.

    A manifest of None is left out; members are written in the order of the dictionary.
    """
    with tarfile.open(source) as tar:
        members = {one.name: (one, tar.extractfile(one).read()) for one in tar}
    manifest = json.loads(members.pop("manifest.json")[1])
    members, manifest = change(members, manifest)
    with gzip.open(target, "wb", compresslevel=1) as squeezed, tarfile.open(fileobj=squeezed, mode="w") as tar:
        for name, (info, content) in members.items():
            entry = replace_name(info, name, len(content))
            tar.addfile(entry, io.BytesIO(content))
        if manifest is not None:
            content = json.dumps(manifest).encode()
            tar.addfile(replace_name(tarfile.TarInfo(), "manifest.json", len(content)), io.BytesIO(content))
    return target


def replace_name(info: tarfile.TarInfo, name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name.partition("\n")[0])
    entry.type, entry.linkname = info.type, info.linkname
    entry.size = size if info.isreg() else 0
    return entry
