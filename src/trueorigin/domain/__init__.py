# SPDX-License-Identifier: Apache-2.0
"""What codes, verdicts and containment mean: pure values and functions, no I/O, no clock."""
