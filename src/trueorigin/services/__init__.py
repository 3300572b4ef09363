# SPDX-License-Identifier: Apache-2.0
"""The verbs: what users do, over a transaction; no connection is opened and no framework imported."""
