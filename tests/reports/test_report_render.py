"""The document as a word processor lays it out: LibreOffice makes a PDF, poppler reads it back."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageStat
from report_cast import STREET, District

from reports.build import write_report
from warehouse.engine import open_engine, sqlite_url


@pytest.fixture(scope="module", autouse=True)
def word_processor() -> None:
    missing = [name for name in ("soffice", "pdftotext", "pdftoppm", "pdfinfo") if shutil.which(name) is None]
    assert not missing, f"missing: {missing} (Debian packages libreoffice-writer-nogui, poppler-utils)"


def call(*words: str | Path) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True, timeout=180)
    return done.stdout


@pytest.fixture(scope="module")
def pdf(story: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("render")
    engine = open_engine(sqlite_url(story))
    written = write_report(District(engine, folder / "snapshots").snapshot(STREET), folder).path
    engine.dispose()
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    call("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, written)
    return written.with_suffix(".pdf")


def test_every_page_is_a4_numbered_and_has_something_on_it(pdf: Path, tmp_path: Path) -> None:
    told = call("pdfinfo", pdf)
    count = int(re.findall(r"Pages:\s+(\d+)", told)[0])
    width, height = map(float, re.findall(r"Page size:\s+([\d.]+) x ([\d.]+)", told)[0])
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)
    pages = call("pdftotext", "-layout", pdf, "-").split("\f")[:count]
    assert [re.findall(r"—\s*(\d+)\s*—", page) for page in pages] == [[str(number)] for number in range(1, count + 1)]
    call("pdftoppm", "-r", "30", "-png", pdf, tmp_path / "page")
    for picture in sorted(tmp_path.glob("page-*.png")):
        extrema = ImageStat.Stat(Image.open(picture).convert("L")).extrema[0]
        assert extrema[0] < 128, picture.name


def test_the_signature_stands_on_a_page_with_text_and_every_annex_starts_a_page(pdf: Path) -> None:
    pages = call("pdftotext", "-layout", pdf, "-").split("\f")
    signed = next(page for page in pages if "石桥街道人大工委" in page)
    assert "附件：1." in signed
    assert "预算草案初步审查" in re.sub(r"\s", "", signed)
    starts = [page.split() for page in pages]
    assert [words[1] for words in starts if words[:1] == ["附件"]] == ["1", "2", "3"]
