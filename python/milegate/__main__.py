"""Runs the program that was installed along with this package."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

NAME = "milegate" + (sysconfig.get_config_var("EXE") or "")


def places():
    """Where pip puts programs: of this environment, of the user, and beside `pip install --target`."""
    yield sysconfig.get_path("scripts")
    scheme = sysconfig.get_preferred_scheme("user") if sys.version_info >= (3, 10) else None
    if scheme is None:
        scheme = {"nt": "nt_user", "darwin": "osx_framework_user"}.get(os.name, "posix_user")
    yield sysconfig.get_path("scripts", scheme=scheme)
    yield Path(__file__).resolve().parent.parent / "bin"


def main():
    program = next((Path(p) / NAME for p in places() if (Path(p) / NAME).is_file()), None)
    if program is None:
        # 5: could not act. 1 would say that a gate failed.
        print("error: the program milegate is not installed beside its package", file=sys.stderr)
        print("next: pip install --force-reinstall milegate", file=sys.stderr)
        return 5
    if os.name == "nt":
        return subprocess.run([str(program), *sys.argv[1:]], check=False).returncode
    os.execv(program, [str(program), *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
