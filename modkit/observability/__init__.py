"""Logs, traces and metrics of a platform; import the file that is named after what you need."""
