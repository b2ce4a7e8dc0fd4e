"""How similar two pictures look: the structural similarity index of their luminance."""

from __future__ import annotations

from array import array
from typing import Any, Final

from PIL import Image, ImageMath

_WINDOW: Final = 8
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def ssim(one: Image.Image, other: Image.Image) -> float:
    """1 for the same picture, about 0 for unrelated ones; the mean over windows of 8 x 8 pixels.

    Raises `ValueError` for pictures of different sizes.
    """
    if one.size != other.size:
        raise ValueError(f"{one.size} is not {other.size}")
    x, y = (picture.convert("L").convert("F") for picture in (one, other))

    def mean(formula: Any) -> Image.Image:
        product: Image.Image = ImageMath.lambda_eval(formula, x=x, y=y)
        return product.reduce(_WINDOW)

    moments = {
        "x": x.reduce(_WINDOW),
        "y": y.reduce(_WINDOW),
        "xx": mean(lambda a: a["x"] * a["x"]),
        "yy": mean(lambda a: a["y"] * a["y"]),
        "xy": mean(lambda a: a["x"] * a["y"]),
    }
    index: Image.Image = ImageMath.lambda_eval(_index, **moments)
    values = array("f", index.tobytes())
    return sum(values) / len(values)


def _index(m: dict[str, Any]) -> Any:
    product = m["x"] * m["y"]
    squares = m["x"] * m["x"] + m["y"] * m["y"]
    covariance = m["xy"] - product
    variances = m["xx"] + m["yy"] - squares
    return ((2.0 * product + _C1) * (2.0 * covariance + _C2)) / (
        (squares + _C1) * (variances + _C2)
    )
