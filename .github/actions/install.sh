#!/usr/bin/env bash
# Installs the callsheet of this very commit, apart from whatever else the job has.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python3 -m venv "$RUNNER_TEMP/callsheet"
"$RUNNER_TEMP/callsheet/bin/pip" install --quiet --disable-pip-version-check "${here}${EXTRAS:+[${EXTRAS}]}"
echo "$RUNNER_TEMP/callsheet/bin" >> "$GITHUB_PATH"
