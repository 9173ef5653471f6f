"""What is compiled in, as a bill of materials: CycloneDX 1.6."""

import json
import uuid
from datetime import UTC, datetime

from crates import PROGRAMS, Crate


def sbom(crates: dict[str, Crate], version: str, commit: str, seconds: int) -> bytes:
    components = [_component(crate) for crate in crates.values()]
    references = {crate.id: _reference(crate) for crate in crates.values()}
    root = f"provision@{version}"
    programs = [references[crate.id] for crate in crates.values() if crate.name in PROGRAMS]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, root + commit + ''.join(references.values()))}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application", "bom-ref": root, "name": "provision", "version": version,
                          "licenses": [{"license": {"id": "MIT"}}],
                          "properties": [{"name": "commit", "value": commit}]},
        },
        "components": components,
        "dependencies": [
            {"ref": root, "dependsOn": sorted(programs)},
            *({"ref": references[crate.id], "dependsOn": sorted(references[id] for id in crate.uses)}
              for crate in crates.values()),
        ],
    }
    return (json.dumps(document, indent=1) + "\n").encode()


def _reference(crate: Crate) -> str:
    return f"pkg:cargo/{crate.name}@{crate.version}"


def _component(crate: Crate) -> dict:
    component = {"type": "library", "bom-ref": _reference(crate), "name": crate.name, "version": crate.version,
                 "licenses": [{"expression": crate.licence}]}
    if not crate.is_own:
        component["purl"] = _reference(crate)
    if crate.checksum:
        component["hashes"] = [{"alg": "SHA-256", "content": crate.checksum}]
    return component
