"""Makes `.venv` from requirements.lock; does nothing when it was made from this very lock.

Runs on a bare Python >= 3.11 (with `venv` and pip, no other package): `python3 stack/install.py`.
uv does the work because it is about ten times faster; where uv fails, pip does the same from the same hashes.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("VENV") or ROOT / ".venv")
LOCK = ROOT / "requirements.lock"
UV_LOCK = ROOT / "requirements-uv.lock"
STAMP = VENV / ".made-from"
PYTHON = VENV / "bin" / "python"


def fingerprint():
    """Return what the environment depends on: both locks, the Python version and the place of the checkout."""
    digest = hashlib.sha256()
    for lock in (LOCK, UV_LOCK):
        digest.update(lock.read_bytes())
    digest.update(f"{sys.version_info[:2]} {ROOT}".encode())
    return digest.hexdigest()


def pip_settings():
    """Return the user's pip settings as {'index-url': '…', …}; the environment wins over the files."""
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    settings = {}
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        settings[name.rpartition(".")[2]] = value.strip().strip("'")
    return settings


def uv_environment():
    """Return the environment for uv, which does not read pip.conf: a mirror set for pip serves uv too."""
    settings, environment = pip_settings(), dict(os.environ)
    translated = {
        "UV_DEFAULT_INDEX": settings.get("index-url"),
        "UV_INDEX": settings.get("extra-index-url"),
        "UV_FIND_LINKS": settings.get("find-links"),
        "UV_INSECURE_HOST": settings.get("trusted-host"),
        "SSL_CERT_FILE": settings.get("cert"),
        # pip looks at all indexes alike; the hashes of the lock decide what may be installed.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_HTTP_TIMEOUT": "180",
        "UV_NO_CONFIG": "1",
        "VIRTUAL_ENV": str(VENV),
    }
    for name, value in translated.items():
        if value and not environment.get(name):
            environment[name] = value
    return environment


def pip_install(lock):
    """Install the pins of `lock` by hash with pip, under the user's own pip settings."""
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock]
    return subprocess.run(command, check=False).returncode == 0


def uv_install():
    """Bring the environment to exactly the locks with uv; False when uv cannot be had or fails."""
    if not pip_install(UV_LOCK):
        return False
    command = [VENV / "bin" / "uv", "pip", "sync", "--quiet", "--require-hashes", LOCK, UV_LOCK]
    return subprocess.run(command, env=uv_environment(), check=False).returncode == 0


def remake():
    """Make the environment from nothing. Stops with a sentence that says what to do."""
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "venv", VENV], check=False).returncode:
        sys.exit("`python3 -m venv` failed: on Debian and Ubuntu run `apt install python3-venv`, then try again.")
    if uv_install():
        return
    print("uv could not install the packages, pip tries (slower) …", flush=True)
    if not pip_install(LOCK):
        sys.exit(
            "The packages could not be installed. Check the network and the mirror "
            "(`pip config set global.index-url <your mirror>` or PIP_INDEX_URL), then run the command again."
        )


def is_usable():
    """Tell whether an environment stands that was made by this Python in this place."""
    try:
        home = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
        ran = subprocess.run([PYTHON, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return str(VENV) in home and ran.stdout.decode().strip() == str(sys.version_info[:2])


def make():
    """Bring the environment to the locks, from nothing if need be."""
    if sys.version_info < (3, 11) or sys.version_info >= (3, 15):
        sys.exit(
            f"Python 3.11 to 3.14 is needed, this is {sys.version.split()[0]}: install one and name it, "
            "for example `make demo PYTHON=python3.12`."
        )
    started = time.monotonic()
    print(f"Making {VENV} from {LOCK.name} (about 400 MB) …", flush=True)
    # An environment that stands is changed in place: what runs from it keeps running.
    if not is_usable() or not uv_install():
        remake()
    # A .pth file makes `.venv/bin/python -m backoffice…` work from any directory, like an editable
    # install but without a build step.
    packages = subprocess.run(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    Path(packages.stdout.strip(), "checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    STAMP.write_text(fingerprint(), encoding="utf-8")
    print(f"Made in {time.monotonic() - started:.0f} s.", flush=True)


def main():
    """Make the environment unless it stands already."""
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == fingerprint():
        return
    make()


if __name__ == "__main__":
    main()
