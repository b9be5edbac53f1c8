"""Print the lower bound of every runtime dependency, for pip: the CI installs and tries them once."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
for one in project["dependencies"]:
    print(re.sub(r">=", "==", one))
