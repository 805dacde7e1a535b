"""The chart: lints and renders it, validates the manifests, and compares the Kustomize base with it.
With --write, writes the base. With a program, sends the rendered probes to a running demo."""

import copy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import demo
import helm_python as helm
import kubernetes_validate
import yaml
from paths import DEPLOY, done, require

# A copy without symbolic links: Helm follows them, and logs each time that it did.
COPY = tempfile.TemporaryDirectory()
CHART = shutil.copytree(DEPLOY / "helm", Path(COPY.name, "refund-inbox"))
BASE = DEPLOY / "kustomize/base"

# A version of Kubernetes at each end of those that the chart supports and the schemas know.
KUBERNETES = ["1.25", "1.35"]

# Kinds of the Prometheus operator, which the schemas of Kubernetes do not know.
FOREIGN = {"ServiceMonitor", "PrometheusRule"}

# The values with which everything optional is there.
EVERYTHING = {
    "accountSecrets": ["hk-store", "cn-main"],
    "imagePullSecrets": [{"name": "registry"}],
    "serviceMonitor": {"enabled": True, "labels": {"release": "monitoring"}},
    "prometheusRule": {"enabled": True, "runbooks": "https://wiki.example/inbox"},
    "networkPolicy": {"publicFrom": [{"namespaceSelector": {}}]},
    "podAnnotations": {"example": "yes"},
    "nodeSelector": {"disk": "none"},
    "tolerations": [{"key": "dedicated", "operator": "Exists"}],
}

# Values that must be refused, each with a part of the sentence that says why.
REFUSED = [
    ({"ports": {"operator": 8080}}, "ports.public and ports.operator are the same"),
    ({"replicas": 1}, "maxUnavailable is 1 of 1 replicas"),
    (
        {"serviceMonitor": {"enabled": True}, "networkPolicy": {"operatorFrom": []}},
        "serviceMonitor.enabled needs networkPolicy.operatorFrom",
    ),
    ({"configuration": "-----BEGIN PRIVATE KEY-----"}, "contains a private key"),
    ({"replica": 2}, "replica"),
    ({"replicas": "two"}, "replicas"),
    ({"database": {"existingSecret": ""}}, "existingSecret"),
    ({"prometheusRule": {"runbooks": "https://wiki.example/"}}, "runbooks"),
]


def render(values, name="refund-inbox"):
    """Returns the rendered manifests by kind and name."""
    with helm.Chart.load(str(CHART)) as chart:
        rendered = chart.render(values, name=name, namespace="payments")
    texts = [text for path, text in rendered.items() if path.endswith(".yaml")]
    objects = [one for text in texts for one in yaml.safe_load_all(text) if one]
    return {(one["kind"], one["metadata"]["name"]): one for one in objects}


def lint():
    report = helm.lint(str(CHART), strict=True)
    found = [one for one in report["messages"] if one["severity"] > 1] + report["errors"]
    require(not found, f"helm lint: {found}")
    done("helm lint --strict finds nothing")


def validate(manifests):
    ours = [one for one in manifests.values() if one["kind"] not in FOREIGN]
    for one in ours:
        for version in KUBERNETES:
            try:
                kubernetes_validate.validate(one, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                require(False, f"{one['kind']} for Kubernetes {version}: {error.message}")
    return len(ours)


def check_the_validator():
    """The validator finds an unknown field and a wrong type, so that it can fail."""
    (deployment,) = of_kind(render({}), "Deployment")
    for field, value in (("replica", 2), ("replicas", "two")):
        wrong = copy.deepcopy(deployment)
        wrong["spec"][field] = value
        try:
            kubernetes_validate.validate(wrong, KUBERNETES[0], strict=True)
        except kubernetes_validate.ValidationError:
            continue
        require(False, f"kubernetes-validate does not find {field}: {value!r}")


def check_references(manifests):
    """What refers to something by its name or label refers to something that is there."""
    (deployment,) = of_kind(manifests, "Deployment")
    pod = deployment["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    labels = pod["metadata"]["labels"].items()
    ports = {port["name"] for port in container["ports"]}
    selects = lambda selector: selector.items() <= labels
    require(selects(deployment["spec"]["selector"]["matchLabels"]), "the Deployment selects no pod")
    for service in of_kind(manifests, "Service"):
        require(selects(service["spec"]["selector"]), f"{service['metadata']['name']} selects no pod")
        for port in service["spec"]["ports"]:
            require(port["targetPort"] in ports, f"there is no port {port['targetPort']}")
    for kind, selector in (("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector")):
        (one,) = of_kind(manifests, kind)
        require(selects(one["spec"][selector]["matchLabels"]), f"the {kind} selects no pod")
    volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    require(volumes == mounted, f"volumes {volumes}, mounted {mounted}")
    for monitor in of_kind(manifests, "ServiceMonitor"):
        wanted = monitor["spec"]["selector"]["matchLabels"].items()
        chosen = [s for s in of_kind(manifests, "Service") if wanted <= s["metadata"]["labels"].items()]
        require(len(chosen) == 1, f"the ServiceMonitor selects {len(chosen)} services")
        named = {port["name"] for port in chosen[0]["spec"]["ports"]}
        wanted = {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]}
        require(wanted == {"operator"} <= named, f"the ServiceMonitor scrapes {wanted}")
    check_operator_port_is_closed(manifests)


def check_operator_port_is_closed(manifests):
    (policy,) = of_kind(manifests, "NetworkPolicy")
    require("Ingress" in policy["spec"]["policyTypes"], "the NetworkPolicy closes nothing")
    for rule in policy["spec"]["ingress"]:
        require(rule.get("ports"), "a rule of the NetworkPolicy opens every port")
        if any(port["port"] != "public" for port in rule["ports"]):
            require(rule.get("from"), "the NetworkPolicy opens the operator port to everybody")


def check_alerts(manifests):
    (rule,) = of_kind(manifests, "PrometheusRule")
    alerts = [one for group in rule["spec"]["groups"] for one in group["rules"]]
    ours = yaml.safe_load((DEPLOY / "prometheus/rules.yml").read_text())["groups"][0]["rules"]
    require([one["alert"] for one in alerts] == [one["alert"] for one in ours], "other alerts")
    for one in alerts:
        url = one["annotations"]["runbook_url"]
        require(url.startswith("https://wiki.example/inbox/docs/operating.md#"), url)
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump(rule["spec"], file)
        file.flush()
        checked = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True)
    require(checked.returncode == 0, checked.stdout.decode() + checked.stderr.decode())


