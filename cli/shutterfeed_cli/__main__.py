"""`python -m shutterfeed_cli`, where the command is not on PATH."""

from shutterfeed_cli.main import run

if __name__ == "__main__":
    run()
