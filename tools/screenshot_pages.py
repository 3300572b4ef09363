# SPDX-License-Identifier: Apache-2.0
"""Draw every consumer page in both languages, light and dark, narrow and wide, into a folder.

    .venv/bin/python tools/screenshot_pages.py FOLDER [NAME ...]

No server and no network: the pages are complete by themselves.
"""

import argparse
from pathlib import Path

from playwright.sync_api import sync_playwright
from tools.sample_pages import sample_pages

from trueorigin.web.i18n import languages

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # As docs/kiosk.md starts kiosks: a tone that nobody pressed a button for is no fault.
    "--autoplay-policy=no-user-gesture-required",
)
WIDTHS = {"phone": (360, 780), "desk": (1280, 900)}


def main() -> None:
    """Draw what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    pages = {
        name: page
        for name, page in sample_pages().items()
        if not asked.names or name in asked.names
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS)
        )
        for width_name, (width, height) in WIDTHS.items():
            for theme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    device_scale_factor=2,
                    color_scheme="dark" if theme == "dark" else "light",
                    reduced_motion="reduce",
                )
                tab = context.new_page()
                for language in languages():
                    for name, page in pages.items():
                        tab.set_content(page(language))
                        target = f"{name}-{language}-{theme}-{width_name}.png"
                        tab.screenshot(path=asked.folder / target, full_page=True)
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
