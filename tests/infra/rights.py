"""`make rights`: writes `tests/rights.json` from the template that `make deploy` deploys."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.infra.templates import Template, stand_in_layers, stand_in_site
from tests.rights import FILE, common


def rendered(template: Template) -> str:
    """The rights of every function, sorted."""
    rights = {
        function: sorted(template.rights(function) - common(function))
        for function in sorted(template.functions())
    }
    return json.dumps(rights, indent=2) + "\n"


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        for made in ("layers", "site"):
            (folder / made).mkdir()
        context = {
            "layers_dir": str(stand_in_layers(folder / "layers")),
            "site_dir": str(stand_in_site(folder / "site")),
        }
        FILE.write_text(rendered(Template.synthesized(context, folder / "cdk.out")))
    print(f"wrote {FILE}")


if __name__ == "__main__":
    main()
