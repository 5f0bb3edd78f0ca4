"""Every error this package raises on purpose.

ExplorerError
├── ConfigError       a setting is outside its range
├── UnknownNameError  a name is not in a registry
├── MissingDataError  a file, a model or the result of an earlier stage is not there
└── BadDataError      something is there, but it cannot be used
"""


class ExplorerError(Exception):
    """A problem the user can fix: one sentence with what was asked, what is possible, what to do.

    The page shows the message, a route answers 422, the command line prints it and exits with 2.
    """


class ConfigError(ExplorerError):
    """A setting is outside its range, or two settings do not fit together."""


class UnknownNameError(ExplorerError):
    """A name is not in a registry; the message lists the names that are."""


class MissingDataError(ExplorerError):
    """A file, a model or the result of an earlier stage is not there."""


class BadDataError(ExplorerError):
    """A dataset, a picture or a stored result is there, but it cannot be used."""
