# SPDX-License-Identifier: Apache-2.0
"""The verbs: what users do, over a transaction. No connection, no framework."""
