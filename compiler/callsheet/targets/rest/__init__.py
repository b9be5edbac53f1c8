"""A REST collection, described by a document of kind Target."""
