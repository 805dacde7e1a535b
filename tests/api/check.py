"""Runs schemathesis against a service with refunds, deliveries and a token, and lets it act.

Arguments: the program, and schemathesis; or the program, and --write, which writes docs/openapi.json.
"""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
TOKEN = "throw-away-token"
SECRET = "throw-away-secret"

CONFIGURATION = f"""
[http]
listen = "127.0.0.1:0"
operator_listen = "127.0.0.1:0"

[operator]
actions = true
tokens = [{{ name = "check", sha256 = "{hashlib.sha256(TOKEN.encode()).hexdigest()}", role = "operator" }}]

[accounts.hk]
provider = "eftpay"
user_confirm_key = "S0003469"
secrets = ["{SECRET}"]
"""

# What is there to be found: refunds in every status, repeats, and deliveries that were refused.
SCENARIOS = [
    "succeeded", "failed", "pending", "unknown-status", "duplicate", "malformed", "wrong-key", "tampered",
]


@contextmanager
def serving(program):
    """Starts a service, and gives its public and its operator address."""
    with tempfile.TemporaryDirectory() as directory:
        # The private Postgres may run as another user.
        os.chmod(directory, 0o755)
        Path(directory, "c.toml").write_text(CONFIGURATION)
        output = Path(directory, "output")
        command = [program, "--config", "c.toml"]
        with output.open("w") as file:
            process = subprocess.Popen([*command, "serve"], cwd=directory, stderr=file)
        try:
            until = time.monotonic() + PATIENCE
            found = None
            while not found:
                text = re.sub(r"\x1b\[[0-9;]*m", "", output.read_text())
                found = re.search(r"serving.*public=(\S+).*operator=(\S+)", text)
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"api-check: the service does not serve:\n{text}")
                time.sleep(0.05)
            public, operator = found.groups()
            for scenario in SCENARIOS:
                send = ["simulate", "eftpay", scenario, "--account", "hk", "--send", f"http://{public}"]
                subprocess.run([*command, *send], cwd=directory, check=True, stdout=subprocess.DEVNULL)
            yield operator
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def main():
    program, schemathesis = str(Path(sys.argv[1]).resolve()), sys.argv[2]
    committed = ROOT / "docs/openapi.json"
    with serving(program) as operator:
        document = f"http://{operator}/api/v1/openapi.json"
        request = urllib.request.Request(document, headers={"authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            described = json.load(answer)
        if schemathesis == "--write":
            committed.write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n")
            return
        if described != json.loads(committed.read_text()):
            sys.exit("api-check: docs/openapi.json is old: run script/api-check --write")
        settings = ROOT / "tests/api/schemathesis.toml"
        run = [
            str(Path(schemathesis).resolve()), "--config-file", settings, "run", document,
            "--header", f"Authorization: Bearer {TOKEN}",
        ]
        with tempfile.TemporaryDirectory() as directory:
            sys.exit(subprocess.run(run, cwd=directory).returncode)


main()
