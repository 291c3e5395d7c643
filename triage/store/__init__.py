"""Rows to model and back, without judgement: the one database that is the whole truth.

Works run as plain functions of a transaction (`store.engine`); table classes never leave this folder.
"""
