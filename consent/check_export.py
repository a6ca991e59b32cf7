#!/usr/bin/env python3
"""Checks an export of sealed records without the program that made it.

    python3 check_export.py FOLDER_OR_ZIP [--certificate FINGERPRINT]

It needs Python 3.9 or newer and the package `cryptography`. It checks that the list of the export (manifest.json) was
signed with the clinic's key, that every file on the list is there with the SHA-256 that it says, and that no PDF is
there that the list does not name. Give the fingerprint of the clinic's certificate, which every record prints on its
last page, to be sure that it is that clinic's key. Exit status 0: everything is as it was exported. 1: it is not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Iterator

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

OWN = {"manifest.json", "manifest.json.sig", "manifest.csv", "certificate.pem", "check_export.py", "READ ME.txt"}


class Folder:
    """The files of an unpacked export."""

    def __init__(self, root: str) -> None:
        self.root = Path(root)

    def names(self) -> list[str]:
        return [path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file()]

    def read(self, name: str) -> bytes:
        path = (self.root / name).resolve()
        if self.root.resolve() not in path.parents:
            raise KeyError(name)
        return path.read_bytes()


class Zip:
    """The files of an export as it was downloaded."""

    def __init__(self, path: str) -> None:
        self.zip = zipfile.ZipFile(path)

    def names(self) -> list[str]:
        return [name for name in self.zip.namelist() if not name.endswith("/")]

    def read(self, name: str) -> bytes:
        return self.zip.read(name)


def problems(files: Folder | Zip, fingerprint: str = "") -> Iterator[str]:
    """Yield what is amiss, in words; nothing when all is well."""
    try:
        manifest, signature = files.read("manifest.json"), files.read("manifest.json.sig")
        certificate = x509.load_pem_x509_certificate(files.read("certificate.pem"))
        listed = json.loads(manifest)
        records = {row["file"]: row["sha256"] for row in listed["records"]}
        also = dict(listed["also"])
    except (KeyError, OSError, ValueError, TypeError) as error:
        yield "The list of the export is missing or cannot be read (%s)." % type(error).__name__
        return
    found = certificate.fingerprint(SHA256()).hex()
    if fingerprint and found != fingerprint.lower().replace(":", ""):
        yield "The list was signed with another certificate: %s." % found
    key = certificate.public_key()
    try:
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise InvalidSignature
        key.verify(signature, manifest, ec.ECDSA(SHA256()))
    except InvalidSignature:
        yield "The list of the export was changed: its signature does not fit."
    names = files.names()
    for name, sha256 in {**records, **also}.items():
        try:
            whole = hashlib.sha256(files.read(name)).hexdigest() == sha256
        except (KeyError, OSError, ValueError, zipfile.BadZipFile):
            yield "%s is missing or cannot be read." % name
            continue
        if not whole:
            yield "%s is not the file that was exported: its SHA-256 is another." % name
    for name in names:
        if name not in records and name not in OWN:
            yield "%s is there, but not on the list." % name
    if len(names) != len(set(names)):
        yield "A name stands in the ZIP more than once."


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check an export of sealed records.")
    parser.add_argument("export", help="the ZIP, or the folder it was unpacked to")
    parser.add_argument("--certificate", default="", help="SHA-256 of the clinic's certificate, as the records print it")
    options = parser.parse_args(arguments)
    files: Folder | Zip = Folder(options.export)
    try:
        if zipfile.is_zipfile(options.export):
            files = Zip(options.export)
        found = list(problems(files, options.certificate))
    except (OSError, zipfile.BadZipFile) as error:
        found = ["The export cannot be opened (%s)." % type(error).__name__]
    for line in found:
        print(line)
    if not found:
        listed = json.loads(files.read("manifest.json"))
        missed = len(listed["gaps"])
        gaps = "; %d were missing or damaged when it was made and are listed as gaps" % missed if missed else ""
        print("Everything is as it was exported: %d records%s." % (len(listed["records"]), gaps))
        if not options.certificate:
            print("Compare the certificate with what a record prints on its last page: %s" % listed["certificate"])
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
