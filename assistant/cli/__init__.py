"""The command line: ``assistant build | ask | search | status | serve | corpus …``.

Exit codes: 0 answered or done, 3 refused, 1 error, 2 wrong usage.
"""

from assistant.cli.main import cli, main

__all__ = ["cli", "main"]