def of_kind(manifests, kind):
    return [one for one in manifests.values() if one["kind"] == kind]


def check_refusals():
    for values, reason in REFUSED:
        try:
            render(values)
        except helm.HelmError as error:
            require(reason in str(error), f"{values}: expected {reason!r}, found {error}")
        else:
            require(False, f"{values}: rendered, although {reason}")
    done(f"{len(REFUSED)} sets of contradicting or unknown values are refused with a reason")


def base():
    """Returns the files of the Kustomize base: what the chart renders by default, without Helm's own
    labels."""
    files = {}
    for (kind, name), one in sorted(render({}).items()):
        for labels in (one["metadata"]["labels"], one.get("spec", {}).get("template", {})
                       .get("metadata", {}).get("labels", {})):
            for label in ("helm.sh/chart", "app.kubernetes.io/managed-by", "app.kubernetes.io/version"):
                labels.pop(label, None)
        suffix = "-operator" if name.endswith("-operator") else ""
        files[f"{kind.lower()}{suffix}.yaml"] = yaml.safe_dump(one, sort_keys=False)
    resources = sorted(files)
    head = "# Written by `script/deploy-check --write` from the chart in deploy/helm with its default values.\n"
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": resources,
    }
    files["kustomization.yaml"] = yaml.safe_dump(kustomization, sort_keys=False)
    return {name: head + text for name, text in files.items()}


def check_base():
    there = {path.name: path.read_text() for path in BASE.iterdir()}
    require(there == base(), "deploy/kustomize/base is not what the chart renders: --write writes it")
    if not shutil.which("kubectl"):
        print("  not checked: kubectl kustomize, because kubectl is not installed")
        return
    built = subprocess.run(["kubectl", "kustomize", str(BASE)], capture_output=True, text=True)
    require(built.returncode == 0, built.stderr)
    objects = [one for one in yaml.safe_load_all(built.stdout) if one]
    manifests = {(one["kind"], one["metadata"]["name"]): one for one in objects}
    check_references(manifests)
    done(f"kubectl kustomize builds the base: {validate(manifests)} valid manifests")


def check_probes(program):
    """Sends each rendered probe to the rendered port, at a demo that listens on these ports."""
    with demo.running(program) as (*addresses, _):
        public, operator = (int(address.rsplit(":", 1)[1]) for address in addresses)
        manifests = render({"ports": {"public": public, "operator": operator}})
        (deployment,) = of_kind(manifests, "Deployment")
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        environment = {one["name"]: one["value"] for one in container["env"]}
        for name, port in (("LISTEN", ports["public"]), ("OPERATOR_LISTEN", ports["operator"])):
            listens = environment[f"REFUND_INBOX__HTTP__{name}"]
            require(listens == f"0.0.0.0:{port}", f"{name} is {listens}, and the port {port}")
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            request = container[probe]["httpGet"]
            url = f"http://127.0.0.1:{ports[request['port']]}{request['path']}"
            status, body = demo.get(url)
            require(status == 200, f"{probe} at {request}: {status} {body}")
        done("the demo answers the rendered probes at the rendered ports")


def main(arguments):
    if arguments == ["--write"]:
        BASE.mkdir(parents=True, exist_ok=True)
        for name, text in base().items():
            (BASE / name).write_text(text)
        return
    lint()
    check_the_validator()
    for name, values in (("default", {}), ("every option", EVERYTHING)):
        manifests = render(values)
        check_references(manifests)
        done(f"{name}: {validate(manifests)} valid manifests for Kubernetes {' and '.join(KUBERNETES)}")
    check_alerts(manifests)
    done("the PrometheusRule has our alerts, with the given place of the runbooks")
    check_refusals()
    check_base()
    for program in arguments:
        check_probes(program)


main(sys.argv[1:])
