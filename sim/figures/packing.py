"""Office files are zip archives that tell when they were written; here they are made not to."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime

NOBODYS_TIME = datetime(2000, 1, 1)
"""What stands where a file tells when it was written."""

FIRST = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip archive can tell."""


def unpacked(raw: bytes) -> dict[str, bytes]:
    """Return the parts of an XLSX or DOCX file, by name."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return an XLSX or DOCX file of some parts, in their order."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def timeless(raw: bytes, stamp: datetime = NOBODYS_TIME) -> bytes:
    """Return the same archive without the time at which it was written, so that its bytes follow its content.

    Parameters
    ----------
    raw : bytes
        An XLSX or DOCX file.
    stamp : datetime
        What it says instead.
    """
    stream = io.BytesIO()
    told = stamp.strftime("%Y-%m-%dT%H:%M:%SZ").encode("ascii")
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as written,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in written.infolist():
            content = written.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _TIMES.sub(rb"\g<1>" + told + rb"\g<2>", content)
            new.writestr(zipfile.ZipInfo(entry.filename, FIRST), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
