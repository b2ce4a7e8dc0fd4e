"""Runs the command as `python -m shutterfeed_cli`, if it is not on PATH."""

from shutterfeed_cli.main import run

if __name__ == "__main__":
    run()
