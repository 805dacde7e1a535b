"""Where the checked files are, and how a check fails."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


def require(holds, sentence):
    """Ends the script with the sentence unless the condition holds."""
    if not holds:
        sys.exit(f"deploy-check: {sentence}")


def done(sentence):
    """Says what was checked."""
    print(f"  ok: {sentence}", flush=True)
