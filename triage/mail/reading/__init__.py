"""Bytes that arrived, understood: `parse_message` answers on any bytes, `scan_minimal` when even that failed.

Nothing here fetches, opens or executes anything, and no step costs more than time in proportion to the mail.
"""
