"""The app package: what an organisation's admin uploads, so that people can find the bot in Teams.

The icons beside it are drawn in the SVG files of the same names.
"""

from adapters.chat.teams.package.manifest import About, PackageError
from adapters.chat.teams.package.packed import packed

__all__ = ["About", "PackageError", "packed"]
