"""What kustomize makes of deploy/kubernetes is valid against the published schemas, and fits the daemon."""

import base64
import re
import shutil
import subprocess

import pytest
import yaml

from rig import program

FOLDER = program.ROOT / "deploy/kubernetes"
VERSIONS = ("1.30", "1.33", "1.37")


@pytest.fixture(scope="module")
def objects() -> dict:
    """What `kubectl apply -k` would send, by kind."""
    if not shutil.which("kubectl"):
        pytest.skip("cannot run here: kubectl")
    done = subprocess.run(["kubectl", "kustomize", FOLDER], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done.stderr
    made = list(yaml.safe_load_all(done.stdout))
    return {one["kind"]: one for one in made}


@pytest.fixture
def pod(objects) -> dict:
    return objects["Deployment"]["spec"]["template"]["spec"]


@pytest.fixture
def container(pod) -> dict:
    container, = pod["containers"]
    return container


def validate(objects: list[dict], *versions: str) -> subprocess.CompletedProcess:
    python = subprocess.run([program.ROOT / "deploy/install", "--print-schemas"], capture_output=True, text=True,
                            check=True).stdout.strip()
    return subprocess.run([python, program.ROOT / "tests/schemas/validate_kubernetes.py", *versions],
                          input=yaml.safe_dump_all(objects), capture_output=True, text=True)


def test_each_object_is_valid_against_the_published_schemas(objects):
    assert objects.keys() == {"Namespace", "ConfigMap", "Secret", "Deployment", "PodDisruptionBudget", "PodMonitor"}
    done = validate(list(objects.values()), *VERSIONS)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_validation_notices_what_is_wrong(objects):
    def broken(kind, *path, value):
        copy = yaml.safe_load(yaml.safe_dump(objects[kind]))
        where = copy
        for key in path[:-1]:
            where = where[key]
        where[path[-1]] = value
        return copy
    wrong = [broken("Deployment", "spec", "replicas", value="two"),
             broken("Deployment", "spec", "template", "spec", "dnsPolice", value="Default"),
             broken("Secret", "data", value=["a", "list"]),
             broken("PodMonitor", "spec", "podMetricsEndpoint", value=[]),
             broken("PodMonitor", "spec", "podMetricsEndpoints", value=[{"port": "http", "interval": "often"}])]
    done = validate(wrong, VERSIONS[-1])
    assert done.returncode == 1
    found = re.findall(r"^[\d.]+ (\w+) tallymill\S*: ", done.stdout, re.MULTILINE)
    assert found == [one["kind"] for one in wrong], done.stdout + done.stderr


def test_two_instances_have_names_of_their_own_and_one_configuration(objects, container):
    assert objects["Deployment"]["spec"]["replicas"] == 2
    names = [one for one in container["env"] if one["name"] == "INSTANCE"]
    assert names[0]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
    assert 'instance: "${INSTANCE}"' in objects["ConfigMap"]["data"]["tallymill.yaml"]


def test_the_probes_ask_pages_that_the_daemon_has(container, counting):
    for probe in ("livenessProbe", "readinessProbe"):
        asked = container[probe]["httpGet"]
        assert asked["port"] == container["ports"][0]["name"]
        assert counting.get(asked["path"])[0] == 200


def test_the_configuration_passes_the_check_and_fits_the_deployment(objects, pod, container, tmp_path):
    text = objects["ConfigMap"]["data"]["tallymill.yaml"]
    (tmp_path / "postgres_password").write_bytes(base64.b64decode(objects["Secret"]["data"]["postgres_password"]))
    (tmp_path / "tallymill.yaml").write_text(text.replace("/etc/tallymill-secret", str(tmp_path)))
    env = {one["name"]: one.get("value", "pod-1") for one in container["env"]}
    done = subprocess.run([program.daemon(), "check", tmp_path / "tallymill.yaml"], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    wanted = int(re.search(r"memory_limit: (\d+)MiB", text)[1])
    given = int(re.fullmatch(r"(\d+)Mi", container["resources"]["limits"]["memory"])[1])
    assert given >= 1.1 * wanted
    assert "address: 0.0.0.0" in text and container["ports"][0]["containerPort"] == 9108
    assert pod["terminationGracePeriodSeconds"] > 10


def test_what_is_mounted_is_what_kustomize_made(objects, pod, container):
    volumes = {one["name"]: one for one in pod["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes.keys()
    assert volumes["config"]["configMap"]["name"] == objects["ConfigMap"]["metadata"]["name"]
    assert volumes["secret"]["secret"]["secretName"] == objects["Secret"]["metadata"]["name"]
    assert all(mount["readOnly"] for mount in container["volumeMounts"])


def test_the_image_has_the_version_of_the_project(container):
    version = re.search(r"project\(tallymill VERSION ([\d.]+)", (program.ROOT / "CMakeLists.txt").read_text())[1]
    assert container["image"] == f"tallymill:{version}"


def test_pods_are_as_the_restricted_standard_wants_them(pod, container):
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 65532
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                            "capabilities": {"drop": ["ALL"]}}


def test_everything_selects_the_pods_that_there_are(objects):
    labels = objects["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for kind in ("Deployment", "PodDisruptionBudget", "PodMonitor"):
        assert objects[kind]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    monitor = objects["PodMonitor"]["spec"]
    assert labels[monitor["jobLabel"]] == "tallymill", "rules ask for the job tallymill"
