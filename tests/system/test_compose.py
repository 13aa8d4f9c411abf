"""docker-compose.yml is valid, and everything it mounts is there."""

import pathlib
import re
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
    assert len(mounted) >= 5
    for path in mounted:
        assert (program.ROOT / path).is_dir(), path
    assert (program.ROOT / "config/ad_campaigns.yaml").exists()


def test_grafana_is_given_its_data_sources_and_a_folder_of_dashboards_and_shows_one_first():
    grafana = program.ROOT / "deploy/grafana"
    provider = yaml.safe_load((grafana / "provisioning/dashboards/tallymill.yml").read_text())
    folder = pathlib.PurePath(provider["providers"][0]["options"]["path"])
    service = composed()["services"]["grafana"]
    home = pathlib.PurePath(service["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert home.parent == folder and (grafana / "dashboards" / home.name).exists()
    asked = {variable for path in (grafana / "provisioning/datasources").glob("*.yml")
             for variable in re.findall(r"\$(\w+)", path.read_text())}
    assert asked <= service["environment"].keys()
