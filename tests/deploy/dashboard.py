"""Debian's Prometheus scrapes a running demo with our configuration and rules. The query of every
panel of the dashboard must return data, and every rule must be evaluated without an error."""

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

import demo
import yaml
from paths import DEPLOY, done, require

# The longest time until every panel has data: maintenance runs once a minute, and a rate needs two
# scrapes.
PATIENCE = 120


def configuration(directory, operator):
    """Writes our Prometheus configuration with the demo as its target and short intervals."""
    settings = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    settings["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    settings["rule_files"] = [str(DEPLOY / "prometheus/rules.yml")]
    (job,) = settings["scrape_configs"]
    job["static_configs"] = [{"targets": [operator]}]
    path = Path(directory, "prometheus.yml")
    path.write_text(yaml.safe_dump(settings))
    return path


def ask(address, path, **parameters):
    query = urllib.parse.urlencode(parameters)
    status, body = demo.get(f"http://{address}/api/v1/{path}?{query}")
    answer = json.loads(body)
    require(status == 200 and answer["status"] == "success", f"{parameters}: {body}")
    return answer["data"]


def has_number(data):
    return any(value[1] not in ("NaN", "+Inf") for value in (row["value"] for row in data["result"]))


def check(address, send):
    dashboard = json.loads((DEPLOY / "prometheus/dashboard.json").read_text())
    queries = {
        target["expr"].replace("$job", ".*").replace("$account", ".*"): panel["title"]
        for panel in dashboard["panels"]
        for target in panel["targets"]
    }
    require(len(queries) > 20, "the dashboard has hardly any queries")
    without, until = dict(queries), time.monotonic() + PATIENCE
    while without and time.monotonic() < until:
        # A rate is of what happens between two scrapes.
        send()
        time.sleep(1)
        for query in list(without):
            if has_number(ask(address, "query", query=query)):
                del without[query]
    require(not without, f"no data: {json.dumps(without, indent=2)}")
    done(f"the {len(queries)} queries of {len(dashboard['panels'])} panels return data")

    # The demo sends a refund with a status word that nobody knows, which must need attention.
    expected, until = "RefundInboxAttentionOpen", time.monotonic() + PATIENCE
    active = set()
    while expected not in active and time.monotonic() < until:
        time.sleep(1)
        (group,) = ask(address, "rules")["groups"]
        active = {rule["name"] for rule in group["rules"] if rule["state"] != "inactive"}
    require(expected in active, f"{expected} is not active in the demo, only {sorted(active)}")
    wrong = [rule["name"] for rule in group["rules"] if rule["health"] != "ok"]
    require(not wrong, f"rules that cannot be evaluated: {wrong}")
    done(f"{len(group['rules'])} rules are evaluated; active in the demo: {', '.join(sorted(active))}")


def main(program, prometheus):
    with tempfile.TemporaryDirectory() as directory, demo.running(program) as running:
        public, operator, file = running
        simulate = [program, "--config", file, "simulate", "eftpay", "succeeded"]
        simulate += ["--account", "demo-eftpay", "--send", f"http://{public}"]
        send = lambda: subprocess.run(simulate, check=True, stdout=subprocess.DEVNULL)
        output, address = Path(directory, "output"), free_address()
        with output.open("w") as file:
            process = subprocess.Popen(
                [
                    prometheus,
                    f"--config.file={configuration(directory, operator)}",
                    f"--storage.tsdb.path={directory}/data",
                    f"--web.listen-address={address}",
                ],
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        try:
            ready = "Server is ready to receive web requests"
            demo.wait(lambda: ready in output.read_text(), process, output)
            check(address, send)
        finally:
            process.terminate()
            process.wait(30)


def free_address():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{one.getsockname()[1]}"


main(*sys.argv[1:])
