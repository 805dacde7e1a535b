"""Looks from outside at the compose file while its containers run. See README.md."""

import json
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

PATIENCE = 120
PROMETHEUS = "http://127.0.0.1:9090/api/v1"
# As README.md of the repository says it.
ACCEPTED = "simulate eftpay succeeded --account hk-store --send http://127.0.0.1:8080"
FORGED = "simulate eftpay tampered --account hk-store --send http://127.0.0.1:8080"
CONFIGURATION = Path("config/refund-inbox.toml")
QUERY = "select account, merchant_refund_id, status, amount_minor, currency from refunds"

compose_program, program = sys.argv[1:]


def require(holds, sentence):
    """Ends the script with the sentence unless the condition holds."""
    if not holds:
        sys.exit(f"compose-check: {sentence}")


def done(sentence):
    """Says what was checked."""
    print(f"  ok: {sentence}", flush=True)


def compose(*arguments, fails=False):
    """Runs Docker Compose and returns what it prints."""
    ran = subprocess.run([compose_program, *arguments], capture_output=True, text=True)
    require((ran.returncode != 0) == fails, f"compose {' '.join(arguments)}: {ran.stdout}{ran.stderr}")
    return ran.stdout + ran.stderr


def get(url):
    """Returns the body of an address as text."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def wait(ask, expected):
    """Asks again until there is something true, and returns it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            found = ask()
        except OSError as error:
            found, expected = None, f"{expected} ({error})"
        if found or time.monotonic() > deadline:
            require(found, f"expected {expected} within {PATIENCE} s")
            return found
        time.sleep(0.5)


def asked(what, **parameters):
    """Asks Prometheus."""
    return json.loads(get(f"{PROMETHEUS}/{what}?{urllib.parse.urlencode(parameters)}"))["data"]


def containers():
    """Returns the containers by service."""
    lines = compose("ps", "--all", "--format", "json").splitlines()
    return {container["Service"]: container for container in map(json.loads, lines)}


def check_service():
    answer = compose("exec", "-T", "inbox", "refund-inbox", *ACCEPTED.split())
    require(answer.startswith("200"), f"a signed notification inside: {answer}")
    # From this machine, as a load balancer reaches it.
    ran = subprocess.run([program, *ACCEPTED.split()], capture_output=True, text=True)
    require(ran.stdout.startswith("200"), f"a signed notification: {ran.stdout}{ran.stderr}")
    ran = subprocess.run([program, *FORGED.split()], capture_output=True, text=True)
    require(ran.stdout.startswith("401"), f"a forged notification: {ran.stdout}{ran.stderr}")
    rows = compose("exec", "-T", "database", "psql", "-U", "refunds_reader", "-At", "refunds", "-c", QUERY)
    require(rows.count("hk-store|") == 2, f"two refunds: {rows}")
    done("signed notifications are recorded, a forged one is refused, and refunds_reader reads the refunds")
    require(get("http://127.0.0.1:8081/readyz"), "/readyz")
    wait(lambda: containers()["inbox"]["Health"] == "healthy", "a healthy inbox")
    user = compose("exec", "-T", "inbox", "id", "-u").strip()
    require(user == "10001", f"the service runs as user {user}")
    compose("exec", "-T", "inbox", "sh", "-c", "echo x > /tmp/x", fails=True)
    done("the image's health check passes, as a user without rights, on read-only files")


def check_networks():
    compose("exec", "-T", "inbox", "getent", "hosts", "database")
    compose("exec", "-T", "prometheus", "getent", "hosts", "database", fails=True)
    published = containers()["database"]["Publishers"]
    require(not any(port["PublishedPort"] for port in published), f"the database's ports: {published}")
    done("only the service reaches the database")


def check_prometheus():
    target = wait(
        lambda: [one for one in asked("targets")["activeTargets"] if one["health"] == "up"],
        "a target that is up",
    )
    require(target[0]["labels"]["instance"] == "inbox:8081", f"target: {target}")
    rules = wait(evaluated, "evaluated rules")
    broken = [rule["name"] for rule in rules if rule["health"] != "ok"]
    require(not broken, f"rules: {broken}")
    recorded = 'sum(refund_inbox_deliveries_total{verdict="recorded"})'
    counted = wait(lambda: asked("query", query=recorded)["result"], "recorded deliveries")
    done(f"Prometheus scrapes it, evaluates {len(rules)} rules, and knows {counted[0]['value'][1]} deliveries")


def evaluated():
    """Returns the rules once all are evaluated."""
    rules = asked("rules")["groups"][0]["rules"]
    return rules if all(rule["health"] != "unknown" for rule in rules) else None


def check_reload_and_end():
    # A second account, put into place with mv, as operators are told to.
    accounts = CONFIGURATION.read_text()
    changed = CONFIGURATION.with_suffix(".new")
    changed.write_text(accounts + accounts.replace("hk-store", "hk-second"))
    changed.replace(CONFIGURATION)
    compose("kill", "-s", "HUP", "inbox")
    wait(lambda: "configuration reloaded" in compose("logs", "inbox"), "a reload")
    second = [program, *ACCEPTED.replace("hk-store", "hk-second").split()]
    ran = subprocess.run(second, capture_output=True, text=True)
    require(ran.stdout.startswith("200"), f"the added account: {ran.stdout}{ran.stderr}")
    compose("stop")
    codes = {name: container["ExitCode"] for name, container in containers().items()}
    require(set(codes.values()) == {0}, f"exit statuses: {codes}")
    done("a reload adds an account, and everything ends by itself with exit status 0")


os.environ["REFUND_INBOX_CONFIG"] = str(CONFIGURATION)
print(compose("up", "--no-build", "--detach", "--wait", "--wait-timeout", str(PATIENCE)), end="")
check_service()
check_networks()
check_prometheus()
check_reload_and_end()
