"""The corpus folder: documents, their validation and their validity."""
