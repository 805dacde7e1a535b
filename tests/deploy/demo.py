"""A running `refund-inbox demo` in a directory of its own."""

import os
import re
import signal
import subprocess
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from paths import require

PATIENCE = 120


@contextmanager
def running(program):
    """Starts the demo and gives its addresses (public, operator) and its configuration once it
    serves."""
    with tempfile.TemporaryDirectory() as directory:
        # The private Postgres may run as another user.
        os.chmod(directory, 0o755)
        output = Path(directory, "output")
        with output.open("w") as file:
            process = subprocess.Popen(
                [Path(program).resolve(), "demo"], cwd=directory, stdout=file, stderr=subprocess.STDOUT
            )
        try:
            wait(lambda: "Serving until" in output.read_text(), process, output)
            file = Path(directory, ".refund-inbox/demo/refund-inbox.toml")
            http = tomllib.loads(file.read_text())["http"]
            yield http["listen"], http["operator_listen"], file
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def wait(holds, process, output):
    """Waits until the condition holds, as long as the process runs."""
    until = time.monotonic() + PATIENCE
    while not holds():
        require(process.poll() is None, f"the process ended:\n{output.read_text()}")
        require(time.monotonic() < until, f"nothing after {PATIENCE} s:\n{output.read_text()}")
        time.sleep(0.1)


def get(url):
    """Returns status and body of a GET."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def names(page):
    """Returns the names of all metrics on a metrics page."""
    return set(re.findall(r"^([a-z_:][a-z0-9_:]*)[ {]", page, re.MULTILINE))
