"""The broker of docker-compose.yml without Docker: what the image's own program makes of our files."""

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.broker import jars

pytestmark = pytest.mark.slow
OURS = Path(__file__).parents[2] / "deploy/kafka"
TOOLS = "tools-log4j2.yaml"  # the image's, which we leave


def test_the_image_takes_our_files_into_an_empty_folder_and_formats_the_data(tmp_path: Path) -> None:
    mounted, defaults, final, data = (tmp_path / name for name in ("mounted", "defaults", "final", "data"))
    for folder in (mounted, defaults):
        shutil.copytree(OURS, folder)
    shutil.copy(OURS / "log4j2.yaml", defaults / TOOLS)
    properties = (OURS / "server.properties").read_text()
    assert "log.dirs=/var/lib/kafka/data\n" in properties
    (mounted / "server.properties").write_text(properties.replace("/var/lib/kafka/data", str(data)))
    final.mkdir()
    folders = ("--default-configs-dir", defaults, "--mounted-configs-dir", mounted, "--final-configs-dir", final)
    done = subprocess.run(
        [
            str(shutil.which("java")),
            "-cp",
            f"{jars()}/*",
            "kafka.docker.KafkaDockerWrapper",
            "setup",
            *map(str, folders),
        ],
        env={"CLUSTER_ID": "5L6g3nShT-eMCtK--X86sw"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (final / "server.properties").read_text().startswith((mounted / "server.properties").read_text())
    assert (final / "log4j2.yaml").exists()
    assert (data / "meta.properties").exists()
