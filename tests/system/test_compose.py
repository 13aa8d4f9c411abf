"""docker-compose.yml is valid, and everything it mounts is there."""

import json
import pathlib
import shutil
import subprocess

import yaml

from rig import program


def composed() -> dict:
    """Returns the file as the first compose implementation that is here understands it."""
    for command in (["docker", "compose"], ["docker-compose"], ["podman-compose"]):
        if not shutil.which(command[0]):
            continue
        done = subprocess.run([*command, "-f", str(program.ROOT / "docker-compose.yml"), "config"],
                              capture_output=True, text=True, cwd=program.ROOT)
        if done.returncode == 0:
            return yaml.safe_load(done.stdout)
        assert "unknown command" in done.stderr or "is not a docker command" in done.stderr \
            or "unknown shorthand flag" in done.stderr, done.stderr
    raise FileNotFoundError("no compose implementation is here; deploy/install installs one")


def test_the_compose_file_is_valid_and_has_all_parts():
    services = composed()["services"]
    assert services.keys() == {"kafka", "postgres", "generator", "tallymill", "prometheus", "grafana"}
    assert services["tallymill"]["read_only"] is True


def test_everything_that_is_mounted_exists():
    services = yaml.safe_load((program.ROOT / "docker-compose.yml").read_text())["services"]
    mounted = [volume.split(":")[0] for service in services.values()
               for volume in service.get("volumes", []) if volume.startswith("./")]
    assert len(mounted) >= 4
    for path in mounted:
        assert (program.ROOT / path).is_dir(), path
    assert (program.ROOT / "config/ad_campaigns.yaml").exists()


def test_grafana_is_given_a_data_source_and_the_dashboard_that_uses_it():
    grafana = program.ROOT / "deploy/grafana"
    source = yaml.safe_load((grafana / "provisioning/datasources/prometheus.yml").read_text())
    provider = yaml.safe_load((grafana / "provisioning/dashboards/tallymill.yml").read_text())
    assert pathlib.PurePath(provider["providers"][0]["options"]["path"]).name == "dashboards"
    for file in (grafana / "dashboards").glob("*.json"):
        uids = {target["datasource"]["uid"] for panel in json.loads(file.read_text())["panels"]
                for target in panel["targets"]}
        assert uids == {source["datasources"][0]["uid"]}
