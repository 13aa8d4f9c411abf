"""Adds up the JUnit files of a folder and prints how many tests ran, as the last line."""

import pathlib
import sys
import xml.etree.ElementTree as xml


def main() -> int:
    passed = failed = 0
    withheld = []
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.xml")):
        for case in xml.parse(path).iter("testcase"):
            skipped = case.find("skipped")
            if skipped is not None and case.get("status") != "fail":
                withheld.append(f"{case.get('name')}: {skipped.get('message', '')}")
            elif case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            else:
                passed += 1
    print()
    for reason in withheld:
        print(f"cannot run here: {reason}")
    skipped = f", {len(withheld)} skipped" if withheld else ""
    print(f"{passed} passed, {failed} failed{skipped}")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
