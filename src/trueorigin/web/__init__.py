# SPDX-License-Identifier: Apache-2.0
"""Plumbing shared by the surfaces: requests, errors, pages, languages."""
