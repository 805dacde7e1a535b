"""The compose file: what it refers to is there, and its Prometheus scrapes the port on which its service
listens, and Docker Compose reads it. script/compose-check starts it."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from paths import DEPLOY, ROOT, done, require

# Files that the operator makes, as deploy/README.md says.
MADE = {"./config", "./secrets/database_password", "./secrets/database_url"}


def check_references(compose):
    services = compose["services"]
    require(set(services) == {"database", "inbox", "prometheus"}, f"services: {sorted(services)}")
    for name, service in services.items():
        for secret in service.get("secrets", []):
            require(secret in compose["secrets"], f"{name}: no secret {secret}")
        for network in service["networks"]:
            require(network in compose["networks"], f"{name}: no network {network}")
        for other in service.get("depends_on", {}):
            require(other in services, f"{name}: no service {other}")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            is_path = source.startswith(".")
            there = source in MADE or (DEPLOY / source).exists() if is_path else source in compose["volumes"]
            require(there, f"{name}: no {source}")
        for port in service.get("ports", []):
            require(port.startswith("127.0.0.1:"), f"{name}: {port} is open to the network")
    for name, secret in compose["secrets"].items():
        require(secret["file"] in MADE, f"secret {name}: {secret['file']}")
    internal = {name for name, network in compose["networks"].items() if network.get("internal")}
    require(set(services["database"]["networks"]) <= internal, "the database is not on an internal network")
    done("what the compose file refers to is there, and only loopback addresses are published")


def check_scrape(compose):
    settings = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    (target,) = settings["scrape_configs"][0]["static_configs"][0]["targets"]
    host, port = target.rsplit(":", 1)
    shared = set(compose["services"][host]["networks"]) & set(compose["services"]["prometheus"]["networks"])
    require(shared, f"Prometheus and {host} share no network")
    image = (ROOT / "Dockerfile").read_text()
    require(f"REFUND_INBOX__HTTP__OPERATOR_LISTEN=0.0.0.0:{port}" in image, f"nothing listens at {target}")
    done(f"its Prometheus scrapes {target}, where the image's operator listener is")


def ask_compose():
    program = Path(sys.executable).parent / "docker-compose"
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory, "deploy")
        shutil.copytree(DEPLOY, copy)
        for made in MADE:
            (copy / made).parent.mkdir(exist_ok=True)
            (copy / made).write_text("")
        asked = subprocess.run([program, "config", "-q"], cwd=copy, capture_output=True, text=True)
    require(asked.returncode == 0 and not asked.stderr, asked.stderr)
    done("Docker Compose reads it without a warning")


compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
check_references(compose)
check_scrape(compose)
ask_compose()
