"""Every setting, typed, with its sentence and its limit: all of them are environment variables.

All are checked together at start, so that a person mends them in one go. A name with `_FILE` behind
it reads the value from a file, as Docker's and Kubernetes' secrets want it. An empty value counts
as not set. No problem, log line or `repr` ever shows a secret's value.
"""

from bot.settings.description import Description
from bot.settings.environment import SettingsError
from bot.settings.settings import Settings

__all__ = ["Description", "Settings", "SettingsError"]
