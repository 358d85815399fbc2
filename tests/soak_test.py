"""bench/soak, for a moment: that it does all that it says, and that it notices what grows."""
import importlib.machinery
import importlib.util
import pathlib
import subprocess

import pytest

SOAK = pathlib.Path(__file__).resolve().parent.parent / "bench" / "soak"


@pytest.fixture(scope="module")
def soak():
    loader = importlib.machinery.SourceFileLoader("soak", str(SOAK))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("soak", loader))
    loader.exec_module(module)
    return module


def test_twenty_seconds_of_everything(berth, tmp_path):
    done = subprocess.run([str(SOAK), "--seconds", "20", "--clients", "4", "--binary", str(berth), "--csv", str(tmp_path / "samples.csv")],
                          capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for action in ("push", "pull", "delete", "list", "fetch_token", "abandon_upload", "sign_in"):
        assert f" {action}" in done.stdout, done.stdout
    assert done.stdout.count(" flat") == 5
    assert len((tmp_path / "samples.csv").read_text().splitlines()) > 10


@pytest.mark.parametrize("grows, too_much", [(0, False), (5, False), (100, True)])
def test_what_grows_beyond_its_slope_is_told(soak, grows, too_much):
    samples = [(minute, {"thing": 1000 + grows * minute + minute % 3}) for minute in range(30)]
    ((name, _, _, found, verdict),) = soak.verdicts(samples, {"thing": (10, 20)})
    assert name == "thing" and abs(found - grows) < 1
    assert verdict is too_much


def test_what_grows_while_it_warms_up_is_no_growth(soak):
    samples = [(minute, {"thing": min(minute, 9) * 1000}) for minute in range(30)]
    ((_, _, _, found, verdict),) = soak.verdicts(samples, {"thing": (10, 20)})
    assert found == 0 and verdict is False
