"""Brings the pinned Swagger UI into the API documentation page, from npm. Only who updates it needs npm.

    python scripts/vendor_apidocs.py

The archive must be the one that was reviewed; `vendored.json` then says which bytes came from it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

PACKAGE, VERSION = "swagger-ui-dist", "5.35.0"
INTEGRITY = "sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ=="
FOLDER = Path(__file__).resolve().parents[1] / "src" / "daemun" / "web" / "static" / "apidocs"
FILES = {
    "swagger-ui-bundle.js": "swagger-ui-bundle.js",
    "swagger-ui.css": "swagger-ui.css",
    "LICENSE": "swagger-ui-license.txt",
    "NOTICE": "swagger-ui-notice.txt",
    "swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-bundle-licenses.txt",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = fetched(Path(folder))
        checksums = {name: vendored(archive, inside, name) for inside, name in sorted(FILES.items())}
    manifest = {"package": PACKAGE, "version": VERSION, "license": "Apache-2.0", "integrity": INTEGRITY, "sha256": checksums}
    (FOLDER / "vendored.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def fetched(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed, for this script only")
    subprocess.run([npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - the words are constants of this file
    archive = folder / f"{PACKAGE}-{VERSION}.tgz"
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise SystemExit(f"{archive.name} is not the archive that was reviewed")
    return archive


def vendored(archive: Path, inside: str, name: str) -> str:
    """The checksum of what was written."""
    with tarfile.open(archive) as opened:
        member = opened.extractfile(f"package/{inside}")
        if member is None:
            raise SystemExit(f"{inside} is no file in {archive.name}")
        content = member.read()
    (FOLDER / name).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
