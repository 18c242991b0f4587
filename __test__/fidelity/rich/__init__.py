"""Files with everything that their formats can hold, one module per family of containers.

Each module has a function `files(base)`, where `base` is the folder of the small
fixtures: it yields (file name, content). The bytes are laid out by hand from the
specifications, so that what mutagen and the like would refuse to write is there too.
"""
