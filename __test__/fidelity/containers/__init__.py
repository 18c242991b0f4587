"""Raw readers, one file per family of containers. None of them uses TagLib."""
