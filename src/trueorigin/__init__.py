# SPDX-License-Identifier: Apache-2.0
"""TrueOrigin: a QR anti-counterfeit and traceability data centre."""
