"""`berth backup`, `berth restore` and `berth fsck`, as who runs the server types them."""
import os
import subprocess

KEPT = ("data-dir", "database", "secrets-key-file")


def operate(berth, *words, settings):
    """`settings`: of the server (berth_client.Server.settings)."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("BERTH_")}
    options = [f"--{key}={value}" for key, value in settings.items() if key in KEPT]
    return subprocess.run([str(berth), *map(str, words), *options], capture_output=True, text=True, timeout=600, check=False, env=clean)
