"""What was measured, and on what."""

import os
import platform
import re
import subprocess
import time

from private_kafka import find_libraries
from private_postgres import find_binaries

from . import ROOT


def machine() -> dict:
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo")
                if line.startswith("model name")), "")
    return {"cores": len(os.sched_getaffinity(0)), "cpu": cpu, "kernel": platform.release(),
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "commit": said("git", "-C", ROOT, "rev-parse", "--short", "HEAD"),
            "postgres": "Postgres " + said(find_binaries() / "postgres", "--version").split()[2],
            "kafka": find_libraries().parent.name.replace("kafka-", "Kafka "),
            "librdkafka": re.search(r"librdkafka_version=(\S+)",
                                    (ROOT / "deploy/install.d/librdkafka.sh").read_text())[1]}


def said(*argv) -> str:
    return subprocess.run([str(word) for word in argv], capture_output=True, text=True, check=True).stdout.strip()
