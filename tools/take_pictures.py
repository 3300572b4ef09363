# SPDX-License-Identifier: Apache-2.0
"""Take the pictures of the READMEs from a running demo: three answers, as phones show them."""

import io
import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(sys.executable).with_name("trueorigin")
# What is shown, and whether the phone is set to dark.
SHOWN = (("genuine", False), ("copied", False), ("recalled", True))
WIDTH, HEIGHT, SCALE, GAP = 360, 740, 1.5, 24
START_SECONDS_MAX = 60


def wait_until_ready(base: str) -> None:
    """Return once the server answers; fail if it never does."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{base}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(base)


def take(browser: Browser, url: str, language: str, *, is_dark: bool) -> Image.Image:
    """Return what a phone of 360 x 740 shows first of `url`."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        device_scale_factor=SCALE,
        locale={"en": "en-GB", "zh": "zh-CN"}[language],
        color_scheme="dark" if is_dark else "light",
        is_mobile=True,
    )
    page = context.new_page()
    page.goto(url)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    return picture


def join(pictures: list[Image.Image]) -> Image.Image:
    """Put pictures side by side on white, in few enough colours to load quickly."""
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) + 1)
    joined = Image.new("RGB", (width, pictures[0].height + 2 * GAP), "#e9ebee")
    left = GAP
    for picture in pictures:
        joined.paste(picture, (left, GAP))
        left += picture.width + GAP
    return joined.quantize(96, dither=Image.Dither.NONE)


def main() -> None:
    """Start a demo of its own, photograph it in both languages, and stop it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        command = [str(PROGRAM), "demo", "--data", folder, "--port", str(port)]
        command += ["--public-url", base]
        demo = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            wait_until_ready(base)
            items = json.loads((Path(folder) / "demo.json").read_text(encoding="utf-8"))["items"]
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=["--no-sandbox"]
                )
                for name, language in (("scan-page", "en"), ("scan-page.zh", "zh")):
                    pictures = [
                        take(browser, base + items[item], language, is_dark=is_dark)
                        for item, is_dark in SHOWN
                    ]
                    target = ROOT / "docs" / "images" / f"{name}.png"
                    join(pictures).save(target, optimize=True)
                    print(f"{target.relative_to(ROOT)}: {target.stat().st_size} bytes")
                browser.close()
        finally:
            demo.terminate()
            demo.wait()


if __name__ == "__main__":
    main()
