"""Bytes for mail servers and from them: compose, sign, hand over, read what comes back."""
