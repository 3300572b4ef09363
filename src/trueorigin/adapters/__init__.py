# SPDX-License-Identifier: Apache-2.0
"""One small module for each library that touches the outside."""
