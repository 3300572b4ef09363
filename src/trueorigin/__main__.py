# SPDX-License-Identifier: Apache-2.0
"""`python -m trueorigin` is the same as `trueorigin`."""

from trueorigin.cli import main

main()
