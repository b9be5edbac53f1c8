"""The files of the workspace that `callsheet init` writes, as package data."""
