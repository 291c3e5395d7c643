"""Bytes to model and back: reading what arrived, writing what leaves. No network, no database."""
